"""How does a revision become rows, and which plan is meant?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from companion.db import scoped
from companion.domain.access import Actor
from companion.domain.care_plan import Content
from companion.domain.refusal import NotFoundError
from companion.models import Activity, AlreadyHelps, CarePlan, CarePlanRevision, Goal
from companion.records import patient as patients


def owned(session: Session, actor: Actor, plan_id: UUID, *, lock: bool = False) -> CarePlan:
    """The plan, if it is of the actor's pain service; locked until the transaction ends where asked.

    Raises:
        NotFoundError: no such plan there.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    wanted = scoped(CarePlan, actor).where(CarePlan.id == plan_id)
    plan = session.scalar(wanted.with_for_update() if lock else wanted)
    if plan is None:
        raise NotFoundError("There is no such care plan.")
    patients.owned(session, actor, plan.patient_id)
    return plan


def revision(session: Session, plan: CarePlan, number: int) -> CarePlanRevision | None:
    """One revision with all its lines, or None."""
    return session.scalar(
        select(CarePlanRevision)
        .where(CarePlanRevision.care_plan_id == plan.id, CarePlanRevision.number == number)
        .options(
            selectinload(CarePlanRevision.already_helps),
            selectinload(CarePlanRevision.goals),
            selectinload(CarePlanRevision.activities),
        )
    )


def write_revision(
    session: Session, plan: CarePlan, content: Content, reason: str | None, author_id: UUID | None, now: datetime
) -> None:
    """Write the plan's current revision; every line of `content` has its name already."""
    key = {"care_plan_id": plan.id, "revision_number": plan.current_revision}
    session.add(
        CarePlanRevision(
            care_plan_id=plan.id,
            number=plan.current_revision,
            pain_service_id=plan.pain_service_id,
            patient_id=plan.patient_id,
            what_matters=content.what_matters,
            communicate_how=content.communicate_how,
            please_do=content.please_do,
            please_dont=content.please_dont,
            reason=reason,
            author_id=author_id,
            recorded_at=now,
        )
    )
    session.flush()
    for position, helps in enumerate(content.already_helps):
        session.add(AlreadyHelps(**key, line=helps.line, position=position, words=helps.words))
    for position, goal in enumerate(content.goals):
        session.add(
            Goal(
                **key,
                line=goal.line,
                position=position,
                words=goal.words,
                importance=goal.importance,
                confidence=goal.confidence,
            )
        )
    session.flush()
    for position, activity in enumerate(content.activities):
        session.add(
            Activity(
                **key,
                line=activity.line,
                position=position,
                behaviour=activity.behaviour,
                words=activity.words,
                nudge_words=activity.nudge_words,
                goal_line=activity.goal_line,
                already_helps_line=activity.already_helps_line,
                days_of_week=activity.days_of_week,
                time_of_day=activity.time_of_day,
                status=activity.status,
            )
        )
