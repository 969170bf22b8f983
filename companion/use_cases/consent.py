"""How does a person's agreement to texts change, and who may change it?"""

from datetime import datetime
from uuid import UUID

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, ActorKind, Permission, own_or, require
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.refusal import ConflictError
from companion.domain.task import TaskKind
from companion.models import ConsentEvent, PainService
from companion.records import audit, task
from companion.records import consent as consents
from companion.records import patient as patients

THEIR_START = "They stopped texts from their own phone. Only they can turn texts on again, by texting START."
TEXT_START = "You texted STOP, so the phone network blocks our texts. Text START to turn them on again."

ANOTHER_WAY = "They turned texts off in their app. Safety texts are blocked too: agree another way to reach them."


def change(actor: Actor, patient_id: UUID, status: ConsentStatus, now: datetime) -> ConsentEvent:
    """Staff record what a patient told them, or the patient says it in their app: consent given, or withdrawn.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: the patient stopped texts by text; stop is sticky, and only their own START undoes it (P1).
    """
    require(actor, own_or(actor, Permission.EDIT_RECORD))
    themselves = actor.kind is ActorKind.PATIENT
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id, lock=True)
        if status is ConsentStatus.GIVEN and consents.stopped_themselves(session, patient):
            raise ConflictError(TEXT_START if themselves else THEIR_START)
        source = ConsentSource.PATIENT_APP if themselves else ConsentSource.STAFF
        event = consents.write(session, patient, status, source, now, staff_id=None if themselves else actor.id)
        if themselves and status is ConsentStatus.WITHDRAWN:
            service = session.get_one(PainService, patient.pain_service_id)
            task.ask(session, service, TaskKind.CONTACT_ANOTHER_WAY, ANOTHER_WAY, now, patient_id=patient_id)
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
