"""How is what a provider posts taken in by the thousand? Written down as it came, many in one commit; the worker does
the rest."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import sleep
from typing import Generic, TypeVar
from uuid import UUID

from companion import models
from companion.bulk import insert_all
from companion.db import transaction
from companion.domain.message import MessageStatus
from nudges.receiving import arrivals
from nudges.receiving.arrivals import InboundText

# Seconds in which others may come, who are then stored together with the first.
TOGETHER = 0.001

T = TypeVar("T")
Context = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `gateway` says of one text. `message_id` is our own id that came with it; without it, theirs must do."""

    gateway: str
    message_id: UUID | None
    provider_id: str
    status: MessageStatus
    code: str | None = None


# What a provider tells us.
Posted = Receipt | InboundText


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass
class Intake(Generic[T]):
    """Takes things from many threads at once, each of which waits until its own is stored.

    Callers that arrive during a transaction wait for the next one, which stores for all of them
    meanwhile: a commit costs as much for one as for fifty. store: does so, in one transaction, in the order of their
    coming. context: what a thread has to enter to reach the database.
    """

    store: Callable[[Sequence[T]], object]
    context: Context = nullcontext
    _waiting: list["_Turn[T]"] = field(default_factory=list)
    _storing: bool = False
    _mine: Lock = field(default_factory=Lock)

    def take(self, one: T) -> None:
        """Store one. Raises what the database raised: then nothing was stored, and it must come again."""
        turn = _Turn(one)
        with self._mine:
            self._waiting.append(turn)
            first, self._storing = not self._storing, True
        if not first:
            turn.called.acquire()  # it is held until somebody has stored this one, or leaves that to us
        if not turn.over:
            self._store_all_waiting()
        if turn.error is not None:
            raise turn.error

    def _store_all_waiting(self) -> None:
        sleep(TOGETHER)
        with self._mine:
            together, self._waiting = self._waiting, []
        try:
            with self.context():
                self.store([turn.one for turn in together])
        except BaseException as error:  # also one that ends the process: none of these is stored
            for turn in together:
                turn.error = error
            raise
        finally:
            self._call_next()
            for turn in together:
                turn.over = True
                turn.called.release()

    def _call_next(self) -> None:
        with self._mine:
            self._storing = bool(self._waiting)
            if self._waiting:
                self._waiting[0].called.release()


@dataclass
class _Turn(Generic[T]):
    one: T
    called: Lock = field(default_factory=_held)
    over: bool = False
    error: BaseException | None = None


def store(posted: Sequence[Posted], now: datetime) -> None:
    """Write receipts and texts down in the order in which they came, in one transaction.

    Of a receipt nothing is looked up: whose it is shows later.

    Raises:
        NobodyHomeError: there are texts, and this deployment has no pain service; nothing was kept.
    """
    texts = [one for one in posted if isinstance(one, InboundText)]
    rows = [
        {
            "gateway": one.gateway,
            "message_id": one.message_id,
            "provider_id": one.provider_id,
            "status": one.status,
            "code": one.code,
            "received_at": now,
            "due_at": now,
        }
        for one in posted
        if isinstance(one, Receipt)
    ]
    with transaction() as session:
        insert_all(session, models.Receipt, rows)
        if texts:
            arrivals.keep(session, texts, now)
