"""What would a patient's phone show? For the simulator alone, which stands in for phones in development."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion import keys
from companion.db import reading, scoped
from companion.domain.access import Actor, Permission, require
from companion.domain.behaviour import Behaviour
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.domain.patient import PatientStatus
from companion.models import Message, Nudge, PainService, Patient
from companion.records import message as messages
from companion.records import patient as patients

LATEST = 60
MOST_PHONES = 24
ON_THE_PHONE = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.RECEIVED)


@dataclass(frozen=True, slots=True)
class Text:
    """A text on a phone, and the behaviour it serves if it is a nudge."""

    message: Message
    behaviour: Behaviour | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A patient, the texts on their phone, oldest first, the nudge that comes next and the one last held back."""

    patient: Patient
    service: PainService
    texts: Sequence[Text]
    next_nudge: Nudge | None
    held_back: Nudge | None


def of_pain_service(actor: Actor) -> list[Phone]:
    """The phones of a pain service's patients, in the order in which they were enrolled."""
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        wanted = scoped(Patient, actor).where(Patient.status == PatientStatus.ACTIVE)
        found = session.scalars(wanted.order_by(Patient.enrolled_at, Patient.id).limit(MOST_PHONES))
        return [_phone(session, actor, patient) for patient in found]


def of_patient(actor: Actor, patient_id: UUID) -> Phone:
    """One patient's phone.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        return _phone(session, actor, patients.owned(session, actor, patient_id))


def texts_with(actor: Actor, number: str) -> list[Text]:
    """The texts with a number that no patient has, oldest first."""
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        index = Message.number.find(keys.of(session), number)
        wanted = scoped(Message, actor).where(Message.number_index == index, Message.patient_id.is_(None))
        newest_first = wanted.order_by(*messages.newest_first()).limit(LATEST)
        return [Text(message) for message in reversed(session.scalars(newest_first).all())]


def _phone(session: Session, actor: Actor, patient: Patient) -> Phone:
    texts = session.execute(
        scoped(Message, actor)
        .outerjoin(Nudge, Nudge.id == Message.nudge_id)
        .add_columns(Nudge.behaviour)
        .where(Message.patient_id == patient.id, Message.status.in_(ON_THE_PHONE))
        .order_by(*messages.newest_first())
        .limit(LATEST)
    ).all()
    mine = scoped(Nudge, actor).where(Nudge.patient_id == patient.id)
    planned = mine.where(Nudge.status == NudgeStatus.PLANNED).order_by(Nudge.due_at)
    held = mine.where(Nudge.settled_at.is_not(None)).order_by(Nudge.settled_at.desc(), Nudge.due_at.desc())
    latest = session.scalar(held.limit(1))
    return Phone(
        patient,
        session.get_one(PainService, patient.pain_service_id),
        [Text(message, behaviour) for message, behaviour in reversed(texts)],
        session.scalar(planned.limit(1)),
        latest if latest is not None and latest.status in (NudgeStatus.SKIPPED, NudgeStatus.LAPSED) else None,
    )


def pain_service_of(patient_id: UUID) -> UUID | None:
    """The pain service that a patient belongs to. The simulator has no signed-in asker whose scope it could use."""
    with reading() as session:
        return session.scalar(select(Patient.pain_service_id).where(Patient.id == patient_id))
