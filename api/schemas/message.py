"""Shapes of texts, nudges and answers."""

from typing import Any

from marshmallow import fields

from api.schemas.field import Choice, Strict, Words
from api.schemas.page import PageSchema
from companion.domain.answer import AnswerKind
from companion.domain.behaviour import Behaviour
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus, Reason


class MessageWriteSchema(Strict):
    """A text from staff to a patient."""

    body = Words(918, required=True, metadata={"example": "Hello Amina, we will call you on Tuesday. Ben"})


class Body(fields.String):
    """What a text says; a sign-in text shows only that it is one."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return obj.shown


class MessageSchema(Strict):
    """One text, in or out."""

    id = fields.UUID(required=True)
    kind = Choice(MessageKind, required=True)
    status = Choice(MessageStatus, required=True)
    body = Body(required=True)
    media_count = fields.Integer(required=True)
    nudge_id = fields.UUID(required=True, allow_none=True)
    in_reply_to = fields.UUID(required=True, allow_none=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
    error_code = fields.String(required=True, allow_none=True)


class MessagePageSchema(PageSchema):
    """A page of texts, newest first."""

    items = fields.List(fields.Nested(MessageSchema), required=True)


class AnswerSchema(Strict):
    """What was answered to a nudge; the words themselves are in the message."""

    kind = Choice(AnswerKind, required=True)
    number = fields.Integer(required=True, allow_none=True)
    message_id = fields.UUID(required=True)
    recorded_at = fields.AwareDateTime(required=True)


class NudgeSchema(Strict):
    """One nudge: where it comes from, where it stands, and why it was held back if it was."""

    id = fields.UUID(required=True, attribute="nudge.id")
    behaviour = Choice(Behaviour, required=True, attribute="nudge.behaviour")
    care_plan_id = fields.UUID(required=True, attribute="nudge.care_plan_id")
    revision_number = fields.Integer(required=True, attribute="nudge.revision_number")
    line = fields.String(required=True, attribute="nudge.line")
    line_words = fields.String(required=True)
    slot_on = fields.Date(required=True, attribute="nudge.slot_on")
    due_at = fields.AwareDateTime(required=True, attribute="nudge.due_at")
    expires_at = fields.AwareDateTime(required=True, attribute="nudge.expires_at")
    status = Choice(NudgeStatus, required=True, attribute="nudge.status")
    reason = Choice(Reason, required=True, allow_none=True, attribute="nudge.reason")
    reason_words = fields.String(required=True, allow_none=True)
    held_reason = Choice(Reason, required=True, allow_none=True, attribute="nudge.held_reason")
    policy = fields.String(required=True, attribute="nudge.policy")
    probability = fields.Float(required=True, attribute="nudge.probability")
    message_id = fields.UUID(required=True, allow_none=True)
    message_status = Choice(MessageStatus, required=True, allow_none=True)
    answers = fields.List(fields.Nested(AnswerSchema), required=True)


class NudgePageSchema(PageSchema):
    """A page of nudges, the latest due first."""

    items = fields.List(fields.Nested(NudgeSchema), required=True)
