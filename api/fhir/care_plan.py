"""A personalised care and support plan, as FHIR's CarePlan."""

from api.fhir.element import Element, instant, reference, without_nothing
from api.fhir.goal import goal_id
from companion.use_cases.export import Export, Plan, Revision

PARTS = (("communicate_how", "How to communicate"), ("please_do", "Please do"), ("please_dont", "Please do not"))


def care_plan(export: Export, plan: Plan) -> Element:
    """The plan as its current revision has it. FHIR has the status and the lines; the person's own part is a note."""
    row, current = plan.plan, plan.revisions[0]
    return without_nothing(
        {
            "resourceType": "CarePlan",
            "id": str(row.id),
            "meta": {"versionId": str(row.current_revision)},
            "status": row.status.value,
            "intent": "plan",
            "subject": reference("Patient", export.patient.id),
            "created": instant(row.created_at),
            "description": current.row.what_matters,
            "goal": [reference("Goal", goal_id(row.id, goal.line)) for goal in current.goals],
            "activity": [
                {
                    "detail": without_nothing(
                        {
                            "kind": "Task",
                            "status": activity.status.value,
                            "description": activity.words,
                            "goal": [reference("Goal", goal_id(row.id, activity.goal_line))]
                            if activity.goal_line
                            else [],
                        }
                    )
                }
                for activity in current.activities
            ],
            "note": _notes(current),
        }
    )


def _notes(current: Revision) -> list[Element]:
    own = [f"{name}: {value}" for field, name in PARTS if (value := getattr(current.row, field))]
    own += [f"Already helps: {helps.words}" for helps in current.already_helps]
    if current.agreement is not None:
        own.append(f"Agreed with the person on {current.agreement.agreed_at.date().isoformat()}")
    return [{"text": text} for text in own]
