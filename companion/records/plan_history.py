"""Reads a patient's plans with every revision and agreement, and the lines that are asked for: two statements."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor
from companion.models import Agreement, CarePlan, CarePlanRevision
from companion.records import plan_line

LINES = {model.__tablename__: part for part, model in plan_line.TABLES.items()}
TABLES = frozenset({"care_plan", "care_plan_revision", "agreement", *LINES})


def rows(
    session: Session, actor: Actor, patient_id: UUID, plan_id: UUID | None, tables: Collection[str], *, of_newest: bool
) -> dict[str, list[Any]]:
    """The rows of those tables, by their names: of all the patient's plans, or of one.

    of_newest: of the lines those of each plan's newest revision alone.
    """
    theirs = scoped(CarePlan, actor).where(CarePlan.patient_id == patient_id)
    if plan_id is not None:
        theirs = theirs.where(CarePlan.id == plan_id)
    theirs = theirs.join(CarePlanRevision, CarePlanRevision.care_plan_id == CarePlan.id).outerjoin(
        Agreement,
        (Agreement.care_plan_id == CarePlan.id) & (Agreement.revision_number == CarePlanRevision.number),
    )
    ordered = theirs.order_by(CarePlan.created_at, CarePlan.id, CarePlanRevision.recorded_at, CarePlanRevision.number)
    found: list[Any] = list(session.execute(ordered.add_columns(CarePlanRevision, Agreement)))
    revisions = [row[1] for row in found]
    told = revisions
    if of_newest:
        told = list({revision.care_plan_id: revision for revision in revisions}.values())
    asked = [name for name in LINES if name in tables]
    lines = plan_line.of_revisions(session, [(each.care_plan_id, each.number) for each in told] if asked else [])
    return {
        "care_plan": list(dict.fromkeys(row[0] for row in found)),
        "care_plan_revision": revisions,
        "agreement": [row[2] for row in found if row[2] is not None],
        **{name: [line for of_one in lines.values() for line in of_one[LINES[name]]] for name in asked},
    }
