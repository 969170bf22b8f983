"""A personalised care and support plan, as FHIR's CarePlan."""

from collections.abc import Iterator
from uuid import UUID

from api.fhir.element import Address, Element, instant, meta, reference, without_nothing
from api.fhir.goal import goal_id, moments
from api.fhir.provenance import author
from companion.domain import plan_words
from companion.domain.care_plan import Activity
from companion.domain.local_words import day_at
from companion.domain.plan_section import SECTIONS
from companion.domain.plan_words import Reader
from companion.use_cases.export import Export, Revision

# The sections that FHIR has an element for. Every other section is a note.
ELEMENTS = frozenset({"what-matters", "needs", "goals", "activities"})


def care_plans(export: Export, at: Address) -> Iterator[Element]:
    """Each plan as its current revision has it, agreed or not. FHIR has the status and the lines; the person's own part
    is in notes. An activity is known by its line, which is its name in every revision."""
    for plan in export.plans:
        row, current = plan.plan, plan.revisions[0]
        said = current.content
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
                "description": said.what_matters,
                "addresses": [{"display": plan_words.need(need, Reader.GP)} for need in said.needs],
                "goal": [reference(at, "Goal", goal_id(row.id, str(goal.line))) for goal in said.goals],
                "activity": [_activity(at, row.id, activity) for activity in said.activities],
                "note": _notes(export, current),
            }
        )


def _activity(at: Address, plan_id: UUID, activity: Activity) -> Element:
    served = [reference(at, "Goal", goal_id(plan_id, activity.goal_line))] if activity.goal_line else []
    by = plan_words.DONE_BY[Reader.GP][activity.done_by]
    detail = without_nothing(
        {
            "kind": "Task",
            "status": activity.status.value,
            "description": activity.words,
            "goal": served,
            "scheduledTiming": _timing(activity),
            "performer": [{"display": f"{by[0].upper()}{by[1:]}"}],
        }
    )
    return {"id": activity.line, "detail": detail}


def _timing(activity: Activity) -> Element:
    """How often, as the rule has it, and within which days; nothing of what every week is alike."""
    bounds = {
        name: day.isoformat()
        for name, day in (("start", activity.starts_on), ("end", activity.due_on))
        if day is not None
    }
    timing: Element = {"repeat": {"boundsPeriod": bounds}} if bounds else {}
    return timing | ({"code": {"text": activity.recurrence}} if activity.recurrence else {})


def _notes(export: Export, current: Revision) -> list[Element]:
    rest = [section for section in SECTIONS if section.name not in ELEMENTS]
    own = [
        f"{section.heading(Reader.GP)}: {words}"
        for section in rest
        for words in section.words(current.content, Reader.GP, export.staff)
    ]
    if current.agreement is not None:
        own.append(f"Agreed with the person on {day_at(current.agreement.agreed_at, export.patient.time_zone)}")
    else:
        own.append("The person has not agreed to these words yet")
    return [{"text": text} for text in own]
