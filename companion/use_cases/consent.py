"""How does a person's agreement to texts change, and who may change it?"""

from datetime import datetime
from uuid import UUID

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.refusal import ConflictError
from companion.models import ConsentEvent
from companion.records import audit
from companion.records import consent as consents
from companion.records import patient as patients


def change(actor: Actor, patient_id: UUID, status: ConsentStatus, now: datetime) -> ConsentEvent:
    """Staff record what a patient told them: consent given, or withdrawn.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: the patient stopped texts by text; stop is sticky, and only their own START undoes it (P1).
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id, lock=True)
        if status is ConsentStatus.GIVEN and consents.stopped_themselves(session, patient):
            raise ConflictError("They stopped texts from their own phone. Only their own START turns texts on again.")
        event = consents.write(session, patient, status, ConsentSource.STAFF, now, staff_id=actor.id)
        audit.record(session, actor, f"consent.{status}", patient_id, now, patient_id=patient_id)
        return event


def history(actor: Actor, patient_id: UUID, now: datetime) -> list[ConsentEvent]:
    """Every change of a patient's consent, oldest first.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(ConsentEvent, actor).where(ConsentEvent.patient_id == patient_id)
        events = list(session.scalars(wanted.order_by(ConsentEvent.id)))
    audit.seen(actor, "consent.read", now, patient_id)
    return events
