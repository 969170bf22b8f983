"""How is a change of a person's agreement written down?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.domain.consent import ConsentSource, ConsentStatus
from companion.models import ConsentEvent, Patient


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
    event = ConsentEvent(
        pain_service_id=patient.pain_service_id,
        patient_id=patient.id,
        status=status,
        source=source,
        staff_id=staff_id,
        message_id=message_id,
        effective_at=effective_at or now,
        recorded_at=now,
    )
    session.add(event)
    patient.text_consent = status
    patient.version += 1
    return event
