"""What a person hopes for, as FHIR's Goal."""

from collections.abc import Iterator
from uuid import UUID, uuid5

from api.fhir.element import Element, reference, without_nothing
from companion.domain.care_plan import CarePlanStatus
from companion.use_cases.export import Export, Plan

# FHIR R4 goal-status. A goal stands as its plan does.
LIFECYCLE: dict[CarePlanStatus, str] = {
    CarePlanStatus.DRAFT: "proposed",
    CarePlanStatus.ACTIVE: "active",
    CarePlanStatus.ON_HOLD: "on-hold",
    CarePlanStatus.REVOKED: "cancelled",
    CarePlanStatus.COMPLETED: "completed",
}


def goal_id(plan_id: UUID, line: str) -> UUID:
    """The one id of a plan's goal, in every revision: the line's name within its plan, for ever."""
    return uuid5(plan_id, line)


def goals(export: Export, plan: Plan) -> Iterator[Element]:
    """The goals of the plan's current revision."""
    row = plan.plan
    for goal in plan.revisions[0].goals:
        marks = {"Importance": goal.importance, "Confidence": goal.confidence}
        yield without_nothing(
            {
                "resourceType": "Goal",
                "id": str(goal_id(row.id, goal.line)),
                "lifecycleStatus": LIFECYCLE[row.status],
                "description": {"text": goal.words},
                "subject": reference("Patient", export.patient.id),
                "note": [{"text": f"{name}: {mark} of 10"} for name, mark in marks.items() if mark is not None],
            }
        )
