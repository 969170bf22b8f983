"""What was asked of staff for a person, as FHIR's Task."""

from api.fhir.element import Element, instant, reference, without_nothing
from companion.domain.task import TaskPriority
from companion.use_cases.export import Export

# FHIR R4 request-priority has both words; task-status has both of ours.
PRIORITIES: dict[TaskPriority, str] = {TaskPriority.ROUTINE: "routine", TaskPriority.URGENT: "urgent"}


def tasks(export: Export) -> list[Element]:
    """Every task about them: why it was there in a word, by when it was promised, and whether it is done. Without the
    notes, which are staff's."""
    return [
        without_nothing(
            {
                "resourceType": "Task",
                "id": str(task.id),
                "status": task.status.value,
                "intent": "order",
                "priority": PRIORITIES[task.priority],
                "code": {"text": task.kind.value},
                "for": reference("Patient", export.patient.id),
                "focus": reference("Communication", task.message_id) if task.message_id else None,
                "authoredOn": instant(task.created_at),
                "lastModified": instant(task.completed_at),
                "restriction": {"period": {"end": instant(task.due_at)}},
            }
        )
        for task in export.tasks
    ]
