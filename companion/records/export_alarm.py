"""Does one member of staff take copies of more records than anybody asks for?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.alarm import AlarmKind
from companion.domain.limit import LimitKind
from companion.domain.refusal import TooManyError
from companion.records import alarm, limit


def note(actor: Actor, patient_id: UUID, now: datetime) -> None:
    """As `count`, in a transaction of its own."""
    with transaction() as session:
        count(session, actor, patient_id, now)


def count(session: Session, actor: Actor, patient_id: UUID, now: datetime) -> None:
    """Count one more whole record that the member of staff took; raise the alarm above a handful within an hour. The
    same record twice is one. Nothing is refused: a person may have asked for it."""
    if actor.kind is not ActorKind.STAFF:
        return
    is_first = _is_within(session, LimitKind.EXPORT_RECORD, f"{actor.id} {patient_id}", now)
    if is_first and not _is_within(session, LimitKind.EXPORT_STAFF, str(actor.id), now):
        alarm.strike(session, AlarmKind.RECORDS_TAKEN, "", None, now)


def _is_within(session: Session, kind: LimitKind, key: str, now: datetime) -> bool:
    try:
        limit.take(session, kind, key, now)
    except TooManyError:
        return False
    return True
