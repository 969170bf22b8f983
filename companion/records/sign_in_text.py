"""How does a text to sign in with go out, to whom, and how long can it be read here?"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from companion import keys
from companion.domain.limit import LimitKind
from companion.domain.message import FINAL, MessageKind, MessageStatus, priority
from companion.domain.patient import PatientStatus
from companion.domain.refusal import TooManyError
from companion.domain.sign_in_text import HIDDEN
from companion.models import Message, Patient
from companion.records import limit

# "+44" and the first five digits: a block of a hundred thousand numbers, which one network sells as one.
PREFIX = 8
LOOKED_BACK = timedelta(days=1)
HANDED_OVER = FINAL | {MessageStatus.SENT}


def owner(session: Session, mobile: str) -> Patient | None:
    """Whose number it is, locked: an active patient. Where two pain services have the number, the one that texted last,
    or else the one that enrolled them last."""
    index = Patient.mobile.find(keys.of(session), mobile)
    active = (Patient.mobile_index == index, Patient.status == PatientStatus.ACTIVE)
    theirs = select(Patient).where(*active).order_by(Patient.id).with_for_update(key_share=True)
    found = session.scalars(theirs).all()
    if len(found) < 2:
        return found[0] if found else None
    texted = select(Message.patient_id).where(
        Message.patient_id.in_([patient.id for patient in found]),
        Message.kind.not_in((MessageKind.INBOUND, MessageKind.SIGN_IN)),
    )
    last = session.scalar(texted.order_by(Message.created_at.desc(), Message.id).limit(1))
    return next((each for each in found if each.id == last), max(found, key=lambda each: each.enrolled_at))


def over_limit(session: Session, patient: Patient, now: datetime) -> str | None:
    """Count one more text to sign in with: what too many go to, or None if it may go. A block of numbers is named,
    a pain service is not."""
    over = None
    for kind, key, named in (
        (LimitKind.TEXTS_SERVICE, str(patient.pain_service_id), "a pain service"),
        (LimitKind.TEXTS_PREFIX, patient.mobile[:PREFIX], patient.mobile[:PREFIX]),
    ):
        try:
            limit.take(session, kind, key, now)
        except TooManyError:
            over = named
    return over


def send(
    session: Session, patient: Patient, body: str, lasts: timedelta, now: datetime, author_id: UUID | None = None
) -> None:
    """Put the text into the outbox, ahead of nearly everything. It ends with what it brings.

    author_id: the member of staff who asked for it; None where the patient did.
    """
    session.add(
        Message(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            kind=MessageKind.SIGN_IN,
            status=MessageStatus.CREATED,
            number=patient.mobile,
            body=body,
            author_id=author_id,
            priority=priority(MessageKind.SIGN_IN),
            created_at=now,
            due_at=now,
            expires_at=now + lasts,
        )
    )


def hide(session: Session, now: datetime) -> None:
    """Take code and link out of what the provider has taken, is final, or over: nobody needs them here any more, and
    nobody shall read them."""
    over = and_(Message.expires_at <= now, Message.status.not_in((MessageStatus.CREATED, MessageStatus.SENDING)))
    done = select(Message).where(
        Message.kind == MessageKind.SIGN_IN,
        Message.expires_at > now - LOOKED_BACK,
        or_(Message.status.in_(HANDED_OVER), over),
    )
    for text in session.scalars(done.with_for_update(skip_locked=True)):
        # By the database nobody can tell: every seal is another.
        if text.body != HIDDEN:
            text.body = HIDDEN
