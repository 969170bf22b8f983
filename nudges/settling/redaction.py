"""Who lets the provider forget what was erased here? It is asked until it has, however long that takes."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, select, update

from companion.db import reading, transaction
from companion.models import Redaction
from nudges.providers.gateway import Gateway, RefusedError, UnansweredError

log = logging.getLogger(__name__)

BATCH = 100
# A text that is still on its way can be redacted only when it has arrived: a day is enough for nearly all.
FIRST_WAIT, LONGEST_WAIT, DOUBLINGS = timedelta(minutes=1), timedelta(hours=6), 9


def redact(gateway: Gateway, now: datetime) -> int:
    """Ask for each text that is due. Returns how many the provider has forgotten; the others are asked for again."""
    forgotten = 0
    for redaction_id, provider_id, tries in _due(gateway, now):
        try:
            gateway.redact(provider_id or "")
        except (UnansweredError, RefusedError):
            log.warning("redaction %s: the provider still keeps the words, try %s", redaction_id, tries + 1)
            wait = min(FIRST_WAIT * 2 ** min(tries, DOUBLINGS), LONGEST_WAIT)
            _note(redaction_id, tries=tries + 1, due_at=now + wait)
            continue
        _note(redaction_id, tries=tries + 1, done_at=now, provider_id=None)
        forgotten += 1
    return forgotten


def _due(gateway: Gateway, now: datetime) -> Sequence[Row[UUID, str | None, int]]:
    wanted = select(Redaction.id, Redaction.provider_id, Redaction.tries).where(
        Redaction.gateway == gateway.name, Redaction.done_at.is_(None), Redaction.due_at <= now
    )
    with reading() as session:
        return session.execute(wanted.order_by(Redaction.due_at, Redaction.id).limit(BATCH)).all()


def _note(redaction_id: UUID, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Redaction).where(Redaction.id == redaction_id).values(**values))
