"""Shapes of what a patient agrees to, and of what they suggest for their plan."""

from marshmallow import fields

from api.schemas.care_plan import MOST_REVISIONS, RevisionSchema
from api.schemas.field import Choice, Strict, Whole, Words, line_name
from companion.domain.care_plan import AgreedHow
from companion.domain.suggestion import SuggestionStatus

_READ = {"description": "The number of the revision that was read", "example": 1}


class OwnAgreementSchema(Strict):
    """The yes to one revision, as it was shown."""

    care_plan_id = fields.UUID(required=True)
    number = Whole(1, MOST_REVISIONS, required=True, metadata=_READ)


class OwnAgreementViewSchema(Strict):
    """What was agreed to, when and how."""

    care_plan_id = fields.UUID(required=True)
    revision_number = fields.Integer(required=True)
    how = Choice(AgreedHow, required=True)
    agreed_at = fields.AwareDateTime(required=True)


class SuggestionMadeSchema(Strict):
    """A change to one line of the plan, or something new."""

    care_plan_id = fields.UUID(required=True)
    revision_number = Whole(1, MOST_REVISIONS, required=True, metadata=_READ)
    line = line_name(metadata={"description": "The line it is about; left out for something new", "example": "walk"})
    words = Words(2_000, required=True, metadata={"example": "Could I swim in place of the walk when it rains?"})


class SuggestionSchema(Strict):
    """A suggestion and the answer to it. Accepted, it went into the revision `accepted_revision`."""

    id = fields.UUID(required=True)
    care_plan_id = fields.UUID(required=True)
    revision_number = fields.Integer(required=True)
    line = fields.String(required=True, allow_none=True)
    words = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    status = Choice(SuggestionStatus, required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    accepted_revision = fields.Integer(required=True, allow_none=True)


class SuggestionListSchema(Strict):
    """All of them, the newest first."""

    items = fields.List(fields.Nested(SuggestionSchema), required=True)


class AcceptanceSchema(RevisionSchema):
    """The whole new content that takes the suggestion up, why, and what the patient reads if anything."""

    answer = Words(2_000, load_default=None, allow_none=True, metadata={"example": "A good idea: it is in your plan."})


class RefusalSchema(Strict):
    """Why it is not taken up. The patient reads it."""

    answer = Words(2_000, required=True, metadata={"example": "The pool is closed until spring. Let us talk then."})
