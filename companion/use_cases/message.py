"""What was said, in both directions, and how does staff answer?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus, priority
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError
from companion.models import Message
from companion.records import audit
from companion.records import message as messages
from companion.records import patient as patients

REPLY_KEEPS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[Message]
    total: int


def of_patient(actor: Actor, patient_id: UUID, offset: int, limit: int, now: datetime) -> Page:
    """Every text to and from a patient, newest first.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        mine = scoped(Message, actor).where(Message.patient_id == patient_id)
        total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        ordered = mine.order_by(*messages.newest_first())
        page = Page(list(session.scalars(ordered.offset(offset).limit(limit))), total)
    audit.seen(actor, "message.read", now, patient_id)
    return page


def write(actor: Actor, patient_id: UUID, words: str, now: datetime) -> Message:
    """A member of staff writes to a patient. It leaves by the outbox, ahead of nudges, within a day or not at all.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: the patient has not agreed to texts, stopped them, or is not cared for here any more.
    """
    require(actor, Permission.ANSWER_INBOX)
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id)
        if patient.status is not PatientStatus.ACTIVE:
            raise ConflictError("This patient is no longer with the pain service. Call them, or write a letter.")
        if patient.text_consent is not ConsentStatus.GIVEN:
            raise ConflictError("This patient has not agreed to texts. Call them, or write a letter.")
        message = Message(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            kind=MessageKind.REPLY,
            status=MessageStatus.CREATED,
            number=patient.mobile,
            body=words,
            author_id=actor.id,
            priority=priority(MessageKind.REPLY),
            created_at=now,
            due_at=now,
            expires_at=now + REPLY_KEEPS,
        )
        session.add(message)
        audit.record(session, actor, "message.write", message.id, now, patient_id=patient_id)
        return message
