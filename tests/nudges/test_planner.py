"""Does planning follow the plans, the people's hours and their consent, and change nothing when it runs again?"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from companion.domain.care_plan import AgreedHow, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours
from companion.use_cases import care_plan, consent, patient, preference
from nudges import planner
from tests.support import cast
from tests.support.databases import both
from tests.support.world import World

pytestmark = both


def test_a_fortnight_is_planned_in_the_persons_hours_and_ceilings(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    planned = world.nudges()
    assert {nudge.behaviour.value for nudge in planned} == {"curious", "healthy", "demand"}
    assert max(nudge.slot_on for nudge in planned) >= cast.day("2026-12-04")
    for nudge in planned:
        assert nudge.slot_on.weekday() < 5
        assert time(9) <= nudge.due_at.astimezone(ZoneInfo("Europe/London")).time() < time(17)
        assert nudge.expires_at.astimezone(ZoneInfo("Europe/London")).time() <= time(17)
    days = sorted(nudge.slot_on for nudge in planned)
    assert len(set(days)) == len(days)
    assert all(sum(0 <= (other - day).days < 7 for other in days) <= 3 for day in days)


def test_planning_again_changes_nothing(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    before = [(nudge.id, nudge.due_at, nudge.status) for nudge in world.nudges()]
    for _ in range(3):
        planner.plan(world.now)
    assert before == [(nudge.id, nudge.due_at, nudge.status) for nudge in world.nudges()]


def test_days_come_into_the_fortnight_as_time_goes_by(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    planner.plan(world.now + timedelta(days=7))
    assert max(nudge.slot_on for nudge in world.nudges()) >= cast.day("2026-12-11")


@pytest.mark.parametrize("status", [ConsentStatus.WITHDRAWN])
def test_nobody_is_planned_for_who_has_not_agreed_to_texts(world: World, status: ConsentStatus) -> None:
    world.people.agree_plan()
    consent.change(world.people.ben, world.people.amina.id, status, world.now)
    planner.plan(world.now)
    assert world.nudges() == []


def test_nobody_is_planned_for_who_was_never_asked(world: World) -> None:
    gwen = patient.enrol(
        world.people.ben,
        cast.enrolment(nhs_number="9990000034", mobile="+447700900103", consent_to_texts=False),
        world.now,
    )
    world.people.agree_plan(of=gwen)
    planner.plan(world.now)
    assert world.nudges() == []


def test_a_draft_plans_nothing(world: World) -> None:
    care_plan.draft(world.people.ben, world.people.amina.id, cast.plan_content(), world.now)
    planner.plan(world.now)
    assert world.nudges() == []


def test_a_finished_patient_is_not_planned_for(world: World) -> None:
    world.people.agree_plan()
    amina = world.amina()
    patient.amend(world.people.ben, amina.id, amina.version, {"status": PatientStatus.FINISHED}, world.now)
    planner.plan(world.now)
    assert world.nudges() == []


def test_a_revision_drops_what_the_old_one_planned_and_waits_for_the_patients_yes(world: World) -> None:
    agreed = world.people.agree_plan()
    planner.plan(world.now)
    first = world.nudges()
    changed = cast.plan_content(what_matters="Being there, and gardening")
    revised = care_plan.revise(world.people.ben, agreed.plan.id, agreed.plan.version, changed, "Spring", world.now)
    planner.plan(world.now)
    assert {nudge.status for nudge in world.nudges()} == {NudgeStatus.CANCELLED}
    assert {nudge.reason for nudge in world.nudges()} == {Reason.REVISION_STALE}
    version = revised.plan.version
    care_plan.agree(world.people.ben, agreed.plan.id, version, AgreedHow.PHONE, world.now, world.now)
    planner.plan(world.now)
    planned = [nudge for nudge in world.nudges() if nudge.status is NudgeStatus.PLANNED]
    assert {nudge.revision_number for nudge in planned} == {2}
    assert len(planned) == len(first)


def test_a_slot_that_was_texted_about_is_not_planned_again_by_a_revision_of_the_same_day(world: World) -> None:
    agreed = world.people.agree_plan()
    first = world.until_due()
    world.beat()
    ben, plan = world.people.ben, agreed.plan
    revised = care_plan.revise(ben, plan.id, plan.version, cast.plan_content(please_do="Call me"), "More", world.now)
    care_plan.agree(ben, plan.id, revised.plan.version, AgreedHow.PHONE, world.now, world.now)
    world.beat()
    same_slot = [n for n in world.nudges() if (n.line, n.slot_on) == (first.line, first.slot_on)]
    assert [nudge.status for nudge in same_slot] == [NudgeStatus.SENT]


def test_a_plan_on_hold_plans_nothing_more(world: World) -> None:
    agreed = world.people.agree_plan()
    care_plan.move(world.people.ben, agreed.plan.id, agreed.plan.version, CarePlanStatus.ON_HOLD, world.now)
    planner.plan(world.now)
    assert world.nudges() == []


def test_new_preferences_are_planned_from_at_once(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    before = len(world.nudges())
    hours = Hours(time(9), time(17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, world.people.amina.id, 1, hours, Ceilings(2, 6), None, world.now)
    planner.plan(world.now)
    assert len(world.nudges()) > before


def test_narrower_hours_do_not_silence_a_person(world: World) -> None:
    nine_forty = tuple(replace(each, time_of_day=time(9, 40)) for each in cast.plan_content().activities)
    world.people.agree_plan(cast.plan_content(activities=nine_forty))
    planner.plan(world.now)
    hours = Hours(time(15), time(17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, world.people.amina.id, 1, hours, Ceilings(1, 3), None, world.now)
    world.pass_time(timedelta(days=7), timedelta(hours=1))
    replaced = [nudge for nudge in world.nudges() if nudge.status is NudgeStatus.CANCELLED]
    assert {nudge.reason for nudge in replaced} == {Reason.PREFERENCES_CHANGED}
    sent = [nudge for nudge in world.nudges() if nudge.status is NudgeStatus.SENT]
    assert len(sent) == 3
    assert {nudge.due_at.time() for nudge in sent} == {time(15)}


def test_other_days_are_planned_for_at_once(world: World) -> None:
    every_day = tuple(replace(each, days_of_week=frozenset(WEEK)) for each in cast.plan_content().activities)
    world.people.agree_plan(cast.plan_content(activities=every_day))
    planner.plan(world.now)
    for version, days in enumerate((frozenset(WEEK[5:]), cast.WORKING_DAYS), start=1):
        hours = Hours(time(9), time(17), days)
        preference.replace(world.people.ben, world.people.amina.id, version, hours, Ceilings(1, 3), None, world.now)
        planner.plan(world.now)
        planned = [nudge for nudge in world.nudges() if nudge.status is NudgeStatus.PLANNED]
        assert len(planned) >= 4
        assert {WEEK[nudge.slot_on.weekday()] for nudge in planned} <= days


def test_a_person_who_moves_is_nudged_by_their_new_clock(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    amina = world.amina()
    patient.amend(world.people.ben, amina.id, amina.version, {"time_zone": "Asia/Kathmandu"}, world.now)
    planner.plan(world.now)
    planned = [nudge for nudge in world.nudges() if nudge.status is NudgeStatus.PLANNED]
    assert planned
    for nudge in planned:
        assert time(9) <= nudge.due_at.astimezone(ZoneInfo("Asia/Kathmandu")).time() < time(17)


@pytest.mark.parametrize(
    ("zone", "night", "around"),
    [
        ("Europe/London", datetime(2026, 3, 29, tzinfo=UTC), 4),
        ("Europe/London", datetime(2026, 10, 25, tzinfo=UTC), 4),
        ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC), 4),
        ("Pacific/Auckland", datetime(2026, 4, 5, tzinfo=UTC), 4),
    ],
)
def test_over_a_clock_change_the_wall_clock_counts(world: World, zone: str, night: datetime, around: int) -> None:
    start = night - timedelta(days=around)
    person = patient.enrol(
        world.people.ben,
        cast.enrolment(
            nhs_number="9990000034",
            mobile="+447700900103",
            time_zone=zone,
            hours=Hours(time(9), time(10), frozenset(WEEK), on_bank_holidays=True),
            ceilings=Ceilings(1, 7),
        ),
        start,
    )
    every_day = tuple(replace(activity, days_of_week=frozenset(WEEK)) for activity in cast.plan_content().activities)
    world.people.agree_plan(cast.plan_content(activities=every_day), start, of=person)
    planner.plan(start)
    walls = [nudge.due_at.astimezone(ZoneInfo(zone)) for nudge in world.nudges(person.id)]
    assert len(walls) >= 10
    assert all(time(9) <= wall.time() < time(10) for wall in walls)
    assert len({wall.utcoffset() for wall in walls}) == 2
