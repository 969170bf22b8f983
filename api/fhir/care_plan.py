"""A personalised care and support plan, as FHIR's CarePlan."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from api.fhir.element import Address, Element, instant, meta, reference, without_nothing
from api.fhir.goal import goal_id, moments
from api.fhir.provenance import author
from companion.domain.care_plan import DoneBy
from companion.domain.local_time import local
from companion.use_cases.export import Export, Revision

DONE_BY: dict[DoneBy, str] = {
    DoneBy.PATIENT: "The patient",
    DoneBy.CARER: "A carer",
    DoneBy.SERVICE: "The pain service",
    DoneBy.VOLUNTARY_PARTNER: "A voluntary partner",
}
PARTS = (
    ("important_people", "People who are important"),
    ("communicate_how", "How to communicate"),
    ("please_do", "Please do"),
    ("please_dont", "Please do not"),
    ("flare_early_signs", "Early signs of a flare-up"),
    ("flare_first_steps", "In a flare-up, first"),
    ("flare_avoid", "In a flare-up, avoid"),
    ("flare_contact", "In a flare-up, contact"),
    ("flare_urgent_help", "When to seek urgent help"),
)


def care_plans(export: Export, at: Address) -> Iterator[Element]:
    """Each plan as its current revision has it, agreed or not. FHIR has the status and the lines; the person's own part
    is in notes. An activity is known by its line, which is its name in every revision."""
    for plan in export.plans:
        row, current = plan.plan, plan.revisions[0]
        yield without_nothing(
            {
                "resourceType": "CarePlan",
                "id": str(row.id),
                "meta": meta(*moments(export, plan), version=row.version),
                "status": row.status.value,
                "intent": "plan",
                "category": [{"text": "Personalised care and support plan"}],
                "subject": reference(at, "Patient", export.patient.id),
                "created": instant(row.created_at),
                "author": author(export, current),
                "description": current.row.what_matters,
                "addresses": [{"display": _need(need)} for need in current.needs],
                "goal": [reference(at, "Goal", goal_id(row.id, goal.line)) for goal in current.goals],
                "activity": [_activity(at, row.id, activity) for activity in current.activities],
                "note": _notes(export, current),
            }
        )


def _activity(at: Address, plan_id: UUID, activity: Any) -> Element:
    served = [reference(at, "Goal", goal_id(plan_id, activity.goal_line))] if activity.goal_line else []
    detail = without_nothing(
        {
            "kind": "Task",
            "status": activity.status.value,
            "description": activity.words,
            "goal": served,
            "scheduledTiming": _timing(activity),
            "performer": [{"display": DONE_BY[activity.done_by]}],
        }
    )
    return {"id": activity.line, "detail": detail}


def _need(need: Any) -> str:
    return f"{need.words} ({need.kind.value}{f'; {need.condition}' if need.condition else ''})"


def _timing(activity: Any) -> Element:
    """How often, as the rule has it, and within which days; nothing of what every week is alike."""
    bounds = {
        name: day.isoformat()
        for name, day in (("start", activity.starts_on), ("end", activity.due_on))
        if day is not None
    }
    timing: Element = {"repeat": {"boundsPeriod": bounds}} if bounds else {}
    return timing | ({"code": {"text": activity.recurrence}} if activity.recurrence else {})


def _notes(export: Export, current: Revision) -> list[Element]:
    own = [f"{name}: {value}" for field, name in PARTS if (value := getattr(current.row, field))]
    own += [f"Already helps: {helps.words}" for helps in current.already_helps]
    for medicine in current.medicines_to_review:
        own.append(f"Medicine to review: {medicine.words}" + (f" ({medicine.why})" if medicine.why else ""))
    for contact in current.contacts:
        own.append(f"Contact ({contact.kind.value}): {contact.words}" + (f", {contact.phone}" if contact.phone else ""))
    if current.row.review_on is not None:
        reviewer = export.staff.get(current.row.reviewer_id) if current.row.reviewer_id else None
        own.append(f"To be reviewed on {current.row.review_on.isoformat()}" + (f" by {reviewer}" if reviewer else ""))
    if current.agreement is not None:
        agreed = local(current.agreement.agreed_at, export.patient.time_zone)
        own.append(f"Agreed with the person on {agreed.date().isoformat()}")
    else:
        own.append("The person has not agreed to these words yet")
    return [{"text": text} for text in own]
