"""How is a change of a person's agreement written down?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import system
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.models import ConsentEvent, Patient

THEIR_OWN = (ConsentSource.PATIENT_TEXT, ConsentSource.CARRIER)


def of_their_own(session: Session, patient: Patient) -> ConsentEvent | None:
    """The last change that came from their own phone or its network, whatever staff wrote down since."""
    return session.scalar(
        scoped(ConsentEvent, system(patient.pain_service_id))
        .where(ConsentEvent.patient_id == patient.id, ConsentEvent.source.in_(THEIR_OWN))
        .order_by(ConsentEvent.id.desc())
        .limit(1)
    )


def stopped_themselves(session: Session, patient: Patient) -> bool:
    """Whether that last change was a stop: then only their own start undoes it (P1)."""
    newest = of_their_own(session, patient)
    return newest is not None and newest.status is ConsentStatus.WITHDRAWN


def change(
    patient: Patient,
    status: ConsentStatus,
    source: ConsentSource,
    now: datetime,
    *,
    effective_at: datetime | None = None,
    staff_id: UUID | None = None,
    message_id: UUID | None = None,
) -> ConsentEvent:
    """A change of consent, and its effect on the patient. The caller adds both to one transaction: see `write`."""
    patient.text_consent = status
    patient.version += 1
    return ConsentEvent(
        pain_service_id=patient.pain_service_id,
        patient_id=patient.id,
        status=status,
        source=source,
        staff_id=staff_id,
        message_id=message_id,
        effective_at=effective_at or now,
        recorded_at=now,
    )


def write(
    session: Session,
    patient: Patient,
    status: ConsentStatus,
    source: ConsentSource,
    now: datetime,
    *,
    effective_at: datetime | None = None,
    staff_id: UUID | None = None,
    message_id: UUID | None = None,
) -> ConsentEvent:
    """Write a change of consent and its effect, inside a transaction that has locked the patient's row."""
    event = change(patient, status, source, now, effective_at=effective_at, staff_id=staff_id, message_id=message_id)
    session.add(event)
    return event
