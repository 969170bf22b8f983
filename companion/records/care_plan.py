"""How does a revision become rows and rows a revision again, and which plan is meant?"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from companion.db import Base, scoped
from companion.domain import care_plan as rules
from companion.domain.access import Actor
from companion.domain.care_plan import PARTS, Content
from companion.domain.plan_difference import Difference, differences
from companion.domain.refusal import NotFoundError, StaleError
from companion.models import (
    Activity,
    AlreadyHelps,
    CarePlan,
    CarePlanRevision,
    Goal,
    MedicineToReview,
    Need,
    PlanContact,
)
from companion.records import patient as patients

STALE = "Somebody changed this plan since you read it. See what changed, and make your change to what is there now."
# By part of the content: its table, and what one row of it says.
_LINES: dict[str, tuple[type[Base], type[Any]]] = {
    "already_helps": (AlreadyHelps, rules.Helps),
    "goals": (Goal, rules.Goal),
    "activities": (Activity, rules.Activity),
    "needs": (Need, rules.Need),
    "medicines_to_review": (MedicineToReview, rules.Medicine),
    "contacts": (PlanContact, rules.Contact),
}
# The table of each part's lines.
LINE_TABLES: dict[str, str] = {part: model.__tablename__ for part, (model, _) in _LINES.items()}
# Activities point at lines of the parts before them.
_POINTED_AT = ("already_helps", "goals")
_OWN = tuple(field.name for field in fields(Content) if field.name not in PARTS)
_WHOLE = tuple(selectinload(getattr(CarePlanRevision, part)) for part in PARTS)


def owned(session: Session, actor: Actor, plan_id: UUID) -> CarePlan:
    """The plan, if it is of the actor's pain service.

    Raises:
        NotFoundError: no such plan there.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    plan = session.scalar(scoped(CarePlan, actor).where(CarePlan.id == plan_id))
    if plan is None:
        raise NotFoundError("There is no such care plan.")
    patients.owned(session, actor, plan.patient_id)
    return plan


def claimed(session: Session, actor: Actor, plan_id: UUID, expected_version: int) -> CarePlan:
    """The plan at its next version, ours until the transaction ends. Whether the version is still the expected one is
    asked by the very statement that counts it up: of two at once, one finds it and the other does not (P10).

    Raises:
        NotFoundError: no such plan there.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
        StaleError: the plan is not at that version any more; with what it says otherwise now.
    """
    plan = owned(session, actor, plan_id)
    counted = update(CarePlan).where(CarePlan.id == plan.id, CarePlan.version == expected_version)
    counted = counted.values(version=CarePlan.version + 1).execution_options(synchronize_session=False)
    found = session.scalar(counted.returning(CarePlan.id))
    session.refresh(plan)
    if found is None:
        raise StaleError(STALE, plan.version, _since(session, actor, plan, expected_version))
    return plan


def _since(session: Session, actor: Actor, plan: CarePlan, version: int) -> list[Difference] | None:
    """What the plan says now otherwise than at an earlier version; None if it is not known what it said then."""
    mine = scoped(CarePlanRevision, actor).where(CarePlanRevision.care_plan_id == plan.id)
    then = mine.where(CarePlanRevision.version <= version).with_only_columns(func.max(CarePlanRevision.number))
    number = session.scalar(then) if version < plan.version else None
    if number is None:
        return None
    before, after = (content_of(revision(session, plan, each)) for each in (number, plan.current_revision))
    return differences(before, after)


def revision(session: Session, plan: CarePlan, number: int) -> CarePlanRevision:
    """One revision with all its lines.

    Raises:
        NotFoundError: the plan has no such revision.
    """
    wanted = select(CarePlanRevision).where(CarePlanRevision.care_plan_id == plan.id, CarePlanRevision.number == number)
    found = session.scalar(wanted.options(*_WHOLE))
    if found is None:
        raise NotFoundError("This plan has no such revision.")
    return found


def agreed(session: Session, actor: Actor) -> tuple[CarePlan, CarePlanRevision]:
    """A patient's own active plan, as they agreed to it.

    Raises:
        NotFoundError: they have none.
    """
    plan = session.scalar(scoped(CarePlan, actor).where(CarePlan.status == rules.CarePlanStatus.ACTIVE))
    if plan is None or plan.agreed_revision is None:
        raise NotFoundError("You have no plan with us at the moment.")
    return plan, revision(session, plan, plan.agreed_revision)


def content_of(row: CarePlanRevision) -> Content:
    """What a revision says: what it was written from, with every line's name."""
    return content_from(row, {part: getattr(row, part) for part in PARTS})


def content_from(row: CarePlanRevision, lines: Mapping[str, Iterable[Base]]) -> Content:
    """What a revision says, with the rows of its lines by their part, in their order."""
    parts: dict[str, Any] = {
        part: tuple(_value(line, kind) for line in lines[part]) for part, (_, kind) in _LINES.items()
    }
    return Content(**{name: getattr(row, name) for name in _OWN}, **parts)


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
            version=plan.version,
            reason=reason,
            author_id=author_id,
            recorded_at=now,
            **{name: getattr(content, name) for name in _OWN},
        )
    )
    session.flush()
    for part in sorted(PARTS, key=lambda part: part not in _POINTED_AT):
        model, kind = _LINES[part]
        for position, line in enumerate(getattr(content, part)):
            says = {field.name: getattr(line, field.name) for field in fields(kind)}
            session.add(model(**key, position=position, **says))
        session.flush()


def _value(row: Any, kind: type[Any]) -> Any:
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})
