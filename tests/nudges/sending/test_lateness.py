"""How late does the clock say that it is? By what is due and could still go, and by nothing else."""

from datetime import timedelta

from flask import Flask

from companion.upkeep import heartbeat
from companion.use_cases import message
from nudges import planner
from nudges.sending import lateness
from tests.support import cast
from tests.support.world import World

NOTHING, MINUTE = timedelta(0), timedelta(minutes=1)


def test_nothing_waits(app: Flask) -> None:
    assert lateness.of_waiting(cast.MONDAY) == NOTHING


def test_a_nudge_is_late_from_its_moment_until_its_expiry(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    assert lateness.of_waiting(world.now) == NOTHING, "what is planned for later does not wait"
    first = world.until_due()
    assert lateness.of_waiting(world.now) == NOTHING
    assert lateness.of_waiting(world.now + 7 * MINUTE) == 7 * MINUTE
    assert lateness.of_waiting(first.expires_at - MINUTE) == first.expires_at - MINUTE - first.due_at
    assert lateness.of_waiting(first.expires_at) == NOTHING, "what has expired goes nowhere"


def test_a_text_in_the_outbox_is_late_until_it_goes(world: World) -> None:
    message.write(world.people.ben, world.people.amina.id, "Call me", world.now)
    assert lateness.of_waiting(world.now + 5 * MINUTE) == 5 * MINUTE
    world.now += 5 * MINUTE
    world.send()
    assert lateness.of_waiting(world.now) == NOTHING


def test_a_beat_knows_for_how_long_it_was_away(app: Flask) -> None:
    every, now = timedelta(seconds=30), cast.MONDAY
    assert heartbeat.overdue("plan", every, now) == NOTHING
    heartbeat.beat("plan", "one", now)
    assert heartbeat.overdue("plan", every, now + every) == NOTHING
    assert heartbeat.overdue("plan", every, now + every + 2 * MINUTE) == 2 * MINUTE
    assert heartbeat.overdue("plan", every, now - MINUTE) == NOTHING, "the clock went back"
    heartbeat.beat("plan", "two", now + MINUTE, 2 * MINUTE)
    assert heartbeat.beats()["plan"] == heartbeat.Beat(now + MINUTE, 2 * MINUTE)
