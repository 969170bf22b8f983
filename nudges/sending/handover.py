"""How do texts go by way of a queue? One transaction decides, marks the texts as handed on, and queues their job.

The rows stay the truth. A job names texts and nothing more, and sends those of them that may still go through the
ordinary outbox, so one that runs twice sends nothing twice. A text waits with a mark, `lease_until_at`, while a job for
it is under way; when that has passed and nobody has taken the text, it is handed on again, so a job may get lost.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from companion.bulk import among, insert_all
from companion.clock import Clock
from companion.db import transaction
from companion.domain.message import MessageStatus
from companion.models import Message
from nudges.deciding.facts import lock_patients
from nudges.providers.gateway import Gateway
from nudges.sending import claims, dispatcher, outbox, queue
from nudges.unforeseen import UNFORESEEN

log = logging.getLogger(__name__)

# The texts of one job.
BATCH = 100
# While so many jobs wait, the rest stays as it is: no queue grows while nobody works it, and decisions stay fresh.
MOST_JOBS = 20
# For how long a text is left to its job.
HANDED_FOR = timedelta(minutes=2)
# Texts that a job could not send because the provider takes none just now come round again after this.
PAUSE = timedelta(seconds=5)


def hand_on(now: datetime) -> int:
    """Queue what is due, urgent texts first, as far as the queue has room. Returns how many texts and nudges were seen
    to."""
    handed = set_aside = 0
    size = BATCH
    while True:
        try:
            found = _hand_on(now, size)
        except (OperationalError, InterfaceError, queue.QueueError):
            raise  # the database's fault, and no row's
        except (SQLAlchemyError, *UNFORESEEN):
            # A nudge that cannot even be looked at must not stand in everybody's way.
            if set_aside == claims.MOST_SET_ASIDE:
                raise
            log.exception("a batch could not be handed on; its nudges are looked at one by one")
            if size == 1:
                set_aside += 1
                claims.set_aside_nudge(now)
            size = 1
            continue
        handed += found
        if not found:
            return handed


def take(gateways: Sequence[Gateway], worker: str, clock: Clock, message_ids: Collection[UUID]) -> int:
    """Do a job: send those of the texts that wait and may go. Returns how many a provider was asked to take."""
    asked = outbox.send_due(gateways, worker, clock, only=message_ids)
    left = update(Message).where(Message.status == MessageStatus.CREATED)
    with transaction() as session:
        left = left.where(among(session, Message.id, message_ids))
        session.execute(left.values(lease_until_at=clock() if asked else clock() + PAUSE))
    return asked


def _hand_on(now: datetime, size: int) -> int:
    with transaction() as session:
        if queue.waiting(session, MOST_JOBS) >= MOST_JOBS:
            return 0
        return _texts(session, now, size) or _nudges(session, now, size)


def _texts(session: Session, now: datetime, size: int) -> int:
    """What waits in the outbox: answers, safety texts, what was refused for a while, and what its job never took."""
    nobodys = or_(Message.lease_until_at.is_(None), Message.lease_until_at <= now)
    waiting = session.scalars(claims.IN_TURN.where(nobodys), {"now": now, "most": size}).all()
    if waiting:
        for message in waiting:
            message.lease_until_at = now + HANDED_FOR
        session.flush()
        queue.put(session, [message.id for message in waiting], waiting[0].priority)
    return len(waiting)


def _nudges(session: Session, now: datetime, size: int) -> int:
    """Nudges that are due: each becomes a text, or gets its reason."""
    due = dispatcher.take_due(session, now, size)
    lock_patients(session, {patient_id for _, patient_id in due})
    texts = dispatcher.write(session, [nudge_id for nudge_id, _ in due], now)
    marks = {"status": MessageStatus.CREATED, "lease_until_at": now + HANDED_FOR}
    insert_all(session, Message, [text | marks for text in texts])
    if texts:
        queue.put(session, [text["id"] for text in texts], texts[0]["priority"])
    return len(due)
