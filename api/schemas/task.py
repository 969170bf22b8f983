"""Shapes of the inbox."""

from marshmallow import fields

from api.schemas.field import Choice, Strict, Words
from api.schemas.message import MessageSchema
from api.schemas.page import PageQuery, PageSchema
from companion.domain.task import TaskKind, TaskPriority, TaskStatus


class InboxQuery(PageQuery):
    """Which tasks: by default those that wait."""

    status = Choice(TaskStatus, load_default=TaskStatus.REQUESTED)


class TaskPatientSchema(Strict):
    """Whom the task concerns."""

    id = fields.UUID(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)


class InboxMessageSchema(MessageSchema):
    """The text the task is about, with the number it came from."""

    number = fields.String(required=True)


class TaskSchema(Strict):
    """Something that waits for a person, or waited, with the time by which the pain service promised to look."""

    id = fields.UUID(required=True, attribute="task.id")
    kind = Choice(TaskKind, required=True, attribute="task.kind")
    priority = Choice(TaskPriority, required=True, attribute="task.priority")
    status = Choice(TaskStatus, required=True, attribute="task.status")
    why = fields.String(required=True, attribute="task.why")
    created_at = fields.AwareDateTime(required=True, attribute="task.created_at")
    due_at = fields.AwareDateTime(required=True, attribute="task.due_at")
    completed_at = fields.AwareDateTime(required=True, allow_none=True, attribute="task.completed_at")
    completed_by = fields.UUID(required=True, allow_none=True, attribute="task.completed_by")
    outcome = fields.String(required=True, allow_none=True, attribute="task.outcome")
    patient = fields.Nested(TaskPatientSchema, required=True, allow_none=True)
    message = fields.Nested(InboxMessageSchema, required=True, allow_none=True)


class TaskPageSchema(PageSchema):
    """A page of the inbox."""

    items = fields.List(fields.Nested(TaskSchema), required=True)


class CompletionSchema(Strict):
    """What came of the task."""

    outcome = Words(1_000, required=True, metadata={"example": "Called her; she is well."})
