"""Does a text that goes by way of the queue go once, and only if it may, whatever becomes of its job?"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from api.app import create_app
from api.settings.config import Config, SendThrough
from companion.db import db, reading, transaction
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.models import Message
from companion.use_cases import message
from nudges import worker
from nudges.sending import handover, queue
from nudges.sending.handover import HANDED_FOR, MOST_JOBS, PAUSE
from tests.conftest import Template
from tests.support.weather import Weather, fail, passing
from tests.support.world import World

pytestmark = pytest.mark.skipif(not queue.INSTALLED, reason="NOT TESTED: the queue, as procrastinate is not installed.")

SHORTLY = timedelta(seconds=1)


@pytest.fixture
def template(postgresql_template: Template) -> Template:
    """The queue is PostgreSQL's alone."""
    return postgresql_template


@pytest.fixture
def gateway() -> Weather:
    """Phones that keep every call."""
    return Weather()


@pytest.fixture
def due(app: Flask, world: World) -> World:
    """Amina's first nudge is due, and the queue is set up."""
    assert queue.set_up()
    world.people.agree_plan()
    world.until_due()
    return world


def jobs() -> int:
    """How many wait."""
    with reading() as session:
        return queue.waiting(session, 1_000)


def work(app: Flask, world: World) -> None:
    """Do all jobs, as a queue worker does."""

    def take(message_ids: Collection[UUID]) -> None:
        with app.app_context():
            handover.take([world.gateway], "queue", lambda: world.now, message_ids)

    queue.work("queue", take, wait=False)


def only(world: World) -> Message:
    """The one text there is."""
    [found] = world.messages()
    return found


def test_a_due_nudge_is_decided_queued_and_sent(app: Flask, due: World, gateway: Weather) -> None:
    assert handover.hand_on(due.now) == 1
    assert (only(due).status, jobs(), gateway.heard) == (MessageStatus.CREATED, 1, [])
    work(app, due)
    assert (only(due).status, jobs(), len(gateway.heard)) == (MessageStatus.SENT, 0, 1)
    [attempt] = due.attempts()
    assert attempt.worker == "queue"
    assert NudgeStatus.SENT in [nudge.status for nudge in due.nudges()]


def test_the_worker_hands_on_and_calls_nobody(due: World, gateway: Weather) -> None:
    worker.beats([gateway], "beat", lambda: due.now, hand_on=handover.hand_on)["send"]()
    assert (only(due).status, jobs(), gateway.heard) == (MessageStatus.CREATED, 1, [])


def test_a_transaction_that_is_rolled_back_queues_nothing(due: World) -> None:
    def change_ones_mind() -> None:
        with transaction() as session:
            queue.put(session, [uuid4()], 0)
            assert queue.waiting(session, 1) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_ones_mind()
    assert jobs() == 0


def test_what_cannot_be_queued_is_not_decided(app: Flask, due: World) -> None:
    with transaction() as session:
        session.execute(text("ALTER FUNCTION procrastinate_defer_jobs_v1 RENAME TO out_of_order"))
    with pytest.raises(queue.QueueError):
        handover.hand_on(due.now)
    assert not due.messages()
    assert {nudge.status for nudge in due.nudges()} == {NudgeStatus.PLANNED}


def test_a_text_is_left_to_its_job_for_a_while_and_then_handed_on_again(
    app: Flask, due: World, gateway: Weather
) -> None:
    handover.hand_on(due.now)
    assert handover.hand_on(due.now + HANDED_FOR - SHORTLY) == 0
    due.now += HANDED_FOR
    assert handover.hand_on(due.now) == 1
    assert jobs() == 2
    work(app, due)  # both jobs
    assert (only(due).status, len(gateway.heard), len(due.attempts())) == (MessageStatus.SENT, 1, 1)


def test_a_job_that_is_lost_before_it_did_anything_loses_no_text(app: Flask, due: World, gateway: Weather) -> None:
    def die(_message_ids: Collection[UUID]) -> None:
        raise RuntimeError("The worker was killed.")

    handover.hand_on(due.now)
    queue.work("queue", die, wait=False)
    assert (only(due).status, jobs()) == (MessageStatus.CREATED, 0)
    due.now += HANDED_FOR
    handover.hand_on(due.now)
    work(app, due)
    assert (only(due).status, len(gateway.heard)) == (MessageStatus.SENT, 1)


def test_a_stop_between_the_handing_on_and_the_job(app: Flask, due: World, gateway: Weather) -> None:
    handover.hand_on(due.now)
    due.texts("STOP")
    work(app, due)
    [nudge] = due.messages(kind="nudge")
    assert nudge.status is MessageStatus.CANCELLED
    assert nudge.id not in {heard.message_id for heard in gateway.heard}
    assert not [attempt for attempt in due.attempts() if attempt.message_id == nudge.id]


def test_what_is_refused_for_a_while_comes_round_when_its_time_has_come(
    app: Flask, due: World, gateway: Weather
) -> None:
    handover.hand_on(due.now)
    gateway.ahead.append(fail(passing()))
    work(app, due)
    assert only(due).status is MessageStatus.CREATED
    assert only(due).due_at > due.now + PAUSE
    assert handover.hand_on(due.now) == 0
    due.now = only(due).due_at
    assert handover.hand_on(due.now) == 1
    work(app, due)
    assert (only(due).status, len(gateway.heard)) == (MessageStatus.SENT, 2)


def test_urgent_texts_overtake_nudges(app: Flask, due: World, gateway: Weather) -> None:
    due.people.agree_plan(of=due.people.dee)
    handover.hand_on(due.now)
    written = message.write(due.people.ben, due.people.amina.id, "We ring you at two.", due.now)
    handover.hand_on(due.now)
    assert jobs() == 2
    work(app, due)
    assert gateway.heard[0].message_id == written.id


def test_nothing_is_put_into_a_queue_that_nobody_works(due: World) -> None:
    with transaction() as session:
        for _ in range(MOST_JOBS):
            queue.put(session, [uuid4()], 0)
    assert handover.hand_on(due.now) == 0
    assert not due.messages()


def test_a_job_for_texts_that_are_not_there_does_nothing(app: Flask, due: World, gateway: Weather) -> None:
    with transaction() as session:
        queue.put(session, [uuid4()], 0)
    work(app, due)
    assert (jobs(), gateway.heard) == (0, [])


def test_the_commands_say_what_is_missing(app: Flask, world: World, database_url: str) -> None:
    refused = app.test_cli_runner().invoke(args=["queue-worker"])
    assert (refused.exit_code, refused.output) == (1, "Error: There is no queue: SEND_THROUGH is not procrastinate.\n")
    asked = Config(database_url=database_url, send_through=SendThrough.PROCRASTINATE)
    made = create_app(asked, world.gateway)
    with made.app_context():
        commands = made.test_cli_runner()
        for name in ("worker", "queue-worker"):
            refused = commands.invoke(args=[name])
            assert refused.exit_code == 1
            assert "Create them with 'flask --app wsgi queue-set-up'" in refused.output
        assert commands.invoke(args=["queue-set-up"]).output == "The queue's tables have been created.\n"
        assert commands.invoke(args=["queue-set-up"]).output == "The queue's tables already exist.\n"
        db.engine.dispose()
