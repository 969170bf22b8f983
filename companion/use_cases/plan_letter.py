"""How does somebody get a care and support plan on paper?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.db import scoped, transaction
from companion.domain.access import Actor, Permission, require, system
from companion.domain.plan_section import Part, parts
from companion.domain.plan_words import Reader
from companion.models import Agreement, CarePlan, CarePlanRevision, PainService, Patient, Staff
from companion.records import audit
from companion.records import care_plan as plans
from companion.records import patient as patients


@dataclass(frozen=True, slots=True)
class PlanLetter:
    """One revision of a plan as a letter. `agreement`: the patient's yes to it; None: not given, so it is a draft."""

    reader: Reader
    service: PainService
    patient: Patient
    plan: CarePlan
    revision: CarePlanRevision
    parts: Sequence[Part]
    agreement: Agreement | None
    made_at: datetime


def of_plan(actor: Actor, plan_id: UUID, reader: Reader, now: datetime) -> PlanLetter:
    """A plan's current revision as a letter, for the patient or for their GP.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    require(actor, Permission.SEE_RECORD)
    with transaction() as session:
        plan = plans.owned(session, actor, plan_id)
        revision = plans.revision(session, plan, plan.current_revision)
        patient = patients.owned(session, actor, plan.patient_id)
        audit.record(session, actor, "care-plan.letter", plan_id, now, patient_id=plan.patient_id)
        return _letter(session, patient, plan, revision, reader, now)


def own(actor: Actor, now: datetime) -> PlanLetter:
    """The plan that a patient agreed to, as they agreed to it, as a letter for themselves.

    Raises:
        NotFoundError: they have no active plan.
    """
    require(actor, Permission.OWN_RECORD)
    with transaction() as session:
        plan, revision = plans.agreed(session, actor)
        patient = session.scalars(scoped(Patient, actor)).one()
        audit.record(session, actor, "care-plan.letter", plan.id, now, patient_id=patient.id)
        return _letter(session, patient, plan, revision, Reader.PATIENT, now)


def _letter(
    session: Session, patient: Patient, plan: CarePlan, revision: CarePlanRevision, reader: Reader, now: datetime
) -> PlanLetter:
    service = session.get_one(PainService, plan.pain_service_id)
    yes = select(Agreement).where(Agreement.care_plan_id == plan.id, Agreement.revision_number == revision.number)
    # Whose plan it is may know by name who looks at it again, though staff are out of a patient's scope.
    staff = scoped(Staff, system(plan.pain_service_id)).where(Staff.id == revision.reviewer_id)
    reviewer = session.scalar(staff)
    return PlanLetter(
        reader,
        service,
        patient,
        plan,
        revision,
        parts(revision, reader, {reviewer.id: reviewer.name} if reviewer else {}),
        session.scalar(yes),
        now,
    )
