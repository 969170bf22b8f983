"""What a person hopes for, as FHIR's Goal."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from api.fhir.element import Address, Element, meta, reference, without_nothing
from companion.domain.care_plan import CarePlanStatus
from companion.domain.export import MOVES_A_PLAN
from companion.use_cases.export import Export, Plan

# FHIR R4 goal-status. A goal that was agreed stands as its plan does.
LIFECYCLE: dict[CarePlanStatus, str] = {
    CarePlanStatus.DRAFT: "proposed",
    CarePlanStatus.ACTIVE: "active",
    CarePlanStatus.ON_HOLD: "on-hold",
    CarePlanStatus.REVOKED: "cancelled",
    CarePlanStatus.COMPLETED: "completed",
}
ONGOING = frozenset({CarePlanStatus.ACTIVE, CarePlanStatus.ON_HOLD})


def goal_id(plan_id: UUID, line: str) -> str:
    """The one id of a plan's goal, in every revision: the line's permanent name within its plan. A line's name may be
    too long for an id, so it is told by a part of its hash."""
    return f"{plan_id}-{uuid5(plan_id, line).hex[:16]}"


def goals(export: Export, at: Address) -> Iterator[Element]:
    """Every goal that any revision of a plan has had, in the words of the newest of those."""
    for plan in export.plans:
        newest = {str(goal.line): goal for revision in reversed(plan.revisions) for goal in revision.content.goals}
        for line, goal in newest.items():
            marks = {"Importance": goal.importance, "Confidence": goal.confidence}
            yield without_nothing(
                {
                    "resourceType": "Goal",
                    "id": goal_id(plan.plan.id, line),
                    "meta": meta(*moments(export, plan)),
                    "lifecycleStatus": _status(plan, line),
                    "description": {"text": goal.words},
                    "subject": reference(at, "Patient", export.patient.id),
                    "note": [{"text": f"{name}: {mark} of 10"} for name, mark in marks.items() if mark is not None],
                }
            )


def moments(export: Export, plan: Plan) -> Iterator[datetime]:
    """Whenever something of the plan changed: its words, the person's yes, or where it stands."""
    for revision in plan.revisions:
        yield revision.row.recorded_at
        if revision.agreement is not None:
            yield revision.agreement.recorded_at
    yield from (moment for action, moment in export.moved.items() if action in MOVES_A_PLAN)


def _status(plan: Plan, line: str) -> str:
    """What was taken out of the plan is cancelled; what came in since the person agreed is proposed."""
    current = plan.revisions[0]
    agreed = [each for each in plan.revisions if each.row.number == plan.plan.agreed_revision]
    if line not in {goal.line for goal in current.content.goals}:
        return "cancelled"
    if plan.plan.status in ONGOING and line not in {goal.line for each in agreed for goal in each.content.goals}:
        return "proposed"
    return LIFECYCLE[plan.plan.status]
