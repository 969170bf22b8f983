"""How does a patient say yes to their plan themselves: in the app, on their page, or after a text?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from companion.db import reading, scoped, transaction
from companion.domain import sign_in_text
from companion.domain.access import Actor, Permission, require
from companion.domain.care_plan import AgreedHow
from companion.domain.device import DeviceKind
from companion.domain.refusal import ConflictError, NotFoundError
from companion.models import Agreement, AgreementRequest, CarePlan, CarePlanRevision
from companion.records import agreement, audit
from companion.records import care_plan as plans
from companion.records import patient as patients
from companion.records import sign_in_link as links

NEWER = "Your plan has changed since you read it. Read it again, then tell us if you agree."
ANOTHER = "You have another active plan. Ask your pain service which one to follow."
NOT_SHOWN = "This plan is not waiting for agreement, or the patient sees another plan: an active one, or a newer draft."


def waiting(actor: Actor, now: datetime) -> CarePlanRevision | None:
    """What waits for the patient's own yes: the current revision of their plan, or None if nothing does."""
    require(actor, Permission.OWN_RECORD)
    patient_id = patients.myself(actor)
    with reading() as session:
        plan = agreement.waiting(session, actor, patient_id)
        found = plans.revision(session, plan, plan.current_revision) if plan is not None else None
    if found is not None:
        audit.seen(actor, "care-plan.read", now, patient_id, entity_id=found.care_plan_id)
    return found


def agree(actor: Actor, plan_id: UUID, number: int, door: DeviceKind, now: datetime) -> Agreement:
    """The patient agrees to revision `number`, which they were shown, and to no other. A draft becomes active.

    door: where they said it. On the page, after staff asked by a text for this very revision, it counts as by text.

    Raises:
        NotFoundError: they have no such plan.
        ConflictError: the plan has a newer revision, is agreed already or ended, or they have another active plan.
    """
    require(actor, Permission.OWN_RECORD)
    try:
        with transaction() as session:
            # The person first, as whatever else is done with their plans; and then the plan, so that no revision comes
            # between the look and the yes.
            patients.known(session, actor, patients.myself(actor), lock=True)
            plan = session.scalar(scoped(CarePlan, actor).where(CarePlan.id == plan_id).with_for_update())
            if plan is None:
                raise NotFoundError("There is no such care plan.")
            if number != plan.current_revision:
                raise ConflictError(NEWER)
            asked = scoped(AgreementRequest, actor).where(
                AgreementRequest.care_plan_id == plan_id, AgreementRequest.revision_number == number
            )
            by_text = door is DeviceKind.PAGE and session.scalar(asked.limit(1)) is not None
            row = agreement.agree(session, plan, AgreedHow.TEXT if by_text else AgreedHow.APP, now, None, now)
            plan.version += 1
            audit.record(session, actor, "care-plan.agree-self", plan_id, now, patient_id=plan.patient_id)
            session.flush()
            return row
    except IntegrityError as error:
        raise ConflictError(ANOTHER) from error


def ask_by_text(actor: Actor, plan_id: UUID, door: str, now: datetime) -> None:
    """Staff have a link texted that leads to the plan, to be read and agreed to. `door`: the address that the link's
    id is put behind. What the patient says yes to is whatever they are shown then, never unseen what was asked for.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        ConflictError: nothing of it waits for a yes, the patient gets no texts, or far too many such texts go out.
        TooManyError: they were sent too many links.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        plan = plans.owned(session, actor, plan_id)
        patient = patients.owned(session, actor, plan.patient_id, lock=True)
        shown = agreement.waiting(session, actor, patient.id)
        if shown is None or shown.id != plan.id:
            raise ConflictError(NOT_SHOWN)
        goes = links.text(session, actor, patient, door, sign_in_text.to_agree, now)
        if goes:
            session.add(
                AgreementRequest(
                    pain_service_id=plan.pain_service_id,
                    patient_id=patient.id,
                    care_plan_id=plan.id,
                    revision_number=plan.current_revision,
                    asked_at=now,
                    asked_by=actor.id,
                )
            )
            audit.record(session, actor, "care-plan.ask-agreement", plan_id, now, patient_id=patient.id)
    if not goes:
        raise ConflictError(links.OVER)
