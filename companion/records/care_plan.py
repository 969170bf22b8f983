"""How does a revision become rows and rows a revision again, and which plan is meant?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from companion.db import Base, scoped
from companion.domain import care_plan as rules
from companion.domain.access import Actor
from companion.domain.care_plan import PARTS, Content
from companion.domain.plan_difference import Difference, differences
from companion.domain.refusal import NotFoundError, StaleError
from companion.models import (
    Agreement,
    CarePlan,
    CarePlanRevision,
    Patient,
    PlanStart,
    PlanTemplateVersion,
    SecondOpinion,
)
from companion.records import patient as patients
from companion.records import plan_line
from companion.records.plan_template import StartView

STALE = "This plan has changed since you read it. Check what changed, then make your change to the current version."
NO_SUCH_REVISION = "This plan does not have that revision."
# By part of the content: what one line of it says.
_LINES: dict[str, type[Any]] = {
    "already_helps": rules.Helps,
    "goals": rules.Goal,
    "activities": rules.Activity,
    "needs": rules.Need,
    "medicines_to_review": rules.Medicine,
    "contacts": rules.Contact,
}
# The table of each part's lines.
LINE_TABLES: dict[str, str] = {part: model.__tablename__ for part, model in plan_line.TABLES.items()}
# Activities point at lines of the parts before them.
_POINTED_AT = ("already_helps", "goals")
_OWN = tuple(field.name for field in fields(Content) if field.name not in PARTS)


class Told(NamedTuple):
    """A revision whole, the patient's agreement to it, the second opinion that it came of, and how the plan began."""

    revision: CarePlanRevision
    agreement: Agreement | None
    second_opinion_id: UUID | None
    start: StartView | None


def owned(session: Session, actor: Actor, plan_id: UUID) -> CarePlan:
    """The plan, if it is of the actor's pain service.

    Raises:
        NotFoundError: no such plan there.
        ForbiddenError: its patient's record is restricted, and staff gave no reason.
    """
    its = scoped(CarePlan, actor).where(CarePlan.id == plan_id).join(Patient, Patient.id == CarePlan.patient_id)
    found = session.execute(its.add_columns(Patient.restricted_at)).one_or_none()
    if found is None:
        raise NotFoundError("There is no such care plan.")
    patients.require_in_use(actor, found.restricted_at)
    plan: CarePlan = found[0]
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
    found = session.scalar(wanted)
    if found is None:
        raise NotFoundError(NO_SUCH_REVISION)
    return whole(session, [found])[0]


def whole(session: Session, rows: Sequence[CarePlanRevision]) -> Sequence[CarePlanRevision]:
    """The revisions, each with all its lines."""
    lines = plan_line.of_revisions(session, [(row.care_plan_id, row.number) for row in rows])
    for row in rows:
        for part, some in lines[row.care_plan_id, row.number].items():
            set_committed_value(row, part, some)
    return rows


def told(session: Session, actor: Actor, plan: CarePlan, numbers: Collection[int]) -> list[Told]:
    """Those of these revisions that there are, in their order, each with what belongs to it: two statements in all."""
    wanted = (
        scoped(CarePlanRevision, actor)
        .add_columns(Agreement, SecondOpinion.id, PlanStart, PlanTemplateVersion.name)
        .where(CarePlanRevision.care_plan_id == plan.id, CarePlanRevision.number.in_(numbers))
        .outerjoin(
            Agreement,
            (Agreement.care_plan_id == CarePlanRevision.care_plan_id)
            & (Agreement.revision_number == CarePlanRevision.number),
        )
        .outerjoin(
            SecondOpinion,
            (SecondOpinion.care_plan_id == CarePlanRevision.care_plan_id)
            & (SecondOpinion.became_revision == CarePlanRevision.number),
        )
        .outerjoin(PlanStart, PlanStart.care_plan_id == CarePlanRevision.care_plan_id)
        .outerjoin(
            PlanTemplateVersion,
            (PlanTemplateVersion.template_id == PlanStart.template_id)
            & (PlanTemplateVersion.number == PlanStart.template_number),
        )
        .order_by(CarePlanRevision.number)
    )
    rows: list[Any] = list(session.execute(wanted))
    whole(session, [row[0] for row in rows])
    return [
        Told(revision, agreed, came_of, StartView(start, name) if start is not None else None)
        for revision, agreed, came_of, start, name in rows
    ]


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
    parts: dict[str, Any] = {part: tuple(_value(line, kind) for line in lines[part]) for part, kind in _LINES.items()}
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
        model, kind = plan_line.TABLES[part], _LINES[part]
        for position, line in enumerate(getattr(content, part)):
            says = {field.name: getattr(line, field.name) for field in fields(kind)}
            session.add(model(**key, position=position, **says))
        session.flush()


def _value(row: Any, kind: type[Any]) -> Any:
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})
