"""Do the figures add up, whatever became of the nudges?"""

from collections import Counter
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.behaviour import Behaviour
from companion.domain.engagement import FAILED, Fate, Tally, figures
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
CURIOUS, HEALTHY, DEMAND = Behaviour
S, M = NudgeStatus, MessageStatus


def fate(status: NudgeStatus, count: int, **more: object) -> Fate:
    values = {"behaviour": CURIOUS, "reason": None, "message_status": None, "answered": False}
    return Fate(status=status, count=count, **(values | more))  # type: ignore[arg-type]


def tally_of(*fates: Fate) -> Tally:
    return figures(fates, FIRST, LAST, 1, NOW).total


def test_of_nothing_there_is_nothing() -> None:
    found = figures([], FIRST, LAST, 0, NOW)
    assert found.behaviours == {behaviour: Tally() for behaviour in Behaviour}
    assert found.total == Tally()
    assert (found.from_on, found.to_on, found.people, found.counted_at) == (FIRST, LAST, 0, NOW)


def test_a_month() -> None:
    found = tally_of(
        fate(S.PLANNED, 4),
        fate(S.CLAIMED, 1, message_status=M.CREATED),
        fate(S.SENT, 10, message_status=M.DELIVERED),
        fate(S.SENT, 5, message_status=M.DELIVERED, answered=True),
        fate(S.SENT, 2, message_status=M.SENT),
        fate(S.SENT, 1, message_status=M.PERMANENT_FAILURE),
        fate(S.SENT, 1, message_status=M.TEMPORARY_FAILURE),
        fate(S.SENT, 1, message_status=M.TECHNICAL_FAILURE),
        fate(S.SENT, 3, message_status=M.UNKNOWN, answered=True),
        fate(S.SKIPPED, 6, reason=Reason.DAILY_CEILING),
        fate(S.SKIPPED, 1, reason=Reason.PAUSED),
        fate(S.LAPSED, 2, reason=Reason.EXPIRED),
        fate(S.CANCELLED, 7, reason=Reason.REVISION_STALE),
    )
    assert found == Tally(
        planned=37,
        waiting=5,
        sent=23,
        delivered=15,
        answered=8,
        failed=3,
        unknown=3,
        skipped=7,
        lapsed=2,
        replaced=7,
        held_back={Reason.DAILY_CEILING: 6, Reason.PAUSED: 1, Reason.EXPIRED: 2},
    )


def test_each_behaviour_has_its_own() -> None:
    found = figures([fate(S.PLANNED, 1), fate(S.PLANNED, 2, behaviour=DEMAND)], FIRST, LAST, 2, NOW)
    assert {behaviour: tally.planned for behaviour, tally in found.behaviours.items()} == {
        CURIOUS: 1,
        HEALTHY: 0,
        DEMAND: 2,
    }


@st.composite
def any_fate(draw: st.DrawFn) -> Fate:
    status = draw(st.sampled_from(NudgeStatus))
    held = status in (S.SKIPPED, S.LAPSED, S.CANCELLED)
    return Fate(
        behaviour=draw(st.sampled_from(Behaviour)),
        status=status,
        reason=draw(st.sampled_from(Reason)) if held else None,
        message_status=draw(st.sampled_from(MessageStatus)) if status is S.SENT else None,
        answered=draw(st.booleans()) if status is S.SENT else False,
        count=draw(st.integers(1, 50)),
    )


@given(fates=st.lists(any_fate(), max_size=30))
@settings(max_examples=120, deadline=None)
def test_every_number_is_a_recount_and_the_parts_make_the_whole(fates: list[Fate]) -> None:
    found = figures(iter(fates), FIRST, LAST, 3, NOW)
    for behaviours, tally in [
        *(({one}, tally) for one, tally in found.behaviours.items()),
        (set(Behaviour), found.total),
    ]:
        nudges = [each for each in fates if each.behaviour in behaviours for _ in range(each.count)]
        by_status = Counter(each.status for each in nudges)
        became = Counter(each.message_status for each in nudges)
        assert tally.planned == len(nudges) - by_status[S.CANCELLED]
        assert tally.planned == tally.waiting + tally.sent + tally.skipped + tally.lapsed
        assert tally.waiting == by_status[S.PLANNED] + by_status[S.CLAIMED]
        assert (tally.sent, tally.skipped, tally.lapsed) == (
            by_status[S.SENT],
            by_status[S.SKIPPED],
            by_status[S.LAPSED],
        )
        assert tally.replaced == by_status[S.CANCELLED]
        assert (tally.delivered, tally.unknown) == (became[M.DELIVERED], became[M.UNKNOWN])
        assert tally.failed == sum(became[status] for status in FAILED)
        assert tally.delivered + tally.failed + tally.unknown <= tally.sent
        assert tally.answered == sum(each.answered for each in nudges) <= tally.sent
        assert sum(tally.held_back.values()) == tally.skipped + tally.lapsed


def test_failed_is_every_way_to_fail() -> None:
    assert {status for status in MessageStatus if status.value.endswith("-failure")} == FAILED
