"""The decision about every due nudge, without the outbox's own claims: what may go stands in the outbox after it."""

from datetime import datetime

from companion.bulk import insert_all
from companion.db import transaction
from companion.domain.message import MessageStatus
from companion.models import Message
from nudges.deciding.facts import lock_patients
from nudges.sending import dispatcher


def dispatch(now: datetime) -> int:
    """Decide about every nudge that is due, and put those that may go into the outbox. Returns how many were decided
    about."""
    decided = 0
    while True:
        with transaction() as session:
            due = dispatcher.take_due(session, now, dispatcher.BATCH)
            lock_patients(session, {patient_id for _, patient_id in due})
            texts = dispatcher.write(session, [nudge_id for nudge_id, _ in due], now)
            insert_all(session, Message, [text | {"status": MessageStatus.CREATED} for text in texts])
        decided += len(due)
        if len(due) < dispatcher.BATCH:
            return decided
