"""How does somebody get a care and support plan on paper?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from companion.db import transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.plan_letter import Part, Reader, parts
from companion.domain.refusal import NotFoundError
from companion.models import CarePlan, CarePlanRevision, PainService, Patient
from companion.records import audit
from companion.records import care_plan as plans
from companion.records import patient as patients


@dataclass(frozen=True, slots=True)
class PlanLetter:
    """A plan's current revision as a letter. `is_draft`: the patient has not agreed to these words yet."""

    reader: Reader
    service: PainService
    patient: Patient
    plan: CarePlan
    revision: CarePlanRevision
    parts: Sequence[Part]
    is_draft: bool
    made_at: datetime


def of_plan(actor: Actor, plan_id: UUID, reader: Reader, now: datetime) -> PlanLetter:
    """The letter, for the patient or for their GP.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    require(actor, Permission.SEE_RECORD)
    with transaction() as session:
        plan = plans.owned(session, actor, plan_id)
        revision = plans.revision(session, plan, plan.current_revision)
        if revision is None:
            raise NotFoundError("There is no such care plan.")
        patient = patients.owned(session, actor, plan.patient_id)
        service = session.get_one(PainService, plan.pain_service_id)
        audit.record(session, actor, "care-plan.letter", plan_id, now, patient_id=plan.patient_id)
        is_draft = plan.agreed_revision != plan.current_revision
        return PlanLetter(reader, service, patient, plan, revision, parts(revision, reader), is_draft, now)
