"""How are receipts taken in by the thousand? Written down as they came, many in one commit; the worker applies them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from uuid import UUID

from companion import models
from companion.bulk import insert_all
from companion.clock import Clock
from companion.db import transaction
from companion.domain.message import MessageStatus


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `gateway` says of one text. `message_id` is our own id that came with it; without it, theirs must do."""

    gateway: str
    message_id: UUID | None
    provider_id: str
    status: MessageStatus
    code: str | None = None


@dataclass
class Intake:
    """Takes receipts from many threads at once, each of which waits until its own is stored.

    Whoever comes while a transaction is under way waits for the next one, which stores for all who have come
    meanwhile: a commit costs as much for one as for fifty.
    """

    clock: Clock
    _waiting: list["_Turn"] = field(default_factory=list)
    _mine: Lock = field(default_factory=Lock)
    _storing: Lock = field(default_factory=Lock)

    def take(self, receipt: Receipt) -> None:
        """Store one receipt. Raises what the database raised: then nothing was stored, and it must come again."""
        turn = _Turn(receipt)
        with self._mine:
            self._waiting.append(turn)
        with self._storing:
            if not turn.over:
                with self._mine:
                    together, self._waiting = self._waiting, []
                self._store(together)
        if turn.error is not None:
            raise turn.error

    def _store(self, together: list["_Turn"]) -> None:
        try:
            store([turn.receipt for turn in together], self.clock())
        except Exception as error:
            for turn in together:
                turn.error = error
            raise
        finally:
            for turn in together:
                turn.over = True


@dataclass
class _Turn:
    receipt: Receipt
    over: bool = False
    error: Exception | None = None


def store(receipts: Sequence[Receipt], now: datetime) -> None:
    """Write receipts down in the order in which they came. Nothing is looked up: whose they are shows later."""
    rows = [
        {
            "gateway": receipt.gateway,
            "message_id": receipt.message_id,
            "provider_id": receipt.provider_id,
            "status": receipt.status,
            "code": receipt.code,
            "received_at": now,
            "due_at": now,
        }
        for receipt in receipts
    ]
    with transaction() as session:
        insert_all(session, models.Receipt, rows)
