"""What does the provider tell us of its own accord? Receipts come late, twice, out of order, and by the thousand.

They wait in a table of their own (intake.py). Each is removed in the transaction that applies it: it is applied once,
and never lost.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select, tuple_
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from companion.bulk import among, claim, update_each
from companion.db import keyed_transaction, transaction
from companion.domain.message import MessageStatus, can_move
from companion.models import Message, Receipt
from nudges.sending.outcomes import another_has, apply
from nudges.unforeseen import UNFORESEEN

log = logging.getLogger(__name__)

# In one transaction. A message is locked from then on until its end, so not for long.
MOST = 1_000
# What cannot be applied is tried again this often, and given up when the provider has long been asked instead.
SET_ASIDE = timedelta(minutes=10)
MOST_SET_ASIDE = 5
GIVEN_UP_AFTER = timedelta(days=1)

_COLUMNS = (
    Receipt.id,
    Receipt.gateway,
    Receipt.message_id,
    Receipt.provider_id,
    Receipt.status,
    Receipt.code,
    Receipt.received_at,
)
_Texts = Mapping[object, Row[UUID, MessageStatus, str | None, str | None]]


def take_up(now: datetime) -> int:
    """Apply all that have come, in the order of their coming. Returns how many were of texts of ours.

    A repeated, late or reordered one changes nothing; nor does one of a text that another provider has.
    """
    ours, taken = 0, MOST
    while taken == MOST:
        try:
            taken, known = _apply_oldest(now, MOST)
        except (OperationalError, InterfaceError):
            raise  # the database's fault, and no receipt's
        except (SQLAlchemyError, *UNFORESEEN):
            log.exception("receipts could not be applied together; they are taken one by one")
            taken, known = _one_by_one(now)
        ours += known
    return ours


def _one_by_one(now: datetime) -> tuple[int, int]:
    """One that cannot be applied must not stand in everybody's way: on its own it is found, and put off."""
    ours = set_aside = 0
    for number in range(MOST):
        try:
            taken, known = _apply_oldest(now, 1)
        except (OperationalError, InterfaceError):
            raise
        except (SQLAlchemyError, *UNFORESEEN):
            if set_aside == MOST_SET_ASIDE:
                raise  # so many at once are not the receipts' fault
            log.exception("a receipt could not be applied; it is set aside")
            set_aside += 1
            _set_aside(now)
            continue
        if not taken:
            return number, ours
        ours += known
    return MOST, ours


def _apply_oldest(now: datetime, most: int) -> tuple[int, int]:
    """Take up to `most` and apply them. How many there were, and how many of them of texts of ours."""
    with keyed_transaction() as session:
        removed = delete(Receipt).execution_options(synchronize_session=False)
        taken = sorted(claim(session, _waiting(now, most), removed, *_COLUMNS), key=lambda receipt: receipt.id)
        return len(taken), _apply(session, taken, now) if taken else 0


def _waiting(now: datetime, most: int) -> Select[int]:
    return select(Receipt.id).where(Receipt.due_at <= now).order_by(Receipt.id).limit(most)


def _set_aside(now: datetime) -> None:
    with transaction() as session:
        oldest = _waiting(now, 1).with_for_update(skip_locked=True)
        for receipt in session.scalars(select(Receipt).where(Receipt.id.in_(oldest.scalar_subquery()))):
            if receipt.received_at <= now - GIVEN_UP_AFTER:
                log.error("receipt %s of %s was given up", receipt.id, receipt.gateway)
                session.delete(receipt)
            else:
                receipt.due_at = now + SET_ASIDE


def _apply(session: Session, receipts: Sequence[Row[Any]], now: datetime) -> int:
    texts = _texts(session, receipts)
    ours = 0
    delivered: dict[UUID, datetime] = {}
    rare: set[UUID] = set()
    for receipt in receipts:
        text = texts.get(receipt.message_id or (receipt.gateway, receipt.provider_id))
        if text is None or text.gateway != receipt.gateway or text.provider_id not in (None, receipt.provider_id):
            continue
        plain = text.provider_id is not None and text.id not in rare
        if plain and (text.id in delivered or not can_move(text.status, receipt.status)):
            ours += 1
        elif plain and text.status is MessageStatus.SENT and _is_all_well(receipt):
            ours += 1
            delivered[text.id] = receipt.received_at
        else:
            rare.add(text.id)
            ours += _apply_rare(session, text.id, receipt, now)
    _deliver(session, delivered, now)
    return ours


def _is_all_well(receipt: Row[Any]) -> bool:
    """What nearly every receipt says that says anything new. The nudge behind the text was sent when the text was."""
    return receipt.status is MessageStatus.DELIVERED and receipt.code is None


def _apply_rare(session: Session, message_id: UUID, receipt: Row[Any], now: datetime) -> bool:
    """With all that may follow: a failure, or what comes before we have written down that the provider has it."""
    message = session.get_one(Message, message_id)
    if message.provider_id not in (None, receipt.provider_id):
        return False
    if message.provider_id is None:
        if another_has(session, message, receipt.provider_id):
            return False
        message.provider_id = receipt.provider_id
    apply(session, message, receipt.status, receipt.code, now)
    return True


def _texts(session: Session, receipts: Iterable[Row[Any]]) -> _Texts:
    """What is spoken of, locked in one order, by our id and by the provider's."""
    ids = {receipt.message_id for receipt in receipts if receipt.message_id is not None}
    theirs = {(receipt.gateway, receipt.provider_id) for receipt in receipts if receipt.message_id is None}
    if theirs:
        wanted = select(Message.id).where(tuple_(Message.gateway, Message.provider_id).in_(sorted(theirs)))
        ids |= set(session.scalars(wanted))
    locked = select(Message.id, Message.status, Message.gateway, Message.provider_id)
    locked = locked.where(among(session, Message.id, sorted(ids))).order_by(Message.id).with_for_update()
    found: dict[object, Row[UUID, MessageStatus, str | None, str | None]] = {}
    for text in session.execute(locked):
        found[text.id] = text
        if text.provider_id is not None:
            found[text.gateway, text.provider_id] = text
    return found


def _deliver(session: Session, delivered: Mapping[UUID, datetime], now: datetime) -> None:
    rows = [{"id": message_id, "settled_at": received_at} for message_id, received_at in delivered.items()]
    arrived = {"status": MessageStatus.DELIVERED, "error_code": None, "lease_until_at": now}
    update_each(session, Message, rows, Message.status == MessageStatus.SENT, **arrived)
