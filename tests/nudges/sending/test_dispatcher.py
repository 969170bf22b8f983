"""Is every due nudge decided about once, by the rules, with the reason written down?"""

from dataclasses import replace
from datetime import time, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from companion.domain.behaviour import Behaviour
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours
from companion.models import Nudge
from companion.use_cases import care_plan, consent, preference, task, wording
from nudges import planner
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast, dispatched
from tests.support.world import World


def decided(world: World) -> Nudge:
    """The first nudge, after the dispatcher has looked at it."""
    dispatched.dispatch(world.now)
    return next(nudge for nudge in world.nudges() if nudge.slot_on == world.now.date())


def test_a_due_nudge_becomes_one_text_in_the_outbox(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    nudge = decided(world)
    assert nudge.status is NudgeStatus.CLAIMED
    [message] = world.messages()
    assert (message.nudge_id, message.status, message.number) == (nudge.id, MessageStatus.CREATED, cast.AMINA_MOBILE)
    assert message.body.startswith("Amina, ")
    assert message.expires_at == nudge.expires_at
    assert message.wording_id in {one.id for one in wording.listed(world.people.ben) if one.approved_at}
    dispatched.dispatch(world.now)
    assert len(world.messages()) == 1


def test_nothing_is_decided_before_it_is_due(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    world.now -= timedelta(seconds=1)
    assert dispatched.dispatch(world.now) == 0


def test_who_withdrew_consent_after_planning_gets_nothing(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    consent.change(world.people.ben, world.people.amina.id, ConsentStatus.WITHDRAWN, world.now)
    assert (decided(world).status, decided(world).reason) == (NudgeStatus.SKIPPED, Reason.CONSENT_WITHDRAWN)
    assert world.messages() == []


def test_a_plan_revised_after_planning_sends_nothing_old(world: World) -> None:
    plan = world.people.agree_plan().plan
    world.until_due()
    care_plan.revise(world.people.ben, plan.id, plan.version, cast.plan_content(please_do="Ring"), "New", world.now)
    assert decided(world).reason is Reason.REVISION_STALE


def test_a_pause_holds(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    hours = Hours(time(9), time(17), cast.WORKING_DAYS)
    until = world.now + timedelta(days=3)
    preference.replace(world.people.ben, world.people.amina.id, 1, hours, Ceilings(1, 3), until, world.now)
    assert decided(world).reason is Reason.PAUSED


def test_hours_that_moved_later_postpone_and_those_that_are_over_lapse(world: World) -> None:
    world.people.agree_plan()
    first = world.until_due()
    later = (first.due_at + timedelta(minutes=90)).time().replace(second=0)
    hours = Hours(later, time(17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, world.people.amina.id, 1, hours, Ceilings(1, 3), None, world.now)
    nudge = decided(world)
    assert (nudge.status, nudge.held_reason) == (NudgeStatus.PLANNED, Reason.OUTSIDE_HOURS)
    assert nudge.due_at.time() == later
    world.now = nudge.due_at
    assert decided(world).status is NudgeStatus.CLAIMED


@pytest.mark.parametrize("down", [timedelta(hours=9), timedelta(days=2), timedelta(days=10)])
def test_after_an_outage_what_is_stale_lapses_and_there_is_no_burst(world: World, down: timedelta) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    due_meanwhile = [nudge for nudge in world.nudges() if nudge.expires_at <= world.now + down]
    world.now += down
    world.beat()
    for nudge in world.nudges():
        if nudge.id in {missed.id for missed in due_meanwhile}:
            assert (nudge.status, nudge.reason) == (NudgeStatus.LAPSED, Reason.EXPIRED)
    assert len(world.messages()) <= 1
    world.pass_time(timedelta(hours=24))
    assert len(world.messages()) <= 2


def test_the_ceilings_hold_against_more_nudges_than_may_go(world: World) -> None:
    plan = world.people.agree_plan(
        cast.plan_content(
            activities=tuple(
                replace(activity, time_of_day=time(10, index))
                for index, activity in enumerate(cast.plan_content().activities)
            )
        )
    ).plan
    hours = Hours(time(9), time(17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, plan.patient_id, 1, hours, Ceilings(3, 9), None, world.now)
    planner.plan(world.now)
    assert len([nudge for nudge in world.nudges() if nudge.slot_on == world.now.date()]) == 3
    preference.replace(world.people.ben, plan.patient_id, 2, hours, Ceilings(2, 9), None, world.now)
    world.now = max(nudge.due_at for nudge in world.nudges() if nudge.slot_on == world.now.date())
    for _ in range(3):  # one phone gets its texts one after the other
        world.send()
        world.now += timedelta(minutes=1)
    today = [nudge for nudge in world.nudges() if nudge.slot_on == world.now.date()]
    assert sorted(nudge.status.value for nudge in today) == ["sent", "sent", "skipped"]
    assert [nudge.reason for nudge in today if nudge.reason] == [Reason.DAILY_CEILING]


def test_the_weekly_ceiling_counts_any_seven_days(world: World) -> None:
    at_ten = tuple(replace(each, time_of_day=time(10)) for each in cast.plan_content().activities)
    world.people.agree_plan(cast.plan_content(activities=at_ten))
    hours = Hours(time(9), time(17), frozenset(WEEK))
    preference.replace(world.people.ben, world.people.amina.id, 1, hours, Ceilings(1, 4), None, world.now)
    planner.plan(world.now)
    preference.replace(world.people.ben, world.people.amina.id, 2, hours, Ceilings(1, 2), None, world.now)
    # No planner meanwhile: the door alone must hold the new ceiling against what the old one planned.
    for _ in range(6 * 24):
        world.now += timedelta(hours=1)
        world.send()
    reasons = [nudge.reason for nudge in world.nudges() if nudge.reason]
    assert reasons
    assert set(reasons) == {Reason.WEEKLY_CEILING}
    assert len(world.messages()) == 2


def test_no_cheerful_nudge_while_an_urgent_message_waits(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    world.texts("I took too many tablets")
    assert decided(world).reason is Reason.SAFETY_HOLD
    [urgent] = world.tasks(kind="read-message")
    task.complete(world.people.ben, urgent.id, "Called her; she is safe.", world.now)
    world.pass_time(timedelta(days=3), timedelta(hours=1))
    assert any(nudge.status is NudgeStatus.SENT for nudge in world.nudges())


@pytest.mark.usefixtures("app")
def test_without_an_approved_wording_nothing_goes(gateway: SimulatorGateway) -> None:
    world = World(gateway, cast.assemble(approved=False))
    world.people.agree_plan()
    world.until_due()
    assert decided(world).reason is Reason.WORDING_NOT_APPROVED
    assert world.messages() == []


def test_a_line_that_makes_no_text_holds_up_nobody_else(world: World) -> None:
    at_ten = [replace(each, time_of_day=time(10)) for each in cast.plan_content().activities]
    empty = tuple(
        replace(each, already_helps_line=None, behaviour=Behaviour.CURIOUS, nudge_words=" ") for each in at_ten
    )
    world.people.agree_plan(cast.plan_content(activities=empty))
    world.people.agree_plan(cast.plan_content(activities=tuple(at_ten)), of=world.people.dee)
    world.until_due()
    dispatched.dispatch(world.now)
    [of_amina] = [nudge for nudge in world.nudges(world.people.amina.id) if nudge.settled_at]
    assert of_amina.reason is Reason.WORDING_UNUSABLE
    assert [message.patient_id for message in world.messages()] == [world.people.dee.id]


def test_two_dispatchers_at_once_stay_under_the_ceiling(app: Flask, world: World) -> None:
    at_ten = tuple(replace(activity, time_of_day=time(10)) for activity in cast.plan_content().activities)
    plan = world.people.agree_plan(cast.plan_content(activities=at_ten)).plan
    hours = Hours(time(9), time(17), cast.WORKING_DAYS)
    preference.replace(world.people.ben, plan.patient_id, 1, hours, Ceilings(3, 9), None, world.now)
    planner.plan(world.now)
    preference.replace(world.people.ben, plan.patient_id, 2, hours, Ceilings(1, 9), None, world.now)
    world.now += timedelta(hours=1)
    together = Barrier(4)

    def dispatch() -> None:
        with app.app_context():
            together.wait()
            dispatched.dispatch(world.now)

    threads = [Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    today = [nudge.status.value for nudge in world.nudges() if nudge.slot_on == world.now.date()]
    assert sorted(today) == ["claimed", "skipped", "skipped"]
    assert len(world.messages()) == 1
