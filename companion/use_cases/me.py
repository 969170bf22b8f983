"""What does a patient see of their own?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from companion.db import reading, scoped
from companion.domain.access import Actor, Permission, require
from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.refusal import NotFoundError
from companion.models import CarePlan, CarePlanRevision, PainService, Patient
from companion.records import audit
from companion.records import care_plan as plans
from companion.records import pain_service as pain_services


@dataclass(frozen=True, slots=True)
class Me:
    """Who they are to their pain service, and what is on."""

    given_name: str
    pain_service: PainService
    texts_are_on: bool
    has_plan: bool


def show(actor: Actor, now: datetime) -> Me:
    """Who is signed in, and what is on."""
    require(actor, Permission.OWN_RECORD)
    with reading() as session:
        patient = _own(session, actor)
        service = pain_services.own(session, actor)
        plan = _active(session, actor)
    audit.seen(actor, "patient.read", now, patient.id)
    return Me(patient.given_name, service, patient.text_consent is ConsentStatus.GIVEN, plan is not None)


def plan(actor: Actor, now: datetime) -> CarePlanRevision:
    """The plan that the patient agreed to, as they agreed to it, though staff may be writing the next revision.

    Raises:
        NotFoundError: they have no active plan.
    """
    require(actor, Permission.OWN_RECORD)
    with reading() as session:
        patient = _own(session, actor)
        _, agreed = plans.agreed(session, actor)
    audit.seen(actor, "care-plan.read", now, patient.id, entity_id=agreed.care_plan_id)
    return agreed


def _own(session: Session, actor: Actor) -> Patient:
    patient = session.scalar(scoped(Patient, actor))
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient


def _active(session: Session, actor: Actor) -> CarePlan | None:
    return session.scalar(scoped(CarePlan, actor).where(CarePlan.status == CarePlanStatus.ACTIVE))
