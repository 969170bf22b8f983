"""Is everybody planned for where one transaction does not take them all, and does nobody wait for a sender?"""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from benchmarks import planning
from companion.db import reading, transaction
from companion.domain.consent import ConsentStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours
from companion.models import CarePlan, Nudge, Patient
from companion.use_cases import preference
from nudges import planner
from tests.support import cast
from tests.support.databases import on_postgresql
from tests.support.world import World, work_off


def test_everybody_is_planned_for_once(app: Flask) -> None:
    people = planner.BATCH + 50
    planning.fill(people)
    offered = planner.plan(planning.MONDAY)
    with reading() as session:
        assert session.scalar(select(func.count()).where(CarePlan.planned_revision == 1)) == people
        assert session.scalar(select(func.count()).select_from(Nudge)) == offered > people
    planning.within_ceilings()
    assert planner.plan(planning.MONDAY + timedelta(hours=1)) == 0


@on_postgresql
def test_what_a_sender_holds_is_passed_over_and_not_waited_for(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    afternoon = Hours(cast.TEN.replace(hour=14), cast.TEN.replace(hour=17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, world.people.amina.id, 1, afternoon, Ceilings(1, 3), None, world.now)
    held = world.nudges()[0]
    with transaction() as sender:
        sender.get_one(Nudge, held.id, with_for_update=True)
        planner.plan(world.now)  # would wait for itself
        old = [nudge for nudge in world.nudges() if nudge.preference_version == 1]
        assert [nudge.id for nudge in old if nudge.status is NudgeStatus.PLANNED] == [held.id]
        assert {nudge.reason for nudge in old if nudge.id != held.id} == {Reason.PREFERENCES_CHANGED}


@on_postgresql
def test_an_edit_waits_for_nobody_who_holds_the_person_or_their_plan(world: World) -> None:
    agreed = world.people.agree_plan()
    planner.plan(world.now)
    afternoon = Hours(cast.TEN.replace(hour=14), cast.TEN.replace(hour=17), cast.WORKING_DAYS)
    with transaction() as somebody:
        somebody.get_one(Patient, world.people.amina.id, with_for_update=True)
        preference.replace(world.people.ben, world.people.amina.id, 1, afternoon, Ceilings(1, 3), None, world.now)
    with transaction() as somebody:
        somebody.get_one(CarePlan, agreed.plan.id, with_for_update=True)
        world.texts("STOP")
        work_off(world.now)
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN


@on_postgresql
def test_a_plan_that_a_clinician_holds_waits_for_the_next_beat(world: World) -> None:
    agreed = world.people.agree_plan()
    with transaction() as clinician:
        clinician.get_one(CarePlan, agreed.plan.id, with_for_update=True)
        assert planner.plan(world.now) == 0
    assert planner.plan(world.now) > 0
