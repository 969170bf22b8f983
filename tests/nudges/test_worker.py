"""Does the worker let what it has begun come to its end?"""

import signal
import threading
import time

import pytest
from flask import Flask

from companion.domain.message import MessageStatus
from nudges import worker
from nudges.providers.gateway import OutboundText, Report
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import dispatched
from tests.support.world import World


class Slow(SimulatorGateway):
    """Is told to stop in the middle of a text."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self._number, self._thread = number, threading.get_ident()

    async def send(self, text: OutboundText) -> Report:
        # To the thread that waits, because the test's process has others that know nothing of this.
        signal.pthread_kill(self._thread, self._number)
        time.sleep(0.5)
        return await super().send(text)


@pytest.mark.parametrize("number", sorted(worker.STOPPING))
def test_a_text_that_is_being_sent_is_sent_and_written_down(app: Flask, world: World, number: signal.Signals) -> None:
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    [before] = world.messages()
    assert before.status is MessageStatus.CREATED
    gateway = Slow(number)
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    worker.run([gateway], lambda: world.now, app.app_context)
    [after] = world.messages()
    assert after.status in (MessageStatus.SENT, MessageStatus.DELIVERED)
    assert len(gateway.kept) == 1
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == masked
    assert not [thread.name for thread in threading.enumerate() if "APScheduler" in thread.name]
