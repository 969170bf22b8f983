"""Does a queue worker that is killed in the middle of a call double or lose a text?

Real processes of the queue's own, a real database, the real Twilio client, a real socket, and kill -9.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from companion import clock
from companion.domain.message import MessageStatus
from companion.use_cases import message
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.sending import claims, handover, queue
from nudges.sending.handover import HANDED_FOR
from nudges.settling import reconciler
from tests.conftest import Template
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN
from tests.support.twilio_double import TwilioDouble
from tests.support.world import World

pytestmark = pytest.mark.skipif(not queue.INSTALLED, reason="NOT TESTED: the queue, as procrastinate is not installed.")

ROOT = Path(__file__).parents[2]
MESSAGING_SERVICE_SID = "MG" + "0" * 32
PATIENCE_SECONDS = 60.0
SHORTLY = timedelta(seconds=1)


@pytest.fixture
def template(postgresql_template: Template) -> Template:
    """The queue is PostgreSQL's alone."""
    return postgresql_template


@contextmanager
def queue_worker(database_url: str, double: TwilioDouble) -> Iterator[subprocess.Popen[bytes]]:
    """A queue worker of its own, which is killed at the end whatever happens."""
    settings = {
        "DATABASE_URL": database_url,
        "SEND_THROUGH": "procrastinate",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": MESSAGING_SERVICE_SID,
        "TWILIO_API_BASE_URL": double.url,
        "FLASK_SKIP_DOTENV": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "queue-worker"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool]) -> None:
    """Look often, and give up in the end."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.05)


@pytest.mark.parametrize("taken", [True, False])
def test_killed_during_the_call(app: Flask, world: World, database_url: str, taken: bool) -> None:
    queue.set_up()
    first, second = [message.write(world.people.ben, world.people.amina.id, words, clock.now()) for words in "AB"]
    with TwilioDouble() as double:
        double.hang(accept=taken)
        with queue_worker(database_url, double) as killed:
            assert handover.hand_on(clock.now()) == 1  # the second waits for the first, which goes to the same phone
            wait_until(lambda: double.posts == 1)
            killed.kill()
            killed.wait()
        with queue_worker(database_url, double):
            # Nobody knows what became of the call. Once the lease is over, the first is unknown, and the second goes.
            assert handover.hand_on(clock.now()) == 0
            later = clock.now() + max(claims.LEASE, HANDED_FOR) + SHORTLY
            reconciler.expire_leases(later)
            assert handover.hand_on(later) == 1
            wait_until(lambda: len(world.messages(status=MessageStatus.SENT)) == 1)
        twilio = TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, "https://pain.example", double.url)
        reconciler.ask(twilio, later)
        assert handover.hand_on(later) == 0
        assert double.posts == 2
        assert sorted(sms.body for sms in double.messages) == (["A", "B"] if taken else ["B"])
        assert {one.id for one in world.messages(status=MessageStatus.UNKNOWN)} == (set() if taken else {first.id})
        [sent] = [one for one in world.messages() if one.id == second.id]
        assert sent.status is not MessageStatus.CREATED
