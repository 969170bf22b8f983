"""Which revision waits for the patient's yes, and how does a yes make the plan active?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, or_
from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor
from companion.domain.care_plan import EDITABLE, AgreedHow, CarePlanStatus
from companion.domain.refusal import ConflictError
from companion.models import Agreement, CarePlan

_OPEN: Sequence[CarePlanStatus] = sorted(EDITABLE)


def waiting(session: Session, actor: Actor, patient_id: UUID) -> CarePlan | None:
    """The plan whose current revision waits for the patient's yes: their active one, if they have one; else the one
    that rests, or the newest draft. Beside an active plan a draft waits for nothing: it could not become active."""
    theirs = scoped(CarePlan, actor).where(CarePlan.patient_id == patient_id)
    active = session.scalar(theirs.where(CarePlan.status == CarePlanStatus.ACTIVE))
    if active is not None:
        return None if active.agreed_revision == active.current_revision else active
    not_yet = or_(CarePlan.agreed_revision.is_(None), CarePlan.agreed_revision != CarePlan.current_revision)
    rests_first = case((CarePlan.status == CarePlanStatus.ON_HOLD, 0), else_=1)
    wanted = theirs.where(CarePlan.status.in_(_OPEN), not_yet)
    return session.scalar(wanted.order_by(rests_first, CarePlan.created_at.desc(), CarePlan.id).limit(1))


def agree(
    session: Session, plan: CarePlan, how: AgreedHow, agreed_at: datetime, recorded_by: UUID | None, now: datetime
) -> Agreement:
    """Write down the yes to the current revision of a plan that is held; a draft becomes active.

    recorded_by: the member of staff who wrote it down; None where the patient said it here.

    Raises:
        ConflictError: it is agreed already, or ended.
    """
    if plan.status not in EDITABLE or plan.agreed_revision == plan.current_revision:
        raise ConflictError(f"There is nothing to agree to: the plan is {plan.status} and settled.")
    row = Agreement(
        care_plan_id=plan.id,
        revision_number=plan.current_revision,
        how=how,
        agreed_at=agreed_at,
        recorded_by=recorded_by,
        recorded_at=now,
    )
    session.add(row)
    plan.agreed_revision = plan.current_revision
    if plan.status is CarePlanStatus.DRAFT:
        plan.status = CarePlanStatus.ACTIVE
    return row
