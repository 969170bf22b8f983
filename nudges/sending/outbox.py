"""Beat 2: hand each text that may go to a provider once, many at a time, and write down what came of it.

Three things go on at once: texts are claimed, and their attempts committed; the provider is called, with no session
open; outcomes are written down, as many together as have come in meanwhile. Whatever happens to this process, a text
whose attempt was written and whose outcome was not is unknown, and the provider is asked about it.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from uuid import UUID

import uvloop
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from companion.clock import Clock
from companion.db import reading
from companion.models import PainService
from nudges.providers.gateway import Fault, Gateway, RefusedError, Report, UnansweredError
from nudges.sending import carriers, lateness, outcomes
from nudges.sending.claims import Claimed, claim
from nudges.sending.outcomes import Outcome
from nudges.unforeseen import UNFORESEEN

log = logging.getLogger(__name__)

# Calls under way at once in one process. At 50 ms a call this is 1,280 texts a second.
PLACES = 64
# Claimed beside those, so that a place that falls free is taken at once, and that each claim is worth its round trips:
# a text claimed among five hundred costs three quarters of one among a hundred. But never more than find a place within
# this.
AHEAD = 960
WAIT_SECONDS = 0.2
QUICK_SECONDS = 0.01
# Answers are gathered for so long, to be written down together.
GATHER_SECONDS = 0.01
# More than this are not left in doubt, should this process die.
MOST_OPEN = 3 * (PLACES + AHEAD)
# A text that found no place within this goes back undone, for its decision is no longer of this moment.
FRESH = timedelta(seconds=5)
# A provider is tried with one text. Behind an outage stand many that are put off when they are looked at: so many looks
# are taken for one that goes, or the first thousand would use up a turn each, and nobody would learn that it is well.
LOOKS = 500
# How long outcomes are held for a database that is away: less than a lease.
HELD_SECONDS = 60.0


def send_due(
    gateways: Sequence[Gateway],
    worker: str,
    clock: Clock,
    most: int = 5_000,
    only: Collection[UUID] | None = None,
) -> int:
    """Hand over what is due and may go, up to `most` texts, or `only` these. Returns how many a provider was asked to
    take.

    The gateways in order of preference. By a clock in place of one `now`, because a slow provider makes a batch
    outlast the hours it began in.
    """
    round_ = _Round(gateways, worker, clock, most, only)
    # In a thread of its own, for whoever calls may have an event loop already.
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(copy_context().run, _run, round_).result()


def _run(round_: "_Round") -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(round_.run())


class _Round:
    """One run of the outbox, from the first claim until nothing is left that may go."""

    def __init__(
        self, gateways: Sequence[Gateway], worker: str, clock: Clock, most: int, only: Collection[UUID] | None
    ) -> None:
        self._gateways = gateways
        self._worker = worker
        self._clock = clock
        self._left = most
        self._only = only
        self._asked = 0
        self._open = 0  # claimed, and not yet written down
        self._call_seconds = 0.0
        self._ready: asyncio.Queue[tuple[Gateway, Claimed, datetime] | None] = asyncio.Queue()
        self._done: list[tuple[Gateway, Claimed, Outcome]] = []
        self._answered = asyncio.Event()
        self._recorded = asyncio.Event()
        self._freed = asyncio.Event()
        self._under_way = 0
        self._troubled = False
        self._probing = False
        self._senders: dict[str | None, list[UUID]] = {}

    async def run(self) -> int:
        places = [asyncio.create_task(self._place()) for _ in range(PLACES)]
        recorder = asyncio.create_task(self._record_all())
        claims = asyncio.create_task(self._claim_all())
        await asyncio.wait([claims, *places], return_when=asyncio.FIRST_COMPLETED)
        if claims.done():
            # Also if the database went away: what was claimed is handed over, and what came of it written down.
            for _ in places:
                self._ready.put_nowait(None)
        await asyncio.gather(*places)  # raises at once if a place was broken by what is no error of a text
        self._left = -1
        self._answered.set()
        await recorder
        for gateway in self._gateways:
            await gateway.hang_up()
        await claims
        return self._asked

    async def _claim_all(self) -> None:
        while self._left > 0:
            ahead = min(AHEAD, int(PLACES * WAIT_SECONDS / max(self._call_seconds, 0.001)))
            room = PLACES + ahead - self._ready.qsize() - self._under_way
            # A slow call leaves time to claim the next ones early; before a quick one a large claim is worth more.
            least = (PLACES + ahead) // (4 if self._call_seconds > QUICK_SECONDS else 2)
            if self._open and room < least:
                await self._next(self._freed)
                continue
            self._recorded.clear()
            if self._open >= MOST_OPEN:
                await self._next(self._recorded)
                continue
            decided, begun = self._clock(), time.monotonic()
            claimed = await asyncio.to_thread(self._claim, min(room, self._left))
            # What a steady clock would show now: had ours been set since, the decision would be of another hour.
            since = decided + timedelta(seconds=time.monotonic() - begun)
            for gateway, text in claimed:
                self._ready.put_nowait((gateway, text, since))
            self._open += len(claimed)
            self._left -= len(claimed)
            if not claimed:
                if not self._open and not self._recorded.is_set():
                    return
                await self._next(self._recorded)  # the next text to the same phone may have waited for this one

    async def _place(self) -> None:
        while (item := await self._ready.get()) is not None:
            gateway, claimed, since = item
            # Called first: the list is another one by the time that the answer is there.
            self._under_way += 1
            outcome = await self._call(gateway, claimed, since)
            self._under_way -= 1
            self._done.append((gateway, claimed, outcome))
            self._answered.set()
            self._freed.set()

    async def _call(self, gateway: Gateway, claimed: Claimed, since: datetime) -> Outcome:
        """The one call. No session is open; no retry is made here or below."""
        if abs(self._clock() - since) > FRESH:  # by the wall clock, which knows of a machine that was suspended
            return RefusedError("not-handed-over", permanent=False, fault=Fault.OURS)
        self._asked += 1
        begun = time.monotonic()
        try:
            return await gateway.send(claimed.text)
        except (RefusedError, UnansweredError) as outcome:
            return outcome
        except UNFORESEEN:
            log.exception("text %s: the call ended in a way that nobody foresaw", claimed.text.message_id)
            return UnansweredError("unforeseen")
        finally:
            self._call_seconds += (time.monotonic() - begun - self._call_seconds) / PLACES

    async def _record_all(self) -> None:
        while self._left >= 0 or self._done:
            await self._next(self._answered)
            if self._under_way:
                await asyncio.sleep(GATHER_SECONDS)
            done, self._done = self._done, []
            if done:
                try:
                    await asyncio.to_thread(self._record, done)
                except (SQLAlchemyError, *UNFORESEEN):
                    # Their leases run out, they become unknown, and the provider is asked about them.
                    log.exception("what came of %d texts could not be written down", len(done))
                self._open -= len(done)
            self._recorded.set()

    async def _next(self, event: asyncio.Event) -> None:
        await event.wait()
        event.clear()

    def _claim(self, room: int) -> list[tuple[Gateway, Claimed]]:
        now = self._clock()
        chosen = carriers.choose(self._gateways, now, room)
        if chosen is None:
            return []
        gateway, room, self._troubled, self._probing = chosen
        found = self._claim_from(gateway, room, now)
        looks = LOOKS if self._probing else 0
        while looks and not found and lateness.of_waiting(now):
            found = self._claim_from(gateway, room, now)
            looks -= 1
        return found

    def _claim_from(self, gateway: Gateway, room: int, now: datetime) -> list[tuple[Gateway, Claimed]]:
        if gateway.texts_per_second is None:
            return [(gateway, text) for text in claim(gateway, self._worker, now, room, only=self._only)]
        found: list[tuple[Gateway, Claimed]] = []
        for sender, service_ids in self._by_sender().items():
            allowed = carriers.allow(gateway, sender, room - len(found), now)
            texts = claim(gateway, self._worker, now, allowed, service_ids, self._only) if allowed else []
            carriers.give_back(gateway, sender, allowed - len(texts))
            found += [(gateway, text) for text in texts]
        return found

    def _by_sender(self) -> dict[str | None, list[UUID]]:
        if not self._senders:
            self._senders = defaultdict(list)
            with reading() as session:
                for service_id, sender in session.execute(select(PainService.id, PainService.sender)):
                    self._senders[sender].append(service_id)
        return self._senders

    def _record(self, done: list[tuple[Gateway, Claimed, Outcome]]) -> None:
        give_up = time.monotonic() + HELD_SECONDS
        by_gateway: dict[str, tuple[Gateway, list[tuple[Claimed, Outcome]]]] = {}
        for gateway, claimed, outcome in done:
            by_gateway.setdefault(gateway.name, (gateway, []))[1].append((claimed, outcome))
        for gateway, answers in by_gateway.values():
            while True:
                try:
                    outcomes.record(answers, self._clock())
                    if self._troubled or not all(isinstance(outcome, Report) for _, outcome in answers):
                        told = [outcome for _, outcome in answers]
                        carriers.note(gateway, told, self._clock(), probe=self._probing)
                    break
                except (OperationalError, InterfaceError) as error:
                    if time.monotonic() > give_up:
                        raise
                    log.error("outcomes of %d texts wait for the database: %s", len(answers), type(error.orig).__name__)
                    time.sleep(1.0)
