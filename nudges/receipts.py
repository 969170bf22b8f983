"""What does the provider tell us of its own accord? Receipts come late, twice, out of order, and by the thousand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from companion.bulk import among
from companion.clock import Clock
from companion.db import transaction
from companion.domain.message import MessageStatus
from companion.models import Message
from nudges.outcomes import another_has, apply


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
            receive([turn.receipt for turn in together], self.clock())
        except Exception as error:
            for turn in together:
                turn.error = error
        finally:
            for turn in together:
                turn.over = True


@dataclass
class _Turn:
    receipt: Receipt
    over: bool = False
    error: Exception | None = None


def receive(receipts: Sequence[Receipt], now: datetime) -> int:
    """Take receipts in the order in which they came. Returns how many are of texts of ours.

    A repeated, late or reordered one changes nothing; nor does one of a text that another provider has.
    """
    with transaction() as session:
        messages = _messages(session, receipts)
        ours = 0
        delivered: set[UUID] = set()
        for receipt in receipts:
            message = messages.get(receipt.message_id or (receipt.gateway, receipt.provider_id))
            if message is None or not _is_of(session, message, receipt):
                continue
            ours += 1
            plain = receipt.status is MessageStatus.DELIVERED and receipt.code is None
            if plain and message.status is MessageStatus.SENT:
                delivered.add(message.id)
            elif message.id not in delivered:
                apply(session, message, receipt.status, receipt.code, now)
        _deliver(session, delivered, now)
        return ours


def _messages(session: Session, receipts: Iterable[Receipt]) -> dict[object, Message]:
    """The texts that are spoken of, locked in one order, by our id and by the provider's."""
    ids = sorted({receipt.message_id for receipt in receipts if receipt.message_id is not None})
    theirs = sorted({(receipt.gateway, receipt.provider_id) for receipt in receipts if receipt.message_id is None})
    found: dict[object, Message] = {}
    if theirs:
        wanted = select(Message.id).where(tuple_(Message.gateway, Message.provider_id).in_(theirs))
        ids = sorted({*ids, *session.scalars(wanted)})
    locked = select(Message).where(among(session, Message.id, ids)).order_by(Message.id).with_for_update()
    for message in session.scalars(locked):
        found[message.id] = message
        if message.provider_id is not None:
            found[message.gateway, message.provider_id] = message
    return found


def _is_of(session: Session, message: Message, receipt: Receipt) -> bool:
    if message.gateway != receipt.gateway or message.provider_id not in (None, receipt.provider_id):
        return False
    if message.provider_id is None:
        if another_has(session, message, receipt.provider_id):
            return False
        message.provider_id = receipt.provider_id
    return True


def _deliver(session: Session, ids: Collection[UUID], now: datetime) -> None:
    """What nearly every receipt says. The nudge behind the text was sent when the text was."""
    values = {"status": MessageStatus.DELIVERED, "error_code": None, "settled_at": now, "lease_until_at": now}
    arrived = update(Message).where(among(session, Message.id, ids)).values(values)
    session.execute(arrived.execution_options(synchronize_session=False))
