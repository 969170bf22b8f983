"""Does a worker that is killed in the middle of its work double or lose a text?

A real worker process, a real database, the real Twilio client, a real socket, and kill -9.
"""

import os
import signal
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
from nudges.sending import claims
from nudges.settling import reconciler
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN
from tests.support.twilio_double import TwilioDouble
from tests.support.world import World

ROOT = Path(__file__).parents[2]
MESSAGING_SERVICE_SID = "MG" + "0" * 32
PATIENCE_SECONDS = 60.0
TEXTS = 6


@contextmanager
def worker(database_url: str, double: TwilioDouble) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own, which is killed at the end whatever happens."""
    settings = {
        "DATABASE_URL": database_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": MESSAGING_SERVICE_SID,
        "TWILIO_API_BASE_URL": double.url,
        "FLASK_SKIP_DOTENV": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
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
    message.write(world.people.ben, world.people.amina.id, "Text 0", clock.now())
    with TwilioDouble() as double:
        double.hang(accept=taken)
        with worker(database_url, double) as first:
            wait_until(lambda: double.posts == 1)
            first.send_signal(signal.SIGKILL)
            first.wait()
        # To another phone: one phone's texts go one after the other, and the fate of the first is not known yet.
        for number in range(1, TEXTS):
            message.write(world.people.ben, world.people.dee.id, f"Text {number}", clock.now())
        with worker(database_url, double):
            wait_until(lambda: len(world.messages(status=MessageStatus.SENT)) == TEXTS - 1)
        assert len(world.messages(status=MessageStatus.SENDING)) == 1

        # When its lease is over the text is unknown, and the provider is asked: it is never sent again.
        later = clock.now() + claims.LEASE + timedelta(minutes=1)
        reconciler.expire_leases(later)
        assert len(world.messages(status=MessageStatus.UNKNOWN)) == 1
        twilio = TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, "https://pain.example", double.url)
        reconciler.ask(twilio, later)
        unknown = world.messages(status=MessageStatus.UNKNOWN)
        assert len(unknown) == (0 if taken else 1)
        assert double.posts == TEXTS
        bodies = [sms.body for sms in double.messages]
        assert sorted(bodies) == sorted(set(bodies))
        assert len(bodies) == (TEXTS if taken else TEXTS - 1)


def test_two_workers_share_the_work(app: Flask, world: World, database_url: str) -> None:
    for number in range(TEXTS * 5):
        message.write(world.people.ben, world.people.amina.id, f"Text {number}", clock.now())
    with TwilioDouble() as double, worker(database_url, double), worker(database_url, double):
        wait_until(lambda: len(world.messages(status=MessageStatus.SENT)) == TEXTS * 5)
        assert double.posts == TEXTS * 5
        assert len({sms.body for sms in double.messages}) == TEXTS * 5
