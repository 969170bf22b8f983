"""Does a restricted record rest: nothing planned, sent, counted or read without a reason, and no word lost?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion.domain.access import Actor, ActorKind
from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError, ForbiddenError, NotFoundError
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.use_cases import (
    care_plan,
    consent,
    engagement,
    leaving,
    message,
    nudge,
    patient,
    preference,
    restriction,
)
from nudges import planner
from tests.support import cast
from tests.support.world import World

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WISH = RestrictionGround.THEIR_WISH


def amina(world: World) -> Actor:
    return Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id)


def test_at_the_door_a_planned_nudge_does_not_go(world: World) -> None:
    """Restricted after it was planned, and before the planner has looked."""
    world.people.agree_plan()
    due = world.until_due()
    restriction.impose(amina(world), world.people.amina.id, WISH, world.now)
    world.send()
    held = next(each for each in world.nudges() if each.id == due.id)
    assert (held.status, held.reason) == (NudgeStatus.SKIPPED, Reason.RESTRICTED)
    assert world.attempts() == []


def test_the_planner_cancels_what_is_planned_and_plans_anew_when_it_is_lifted(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    planned = {(each.line, each.slot_on) for each in world.nudges()}
    begun = restriction.impose(world.people.ben, world.people.amina.id, WISH, world.now)
    planner.plan(world.now)
    assert {(each.status, each.reason) for each in world.nudges()} == {(NudgeStatus.CANCELLED, Reason.RESTRICTED)}
    world.pass_time(timedelta(hours=3), HOUR)
    assert world.messages() == []
    restriction.lift(world.people.ben, begun.id, world.now)
    planner.plan(world.now)
    again = {(each.line, each.slot_on) for each in world.nudges() if each.status is NudgeStatus.PLANNED}
    assert len(again) >= len(planned) - 2
    world.pass_time(timedelta(days=3), HOUR)
    assert world.messages()


def test_somebody_else_s_nudges_go_on(world: World) -> None:
    world.people.agree_plan()
    world.people.agree_plan(of=world.people.dee)
    restriction.impose(amina(world), world.people.amina.id, WISH, world.now)
    world.pass_time(timedelta(days=2), HOUR)
    assert {text.patient_id for text in world.messages()} == {world.people.dee.id}


def test_what_they_text_still_reaches_a_person_and_can_be_answered(world: World) -> None:
    people = world.people
    restriction.impose(amina(world), people.amina.id, WISH, world.now)
    world.texts("My knee hurts on the stairs")
    [waits] = world.tasks(kind=TaskKind.READ_MESSAGE)
    assert waits.patient_id == people.amina.id
    with pytest.raises(ForbiddenError):
        message.write(people.ben, people.amina.id, "Come on Monday", world.now)
    message.write(replace(people.ben, reason="She wrote to us"), people.amina.id, "Come on Monday", world.now)
    world.send()
    assert len(world.attempts()) == 1
    assert TaskKind.RESTRICTION in {each.kind for each in world.tasks(patient_id=people.amina.id)}


def test_staff_read_it_for_a_stated_reason_only(world: World) -> None:
    people = world.people
    plan = people.agree_plan().plan
    restriction.impose(people.ben, people.amina.id, RestrictionGround.ACCURACY_CONTESTED, world.now)
    amina_id = people.amina.id
    reads = (
        lambda who: patient.read(who, amina_id, world.now),
        lambda who: preference.read(who, amina_id, world.now),
        lambda who: care_plan.read(who, plan.id, world.now),
        lambda who: care_plan.of_patient(who, amina_id, world.now),
        lambda who: care_plan.revisions(who, plan.id, world.now),
        lambda who: message.of_patient(who, amina_id, 0, 10, world.now),
        lambda who: nudge.of_patient(who, amina_id, 0, 10, world.now),
        lambda who: consent.history(who, amina_id, world.now),
    )
    for read in reads:
        with pytest.raises(ForbiddenError, match="restricted"):
            read(people.ben)
        read(replace(people.ben, reason="The complaint of last week"))
        with pytest.raises(NotFoundError):
            read(people.eve)
    assert [each.id for each in patient.listed(people.ben, 0, 10, world.now).items] == [people.dee.id]
    assert [each.patient_id for each in restriction.standing(people.ben, world.now)] == [amina_id]
    assert list(restriction.standing(people.eve, world.now)) == []


def test_no_figure_counts_it_while_it_rests(world: World) -> None:
    people = world.people
    people.agree_plan()
    world.pass_time(timedelta(days=2), HOUR)
    period = (cast.day("2026-11-01"), cast.day("2026-12-31"))
    assert engagement.by_behaviour(people.chandra, *period, world.now).people == 1
    begun = restriction.impose(amina(world), people.amina.id, WISH, world.now)
    resting = engagement.by_behaviour(people.chandra, *period, world.now)
    assert (resting.people, resting.total.planned) == (0, 0)
    restriction.lift(amina(world), begun.id, world.now)
    assert engagement.by_behaviour(people.chandra, *period, world.now).people == 1


def test_who_may_end_it(world: World) -> None:
    people = world.people
    begun = restriction.impose(people.ben, people.amina.id, RestrictionGround.UNLAWFUL, world.now)
    with pytest.raises(ConflictError):
        restriction.impose(amina(world), people.amina.id, WISH, world.now)
    with pytest.raises(ConflictError):
        restriction.lift(amina(world), begun.id, world.now)
    for stranger in (people.eve, Actor(ActorKind.PATIENT, people.service_id, people.dee.id)):
        with pytest.raises(NotFoundError):
            restriction.lift(stranger, begun.id, world.now)
    with pytest.raises(ForbiddenError):
        restriction.lift(people.chandra, begun.id, world.now)
    restriction.lift(people.ben, begun.id, world.now + DAY)
    with pytest.raises(ConflictError):
        restriction.lift(people.ben, begun.id, world.now)
    [kept] = restriction.of_patient(people.ben, people.amina.id, world.now)
    assert (kept.began_at, kept.lifted_at, kept.lifted_by) == (world.now, world.now + DAY, people.ben.id)


def test_leaving_stops_texts_and_closes_plans_and_says_how_to_come_back(world: World) -> None:
    people = world.people
    plan = people.agree_plan().plan
    care_plan.draft(people.ben, people.amina.id, cast.plan_content(), world.now)
    world.until_due()
    said = leaving.leave(amina(world), people.amina.id, world.now)
    assert "01632 960123" in said.words
    world.pass_time(timedelta(days=3), HOUR)
    assert world.messages() == []
    left = world.amina()
    assert (left.status, left.text_consent) == (PatientStatus.FINISHED, ConsentStatus.WITHDRAWN)
    plans = care_plan.of_patient(people.ben, people.amina.id, world.now)
    assert {each.status for each in plans} == {CarePlanStatus.REVOKED}
    assert care_plan.read(people.ben, plan.id, world.now).revision.what_matters
    assert world.consents(people.amina.id)[-1].source == "patient-app"
    with pytest.raises(ConflictError):
        leaving.leave(people.ben, people.amina.id, world.now)
    with pytest.raises(NotFoundError):
        leaving.leave(people.eve, people.dee.id, world.now)


def test_who_left_can_come_back(world: World) -> None:
    people = world.people
    leaving.leave(amina(world), people.amina.id, world.now)
    version = world.amina().version
    patient.amend(people.ben, people.amina.id, version, {"status": PatientStatus.ACTIVE}, world.now)
    consent.change(people.ben, people.amina.id, ConsentStatus.GIVEN, world.now)
    people.agree_plan()
    world.pass_time(timedelta(days=2), HOUR)
    assert world.messages()
