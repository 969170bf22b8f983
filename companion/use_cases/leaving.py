"""Leaving the programme. It is easy to leave and easy to come back (P13, P14)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from companion.db import scoped, transaction
from companion.domain import care_plan as rules
from companion.domain.access import Actor, ActorKind, Permission, require
from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError
from companion.models import CarePlan, PainService
from companion.records import audit, consent, pathway
from companion.records import patient as patients
from companion.records import second_opinion as opinions

FAREWELL = (
    "You have left the programme. We have stopped the texts and closed your plan. We keep your record as the law "
    "requires. You can come back at any time: ring {phone}, and we will start from what worked for you."
)


@dataclass(frozen=True, slots=True)
class Farewell:
    """What is said to the person, on the screen or by whoever talks with them: a text would come after their stop."""

    words: str
    left_at: datetime


def leave(actor: Actor, patient_id: UUID, now: datetime) -> Farewell:
    """End a patient's time in the programme, as they asked: texts stop, plans and pathway close, the record is kept.

    Only a person does this: no timer ever does.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: they have left already.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        patient = patients.known(session, actor, patient_id, lock=True)
        if patient.status is PatientStatus.FINISHED:
            raise ConflictError("This person has already left the programme.")
        patient.status = PatientStatus.FINISHED
        patient.version += 1
        if patient.text_consent is not ConsentStatus.WITHDRAWN:
            patient_s_own = actor.kind is ActorKind.PATIENT
            source = ConsentSource.PATIENT_APP if patient_s_own else ConsentSource.STAFF
            staff_id = None if patient_s_own else actor.id
            consent.write(session, patient, ConsentStatus.WITHDRAWN, source, now, staff_id=staff_id)
        open_ones = scoped(CarePlan, actor).where(
            CarePlan.patient_id == patient_id, CarePlan.status.in_(rules.EDITABLE)
        )
        for plan in session.scalars(open_ones.order_by(CarePlan.id).with_for_update()):
            plan.status = CarePlanStatus.REVOKED
            plan.version += 1
            opinions.lapse(session, actor, plan, now)
        pathway.leave(session, actor, patient, now)
        service = session.get_one(PainService, patient.pain_service_id)
        audit.record(session, actor, "patient.leave", patient_id, now, patient_id=patient_id)
        return Farewell(FAREWELL.format(phone=service.phone), now)
