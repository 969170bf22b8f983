"""When does each beat come round? APScheduler is the metronome and nothing more: the rows are the queue."""

import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from companion.clock import Clock, now
from companion.use_cases import heartbeat
from nudges import carriers, inbound, outbox, planner, reconciler
from nudges.gateway import Gateway

Context = Callable[[], AbstractContextManager[object]]

EVERY = {
    "plan": timedelta(seconds=30),
    "send": timedelta(seconds=1),
    "ask": timedelta(seconds=2),
    "watch": timedelta(minutes=1),
    "take-up": timedelta(seconds=30),
}
# A beat that has not come round for this long is a dead clock.
DEAD_AFTER = timedelta(minutes=2)
STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})


def beats(gateways: Sequence[Gateway], name: str, clock: Clock) -> dict[str, Callable[[], object]]:
    """What each beat does. Every one may run twice, on any machine, at any time, and nothing is sent twice."""
    return {
        "plan": lambda: planner.plan(clock()),
        "send": lambda: outbox.send_due(gateways, name, clock),
        "ask": lambda: (reconciler.expire_leases(clock()), [reconciler.ask(each, clock()) for each in gateways]),
        "watch": lambda: carriers.recover(gateways, clock()),
        "take-up": lambda: inbound.take_up(clock()),
    }


def worker_name() -> str:
    """This process, as attempts and heartbeats name it."""
    return f"{socket.gethostname()}/{os.getpid()}"


def run(gateways: Sequence[Gateway], clock: Clock, context: Context) -> None:
    """Beat until SIGTERM or Ctrl-C; the beats under way are let finish.

    The signals are waited for and not handled: APScheduler's locks are held for moments by whatever thread a handler
    would interrupt, and a handler that wants the same lock waits for ever.
    """
    name = worker_name()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # now, so that every thread made below has it too
    scheduler = BackgroundScheduler(timezone=UTC)
    for beat, work in beats(gateways, name, clock).items():
        scheduler.add_job(
            partial(_beat, beat, name, work, clock, context),
            "interval",
            seconds=EVERY[beat].total_seconds(),
            next_run_time=now(),  # the metronome's own time, whatever time the beats are told
            id=beat,
            name=beat,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        signal.sigwait(STOPPING)
    finally:
        scheduler.shutdown()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _beat(beat: str, name: str, work: Callable[[], object], clock: Clock, context: Context) -> None:
    with context():
        work()
        heartbeat.beat(beat, name, clock())
