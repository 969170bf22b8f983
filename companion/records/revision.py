"""How does the next revision of a plan come about? Inside a transaction that somebody else began."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain import care_plan as rules
from companion.domain import plan_fault
from companion.domain.access import Actor
from companion.domain.care_plan import Content
from companion.domain.local_time import local
from companion.domain.refusal import ConflictError, Fault, InvalidError
from companion.models import CarePlan, Staff
from companion.records import care_plan as plans
from companion.records import patient as patients


def revise(
    session: Session, actor: Actor, plan_id: UUID, expected_version: int, content: Content, reason: str, now: datetime
) -> CarePlan:
    """Have the plan say something else from now on, if it still stands as the actor saw it.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        StaleError: somebody changed the plan since the version that the asker saw (P10).
        ConflictError: the plan is completed or revoked.
        InvalidError: the content is not a sound plan.
    """
    plan = plans.claimed(session, actor, plan_id, expected_version)
    patient = patients.owned(session, actor, plan.patient_id)
    before = plans.content_of(plans.revision(session, plan, plan.current_revision))
    content = sound(session, actor, content, before, local(now, patient.time_zone).date())
    content, plan.next_line = rules.with_lines(content, plan.next_line)
    write_next(session, actor, plan, content, reason, now)
    return plan


def sound(session: Session, actor: Actor, content: Content, before: Content | None, today: date) -> Content:
    """The content with what follows from `today`, the patient's local day.

    Raises:
        InvalidError: it is not a sound plan; every fault is named.
    """
    content = rules.with_starts(content, today)
    found = plan_fault.faults(content) + plan_fault.past_faults(content, before, today)
    reviewer = content.reviewer_id
    if reviewer is not None and (before is None or before.reviewer_id != reviewer):
        theirs = scoped(Staff, actor).where(Staff.id == reviewer, Staff.left_at.is_(None))
        if session.scalar(theirs) is None:
            found.append(Fault("reviewer_id", "No member of staff at this pain service has this id."))
    if found:
        raise InvalidError(found)
    return content


def write_next(session: Session, actor: Actor, plan: CarePlan, content: Content, reason: str, now: datetime) -> None:
    """Write the next revision of a plan that was claimed; every line has its name.

    Raises:
        ConflictError: the plan is completed or revoked.
    """
    if plan.status not in rules.EDITABLE:
        raise ConflictError(f"A plan that is {plan.status} cannot be revised. Write a new one.")
    plan.current_revision += 1
    plans.write_revision(session, plan, content, reason, actor.id, now)
