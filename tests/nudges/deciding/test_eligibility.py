"""Does a text go only when every promise allows it, and is there always one answer, with its reason?"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind
from companion.domain.nudge import Reason
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours
from nudges.deciding.eligibility import Decision, Facts, Lapse, NudgeFacts, Postpone, Send, Skip, decide
from tests.support.moments import MINUTE, WallClock, holidays_near, hours, instants, zones

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WORKING_DAYS = frozenset(WEEK[:5])
GOOD = NudgeFacts(
    plan_status=CarePlanStatus.ACTIVE,
    current_revision=2,
    agreed_revision=2,
    revision=2,
    wording_approved=True,
    urgent_waits=False,
    paused_until_at=None,
    hours=Hours(time(9), time(17), WORKING_DAYS),
    outer_hours=Hours(time(8), time(18), WORKING_DAYS),
    zone_name="Europe/London",
    bank_holidays=frozenset(),
    ceilings=Ceilings(daily=1, weekly=3),
    texted_today=0,
    texted_week=0,
    due_at=NOW,
)
TEXT = Facts(MessageKind.NUDGE, ConsentStatus.GIVEN, True, NOW + timedelta(hours=4), GOOD)


def facts(**changes: object) -> Facts:
    """A nudge that may go at NOW, but for these changes."""
    return replace(TEXT, **changes)  # type: ignore[arg-type]


def nudge(**changes: object) -> Facts:
    """The same, changed in what is asked of a nudge alone."""
    return facts(nudge=replace(GOOD, **changes))  # type: ignore[arg-type]


def test_a_nudge_about_which_all_is_well_goes() -> None:
    assert decide(TEXT, NOW) == Send()


@pytest.mark.parametrize(
    ("told", "decision"),
    [
        (facts(consent=ConsentStatus.WITHDRAWN), Skip(Reason.CONSENT_WITHDRAWN)),
        (facts(consent=ConsentStatus.NOT_ASKED), Skip(Reason.CONSENT_NOT_GIVEN)),
        (facts(patient_active=False), Skip(Reason.PATIENT_INACTIVE)),
        (nudge(plan_status=CarePlanStatus.ON_HOLD), Skip(Reason.PLAN_NOT_ACTIVE)),
        (nudge(plan_status=CarePlanStatus.DRAFT), Skip(Reason.PLAN_NOT_ACTIVE)),
        (nudge(plan_status=CarePlanStatus.REVOKED), Skip(Reason.PLAN_NOT_ACTIVE)),
        (nudge(plan_status=CarePlanStatus.COMPLETED), Skip(Reason.PLAN_NOT_ACTIVE)),
        (nudge(revision=1), Skip(Reason.REVISION_STALE)),
        (nudge(agreed_revision=1), Skip(Reason.REVISION_NOT_AGREED)),
        (nudge(agreed_revision=None), Skip(Reason.REVISION_NOT_AGREED)),
        (nudge(wording_approved=False), Skip(Reason.WORDING_NOT_APPROVED)),
        (facts(expires_at=NOW), Lapse(Reason.EXPIRED)),
        (facts(expires_at=NOW - timedelta(days=3)), Lapse(Reason.EXPIRED)),
        (facts(expires_at=NOW + timedelta(seconds=1)), Send()),
        (nudge(urgent_waits=True), Skip(Reason.SAFETY_HOLD)),
        (nudge(paused_until_at=NOW + timedelta(seconds=1)), Skip(Reason.PAUSED)),
        (nudge(paused_until_at=NOW), Send()),
        (nudge(hours=Hours(time(10), time(17), WORKING_DAYS)), Send()),
        (
            nudge(hours=Hours(time(11), time(17), WORKING_DAYS)),
            Postpone(NOW + timedelta(hours=1), Reason.OUTSIDE_HOURS),
        ),
        (
            nudge(outer_hours=Hours(time(12), time(18), WORKING_DAYS)),
            Postpone(NOW + timedelta(hours=2), Reason.OUTSIDE_HOURS),
        ),
        (nudge(hours=Hours(time(9), time(10), WORKING_DAYS)), Lapse(Reason.OUTSIDE_HOURS)),
        (nudge(hours=Hours(time(14), time(17), WORKING_DAYS)), Lapse(Reason.OUTSIDE_HOURS)),
        (nudge(hours=Hours(time(9), time(17), frozenset(WEEK[5:]))), Lapse(Reason.OUTSIDE_HOURS)),
        (nudge(hours=Hours(time(9), time(17), frozenset())), Lapse(Reason.OUTSIDE_HOURS)),
        (nudge(bank_holidays=frozenset({NOW.date()})), Lapse(Reason.OUTSIDE_HOURS)),
        (nudge(due_at=NOW - timedelta(hours=1), caught_up=True), Lapse(Reason.CAUGHT_UP)),
        (nudge(due_at=NOW - timedelta(hours=1), draw=0.5), Postpone(NOW + timedelta(minutes=108), Reason.CATCH_UP)),
        (nudge(texted_today=1), Skip(Reason.DAILY_CEILING)),
        (nudge(texted_week=3), Skip(Reason.WEEKLY_CEILING)),
        (nudge(texted_week=2), Send()),
        (nudge(ceilings=Ceilings(0, 3)), Skip(Reason.DAILY_CEILING)),
        (nudge(ceilings=Ceilings(1, 0)), Skip(Reason.WEEKLY_CEILING)),
    ],
)
def test_one_thing_wrong_and_its_reason(told: Facts, decision: Decision) -> None:
    assert decide(told, NOW) == decision


def test_a_bank_holiday_needs_both_the_patient_and_the_pain_service() -> None:
    monday = frozenset({NOW.date()})
    wanted = Hours(time(9), time(17), WORKING_DAYS, on_bank_holidays=True)
    assert decide(nudge(bank_holidays=monday, hours=wanted), NOW) == Lapse(Reason.OUTSIDE_HOURS)
    assert decide(nudge(bank_holidays=monday, hours=wanted, outer_hours=wanted), NOW) == Send()


@pytest.mark.parametrize(
    ("patient", "pain_service", "until"),
    [
        ("mon wed 09:00", "tue 08:00", None),
        ("mon tue 09:00", "tue 08:00", "2026-11-24T09:00"),
        ("tue 08:00", "mon tue 09:00", "2026-11-24T09:00"),
        ("mon wed fri 11:00", "tue thu fri 10:00", "2026-11-27T11:00"),
        ("tue thu fri 10:00", "mon wed fri 11:00", "2026-11-27T11:00"),
    ],
)
def test_it_waits_for_a_moment_that_both_allow(patient: str, pain_service: str, until: str | None) -> None:
    def hours_of(text: str) -> Hours:
        *days, start = text.split()
        return Hours(time.fromisoformat(start), time(17), frozenset(day for day in WEEK if day in days))

    week = facts(
        expires_at=NOW + timedelta(days=7),
        nudge=replace(GOOD, hours=hours_of(patient), outer_hours=hours_of(pain_service)),
    )
    if until is None:
        assert decide(week, NOW) == Lapse(Reason.OUTSIDE_HOURS)
        return
    assert decide(week, NOW) == Postpone(datetime.fromisoformat(until).replace(tzinfo=UTC), Reason.OUTSIDE_HOURS)


ORDER = [
    (facts(consent=ConsentStatus.WITHDRAWN), Skip(Reason.CONSENT_WITHDRAWN)),
    (facts(patient_active=False), Skip(Reason.PATIENT_INACTIVE)),
    (nudge(plan_status=CarePlanStatus.ON_HOLD), Skip(Reason.PLAN_NOT_ACTIVE)),
    (nudge(revision=1), Skip(Reason.REVISION_STALE)),
    (nudge(agreed_revision=None), Skip(Reason.REVISION_NOT_AGREED)),
    (nudge(wording_approved=False), Skip(Reason.WORDING_NOT_APPROVED)),
    (facts(expires_at=NOW), Lapse(Reason.EXPIRED)),
    (nudge(urgent_waits=True), Skip(Reason.SAFETY_HOLD)),
    (nudge(paused_until_at=NOW + timedelta(days=1)), Skip(Reason.PAUSED)),
    (nudge(hours=Hours(time(9), time(10), WORKING_DAYS)), Lapse(Reason.OUTSIDE_HOURS)),
    (nudge(texted_today=1), Skip(Reason.DAILY_CEILING)),
    (nudge(texted_week=3), Skip(Reason.WEEKLY_CEILING)),
]


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_of_several_reasons_the_one_that_matters_most_is_given(first: int) -> None:
    changed: dict[str, object] = {}
    changed_nudge: dict[str, object] = {}
    for told, _ in ORDER[first:]:
        assert told.nudge is not None
        names = [name for name in Facts.__slots__ if name != "nudge"]
        changed |= {name: getattr(told, name) for name in names if getattr(told, name) != getattr(TEXT, name)}
        changed_nudge |= {
            name: getattr(told.nudge, name)
            for name in NudgeFacts.__slots__
            if getattr(told.nudge, name) != getattr(GOOD, name)
        }
    told = facts(nudge=replace(GOOD, **changed_nudge), **changed)  # type: ignore[arg-type]
    assert decide(told, NOW) == ORDER[first][1]


@pytest.mark.parametrize("consent", ConsentStatus)
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.NUDGE])
def test_only_safety_and_sign_in_texts_and_our_own_checks_go_without_consent(
    kind: MessageKind, consent: ConsentStatus, active: bool
) -> None:
    night = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    told = Facts(kind, consent, active, night + timedelta(hours=1))
    allowed = consent is ConsentStatus.GIVEN or kind in (MessageKind.SAFETY, MessageKind.SIGN_IN, MessageKind.CHECK)
    if kind is MessageKind.SIGN_IN and not active:
        allowed = False  # whoever is finished has nothing to sign in to
    assert isinstance(decide(told, night), Send) is allowed
    assert not isinstance(decide(told, night + timedelta(hours=1)), Send)


@pytest.mark.parametrize("kind", MessageKind)
def test_a_nudge_cannot_pass_for_a_reply(kind: MessageKind) -> None:
    wrong = None if kind is MessageKind.NUDGE else GOOD
    with pytest.raises(ValueError, match="nudge's facts"):
        Facts(kind, ConsentStatus.GIVEN, True, NOW + timedelta(hours=1), wrong)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Facts, datetime]:
    """Any nudge at any moment; most of the questions answered well, so that the later ones are reached."""
    zone_name = draw(zones)
    now = draw(instants(zone_name))
    mostly = st.sampled_from([True, True, True, True, True, True, False])
    current = draw(st.integers(1, 3))
    around = st.integers(-3 * 24 * 60, 5 * 24 * 60).map(lambda minutes: now + timedelta(minutes=minutes))
    inner = draw(hours())
    told = NudgeFacts(
        plan_status=CarePlanStatus.ACTIVE if draw(mostly) else draw(st.sampled_from(CarePlanStatus)),
        current_revision=current,
        agreed_revision=current if draw(mostly) else draw(st.none() | st.integers(1, 3)),
        revision=current if draw(mostly) else draw(st.integers(1, 3)),
        wording_approved=draw(mostly),
        urgent_waits=not draw(mostly),
        paused_until_at=None if draw(mostly) else draw(around),
        hours=inner,
        outer_hours=draw(st.just(Hours(time(0), time(0), frozenset(WEEK), True)) | st.just(inner) | hours()),
        zone_name=zone_name,
        bank_holidays=draw(holidays_near(now)),
        ceilings=Ceilings(draw(st.integers(0, 3)), draw(st.integers(0, 4))),
        texted_today=draw(st.integers(0, 2)),
        texted_week=draw(st.integers(0, 4)),
        due_at=now if draw(mostly) else draw(around),
        draw=draw(st.floats(0, 0.9999)),
        catching_up=not draw(mostly),
        caught_up=not draw(mostly),
    )
    consent = ConsentStatus.GIVEN if draw(mostly) else draw(st.sampled_from(ConsentStatus))
    expires_at = now + timedelta(hours=4) if draw(st.booleans()) else draw(around)
    return Facts(MessageKind.NUDGE, consent, draw(mostly), expires_at, told), now


def both_open(told: NudgeFacts, now: datetime) -> tuple[WallClock, WallClock]:
    inner, outer = (WallClock(each, told.zone_name, told.bank_holidays, now) for each in (told.hours, told.outer_hours))
    return inner, outer


def promises_kept(told: Facts, now: datetime) -> bool:
    """Whether the nudge may go, read off the page of promises, not off the code."""
    assert told.nudge is not None
    of_nudge, minute = told.nudge, now.replace(second=0)
    p1 = told.consent is ConsentStatus.GIVEN and told.patient_active
    p2 = all(clock.is_open(minute) for clock in both_open(of_nudge, now))
    p5 = of_nudge.texted_today < of_nudge.ceilings.daily and of_nudge.texted_week < of_nudge.ceilings.weekly
    late = now > of_nudge.due_at + timedelta(minutes=15)
    once = not (of_nudge.catching_up and of_nudge.caught_up)
    p6 = now < told.expires_at and not late and once
    p7 = of_nudge.wording_approved
    p9 = not of_nudge.urgent_waits
    p10 = (
        of_nudge.plan_status is CarePlanStatus.ACTIVE
        and of_nudge.revision == of_nudge.current_revision == of_nudge.agreed_revision
    )
    p13 = of_nudge.paused_until_at is None or of_nudge.paused_until_at <= now
    return p1 and p2 and p5 and p6 and p7 and p9 and p10 and p13


@given(question=asked())
@settings(max_examples=250, deadline=None)
def test_it_goes_exactly_when_every_promise_is_kept(question: tuple[Facts, datetime]) -> None:
    told, now = question
    assert isinstance(decide(told, now), Send) is promises_kept(told, now)


@given(question=asked())
@settings(max_examples=150, deadline=None)
def test_it_is_put_off_to_the_first_minute_that_both_allow_and_never_beyond_its_expiry(
    question: tuple[Facts, datetime],
) -> None:
    told, now = question
    decision = decide(told, now)
    assert told.nudge is not None
    if decision == Lapse(Reason.OUTSIDE_HOURS):
        end = told.expires_at
    elif decision == Postpone(getattr(decision, "until", now), Reason.CATCH_UP):
        assert isinstance(decision, Postpone)
        assert now <= decision.until < told.expires_at
        return
    elif isinstance(decision, Postpone):
        assert decision.reason is Reason.OUTSIDE_HOURS
        assert now < decision.until < told.expires_at
        end = decision.until
    else:
        return
    clocks, minute = both_open(told.nudge, now), now.replace(second=0)
    while minute < end:
        assert not all(clock.is_open(minute) for clock in clocks), minute
        minute += MINUTE
    assert isinstance(decision, Lapse) or all(clock.is_open(end) for clock in clocks)


@given(question=asked())
@settings(max_examples=100, deadline=None)
def test_whoever_waits_until_then_is_not_put_off_again(question: tuple[Facts, datetime]) -> None:
    told, now = question
    decision = decide(told, now)
    if isinstance(decision, Postpone) and told.nudge is not None:
        catching_up = told.nudge.catching_up or decision.reason is Reason.CATCH_UP
        moved = replace(told.nudge, due_at=decision.until, catching_up=catching_up)
        again = decide(replace(told, nudge=moved), decision.until)
        assert not isinstance(again, Postpone)
        assert not isinstance(again, Lapse)


@given(question=asked(), elsewhere=zones)
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_in_which_zone_now_is_told(question: tuple[Facts, datetime], elsewhere: str) -> None:
    told, now = question
    assert decide(told, now.astimezone(ZoneInfo(elsewhere))) == decide(told, now)
