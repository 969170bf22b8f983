"""What was asked of staff for a person, and what a person suggested for their plan, as FHIR's Task."""

from collections.abc import Iterator

from api.fhir.element import Address, Element, instant, meta, reference, without_nothing
from companion.domain.suggestion import SuggestionStatus
from companion.domain.task import TaskPriority
from companion.use_cases.export import Export

# FHIR R4 request-priority has both words; task-status has both of ours.
PRIORITIES: dict[TaskPriority, str] = {TaskPriority.ROUTINE: "routine", TaskPriority.URGENT: "urgent"}
# FHIR R4 task-status of a suggestion.
ANSWERS: dict[SuggestionStatus, str] = {
    SuggestionStatus.REQUESTED: "requested",
    SuggestionStatus.ACCEPTED: "accepted",
    SuggestionStatus.DECLINED: "rejected",
}


def tasks(export: Export, at: Address) -> Iterator[Element]:
    """Every task about them: why it was there in a word, by when it was promised, and whether it is done. Without the
    notes, which are staff's, whoever asks. Then what they suggested, and the answers."""
    person = reference(at, "Patient", export.patient.id)
    for task in export.tasks:
        yield without_nothing(
            {
                "resourceType": "Task",
                "id": str(task.id),
                "meta": meta(task.created_at, task.completed_at),
                "status": task.status.value,
                "intent": "order",
                "priority": PRIORITIES[task.priority],
                "code": {"text": task.kind.value},
                "for": person,
                "focus": reference(at, "Communication", task.message_id) if task.message_id else None,
                "authoredOn": instant(task.created_at),
                "lastModified": instant(task.completed_at or task.created_at),
                "restriction": {"period": {"end": instant(task.due_at)}},
            }
        )
    for asked in export.suggestions:
        yield without_nothing(
            {
                "resourceType": "Task",
                "id": str(asked.id),
                "meta": meta(asked.asked_at, asked.answered_at),
                "status": ANSWERS[asked.status],
                "statusReason": {"text": asked.answer} if asked.answer else None,
                "intent": "proposal",
                "code": {"text": "suggested-change"},
                "description": asked.words,
                "focus": reference(at, "CarePlan", asked.care_plan_id),
                "for": person,
                "requester": person,
                "authoredOn": instant(asked.asked_at),
                "lastModified": instant(asked.answered_at or asked.asked_at),
            }
        )
