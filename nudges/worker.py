"""The worker's beats and their intervals. APScheduler is only the metronome: the rows are the queue."""

import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from threading import Thread

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from companion.clock import Clock, now
from companion.upkeep import heartbeat, lease, limit, patient_sign_in, resource
from companion.use_cases import audit, code, erasure, pathway, retention
from nudges import planner
from nudges.providers.gateway import Gateway
from nudges.receiving import inbound, loop_check, loop_phone
from nudges.sending import carriers, lateness, outbox
from nudges.settling import aftercare, receipts, reconciler, redaction

log = logging.getLogger(__name__)

Context = Callable[[], AbstractContextManager[object]]
HandOn = Callable[[datetime], object]

EVERY = {
    "lead": timedelta(seconds=4),
    "plan": timedelta(seconds=30),
    "send": timedelta(seconds=1),
    "ask": timedelta(seconds=2),
    "watch": timedelta(minutes=1),
    "receipts": timedelta(seconds=1),
    "take-up": timedelta(seconds=1),
    "check": timedelta(minutes=1),
    "audit": timedelta(days=1),
}
# One worker at a time does what needs no more than one. It renews its lease three times before it would end, and after
# a kill the next one leads within LEASE and a beat, 16 seconds, and then does the LED beats at once.
LEADER, LEASE = "leader", timedelta(seconds=12)
LED = ("plan", "watch", "check", "audit")
# A beat that has not run for this long is a dead clock.
DEAD_AFTER = timedelta(minutes=2)
# A text that has waited for this long is late, though the clock may be alive.
LATE_AFTER = timedelta(minutes=15)
STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})


class Turn(Enum):
    """What a beat says that had nothing to do because another worker leads: it has not run."""

    ANOTHER_S = "another's"


def beats(
    gateways: Sequence[Gateway], name: str, clock: Clock, loop_number: str | None = None, hand_on: HandOn | None = None
) -> dict[str, Callable[[], object]]:
    """What each beat does. Every one may run twice, on any machine, at any time, and nothing is sent twice.

    loop_number: the phone of our own that is texted each night (E.164), if there is one.
    hand_on: what to do with what is due in place of sending it.
    """

    def lead() -> Turn | None:
        return None if lease.hold(LEADER, name, clock(), LEASE) else Turn.ANOTHER_S

    def check() -> None:
        if loop_number is not None:
            loop_check.start(loop_number, clock())
        loop_phone.answer(clock())
        loop_check.judge(clock())

    every: dict[str, Callable[[], object]] = {
        "lead": lead,
        "plan": lambda: planner.plan(clock()),
        "send": lambda: hand_on(clock()) if hand_on else outbox.send_due(gateways, name, clock),
        "ask": lambda: _ask(gateways, clock()),
        "watch": lambda: _watch(gateways, clock()),
        "receipts": lambda: receipts.take_up(clock()),
        "take-up": lambda: (code.take_up(clock()), inbound.take_up(clock())),
        "check": check,
        "audit": lambda: audit.watch(clock()),
    }
    return every | {beat: partial(_if_leading, lead, every[beat]) for beat in LED}


def _if_leading(lead: Callable[[], Turn | None], work: Callable[[], object]) -> object:
    return lead() or work()


def _ask(gateways: Sequence[Gateway], now: datetime) -> None:
    reconciler.expire_leases(now)
    for gateway in gateways:
        aftercare.recall(gateway, now)
        reconciler.ask(gateway, now)


def _watch(gateways: Sequence[Gateway], now: datetime) -> None:
    carriers.recover(gateways, now)
    aftercare.tell_staff(now)
    aftercare.rest_alarms(now)
    limit.sweep(now)
    patient_sign_in.sweep(now)
    for gateway in gateways:
        aftercare.redact(gateway, now)
    erasure.carry_out(now)
    for gateway in gateways:
        redaction.redact(gateway, now)
    erasure.complete(now)
    resource.ask_for_checks(now)
    retention.nightly(now)
    pathway.ask_for_reviews(now)


def worker_name() -> str:
    """This process, as attempts and heartbeats name it."""
    return f"{socket.gethostname()}/{os.getpid()}"


def run(
    gateways: Sequence[Gateway],
    clock: Clock,
    context: Context,
    loop_number: str | None = None,
    hand_on: HandOn | None = None,
) -> None:
    """Beat until SIGTERM or Ctrl-C; the beats under way are let finish, and somebody else may lead at once.

    The signals are waited for and not handled: APScheduler's locks are held for moments by whatever thread a handler
    would interrupt, and a handler that wants the same lock would deadlock.
    """
    calm_collector()
    name = worker_name()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # now, so that every thread made below has it too
    scheduler = BackgroundScheduler(timezone=UTC)
    found = beats(gateways, name, clock, loop_number, hand_on)
    found["lead"] = on_taking_over(found["lead"], partial(_begin_now, scheduler))
    for beat, work in found.items():
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
        _while_the_database_answers("lead", partial(_give_back, name, clock, context))
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def calm_collector() -> None:
    """Keep Python's collector of garbage from looking, over and over, through all that was imported: a seventh of the
    time that a text takes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def on_taking_over(lead: Callable[[], object], begin: Callable[[str], object]) -> Callable[[], object]:
    """The same beat, after which whoever has just come to lead begins each LED beat now, not when it comes round."""
    led = False

    def work() -> object:
        nonlocal led
        before, turn = led, lead()
        led = turn is not Turn.ANOTHER_S
        if led and not before:
            for beat in LED:
                begin(beat)
        return turn

    return work


def _begin_now(scheduler: BackgroundScheduler, beat: str) -> None:
    """From a thread of its own: APScheduler holds its locks while it stops, and waits for the beat that asked."""

    def bring_forward() -> None:
        with suppress(JobLookupError):  # told to stop in this very moment: then there is nothing to begin
            scheduler.modify_job(beat, next_run_time=now())

    Thread(target=bring_forward, name=f"begin {beat}", daemon=True).start()


def _beat(beat: str, name: str, work: Callable[[], object], clock: Clock, context: Context) -> None:
    def once() -> None:
        with context():
            came_at = clock()
            if work() is Turn.ANOTHER_S:
                return
            lag = lateness.of_waiting(clock()) if beat == "send" else heartbeat.overdue(beat, EVERY[beat], came_at)
            heartbeat.beat(beat, name, clock(), lag)

    _while_the_database_answers(beat, once)


def _give_back(name: str, clock: Clock, context: Context) -> None:
    with context():
        lease.give_back(LEADER, name, clock())


def _while_the_database_answers(beat: str, work: Callable[[], None]) -> None:
    """While it does not, there is nothing to do but to beat on: a line says so, and the heartbeat grows old."""
    try:
        work()
    except OperationalError as error:
        # SQLite says the same of a statement that is wrong; that is ours to mend.
        if getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR":
            raise
        log.warning("beat %s: the database does not answer (%s)", beat, type(error.orig).__name__)
