"""Which moves lead where, what stands once something was put right, and what is counted?"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.pathway import (
    MOVES,
    REASONS,
    EpisodeStatus,
    MoveReason,
    Step,
    contact_words,
    episode_status,
    leads,
    move_faults,
    standing,
    waiting,
)

NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
S, R = Step, MoveReason
ANY: st.SearchStrategy[bool] = st.booleans()


@dataclass(frozen=True)
class Written:
    number: int
    from_step: Step | None
    to_step: Step
    corrects: int | None = None
    effective_at: datetime = NOW
    recorded_at: datetime = NOW


def fields(before: list[Written], to_step: Step, reason: MoveReason, **changes: object) -> list[str]:
    values: dict[str, object] = {"effective_at": NOW, "review_on": None, "now": NOW, "today": TODAY}
    return [fault.field for fault in move_faults(before, to_step, reason, **(values | changes))]  # type: ignore[arg-type]


def test_everybody_comes_from_a_referral_and_can_always_be_closed() -> None:
    reached = {S.REFERRAL}
    while (more := reached.union(*(MOVES[step] for step in reached))) != reached:
        reached = more
    assert reached == set(Step)
    assert [step for step in Step if not leads(step, S.CLOSED)] == [S.CLOSED]
    assert MOVES[S.CLOSED] == frozenset()
    assert [step for step in Step if leads(None, step)] == [S.REFERRAL]
    assert set().union(*REASONS.values()) == set(MoveReason)
    assert set(REASONS) == set(Step)


def test_a_reason_leads_to_its_steps_alone() -> None:
    for step in Step:
        review_on = TODAY if step is S.ACTIVE_PLAN else None
        for reason in MoveReason:
            expected = [] if reason in REASONS[step] else ["reason"]
            assert fields([], step, reason, review_on=review_on) == expected, (step, reason)


def test_when_it_happened_and_when_it_is_reviewed() -> None:
    before = [Written(1, None, S.REFERRAL, effective_at=NOW - timedelta(days=3))]
    assert fields(before, S.ASSESSMENT, R.ACCEPTED, effective_at=NOW - timedelta(days=3)) == []
    assert fields(before, S.ASSESSMENT, R.ACCEPTED, effective_at=NOW - timedelta(days=4)) == ["effective_at"]
    assert fields(before, S.ASSESSMENT, R.ACCEPTED, effective_at=NOW + timedelta(minutes=5)) == []
    assert fields(before, S.ASSESSMENT, R.ACCEPTED, effective_at=NOW + timedelta(minutes=6)) == ["effective_at"]
    assert fields([], S.ACTIVE_PLAN, R.PLAN_AGREED) == ["review_on"]
    assert fields([], S.ACTIVE_PLAN, R.PLAN_AGREED, review_on=TODAY) == []
    assert fields([], S.ACTIVE_PLAN, R.PLAN_AGREED, review_on=TODAY - timedelta(days=1)) == ["review_on"]
    assert fields([], S.OPEN_CONTACT, R.MANAGES_WELL, review_on=TODAY) == []
    assert fields([], S.CLOSED, R.DIED, review_on=TODAY) == ["review_on"]


@given(st.data())
def test_what_stands_is_unbroken_whatever_is_put_right(data: st.DataObject) -> None:
    """And what was known at a time stays what it was, whatever is written later."""
    moves = [Written(1, None, S.REFERRAL)]
    then: list[list[Written]] = [standing(moves)]
    for number in range(2, data.draw(st.integers(2, 14))):
        last = standing(moves)[-1]
        at = {"number": number, "recorded_at": NOW + timedelta(minutes=number)}
        onward, moves_on = sorted(MOVES[last.to_step]), data.draw(ANY)
        if onward and moves_on:
            moves.append(Written(from_step=last.to_step, to_step=data.draw(st.sampled_from(onward)), **at))  # type: ignore[arg-type]
        else:
            right = sorted(MOVES[last.from_step]) + ([last.from_step] if last.from_step else [])
            put = Written(from_step=last.from_step, to_step=data.draw(st.sampled_from(right)), **at)  # type: ignore[arg-type]
            moves.append(replace(put, corrects=last.number))
        then.append(standing(moves))
    for known, move in zip(then, moves, strict=True):
        assert standing(moves, move.recorded_at) == known
        assert known[0].from_step is None
        assert all(later.from_step is earlier.to_step for earlier, later in pairwise(known))


def test_the_statuses_are_fhir_s() -> None:
    assert [each.value for each in EpisodeStatus] == [
        "waitlist", "active", "onhold", "finished", "cancelled", "entered-in-error"
    ]  # fmt: skip
    referred, seen = (S.REFERRAL, R.NEW_FROM_GP), (S.ASSESSMENT, R.ACCEPTED)
    assert episode_status([referred]) is EpisodeStatus.WAITLIST
    assert episode_status([referred, seen]) is EpisodeStatus.ACTIVE
    assert episode_status([referred, seen, (S.OPEN_CONTACT, R.THEIR_WISH)]) is EpisodeStatus.ON_HOLD
    assert episode_status([referred, seen, (S.CLOSED, R.GOALS_REACHED)]) is EpisodeStatus.FINISHED
    assert episode_status([referred, (S.CLOSED, R.NOT_SUITABLE)]) is EpisodeStatus.CANCELLED
    assert episode_status([referred, seen, (S.CLOSED, R.ENTERED_IN_ERROR)]) is EpisodeStatus.ENTERED_IN_ERROR


def test_days_are_counted_by_step() -> None:
    days = [(S.REFERRAL, 1), (S.REFERRAL, 4), (S.REFERRAL, 40), (S.REVIEW, 0)]
    found = waiting([(step, NOW - timedelta(days=count, hours=1)) for step, count in days], NOW)
    assert [each.step for each in found] == [step for step in Step if step is not S.CLOSED]
    of = {each.step: (each.people, each.median_days, each.longest_days) for each in found}
    assert of[S.REFERRAL] == (3, 4, 40)
    assert of[S.REVIEW] == (1, 0, 0)
    assert of[S.ASSESSMENT] == (0, None, None)


@pytest.mark.parametrize("reason", sorted(REASONS[S.CLOSED]))
def test_closing_says_what_becomes_of_contact(reason: MoveReason) -> None:
    words = contact_words(reason, "01632 960123")
    assert "01632 960123" in words
    assert ("You can still ring us" in words) is (reason is not R.DIED)
