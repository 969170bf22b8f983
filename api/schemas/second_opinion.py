"""Shapes of a second opinion on a plan: the question, who is asked, what they think, and the end of it."""

from marshmallow import fields

from api.schemas.access_grant import InvitationSchema
from api.schemas.field import Choice, Strict, Whole, Words
from companion.domain.second_opinion import MOST_DAYS, OpinionOutcome, OpinionStatus

_SAID = "In plain words: the patient and the author of the plan will read it"


class QuestionSchema(Strict):
    """What somebody wants to know of another clinician."""

    question = Words(2_000, required=True, metadata={"example": "Is the walk too much for my back?"})


class OwnQuestionSchema(QuestionSchema):
    """The same, and about which plan."""

    care_plan_id = fields.UUID(required=True)


class PartnerSchema(InvitationSchema):
    """Which clinician of another pain service is asked, why, and for how many days they may read the record."""

    days = Whole(1, MOST_DAYS, load_default=MOST_DAYS)


class OpinionSchema(Strict):
    """What a clinician thinks of the plan that they did not write."""

    outcome = Choice(OpinionOutcome, required=True)
    words = Words(5_000, required=True, metadata={"description": _SAID, "example": "Walk half as far, and swim."})


class WithdrawalSchema(Strict):
    """Why the question is taken back."""

    reason = Words(2_000, required=True, metadata={"description": _SAID, "example": "I talked it over with Ben."})


class PersonSchema(Strict):
    """A clinician, by name, and where they work."""

    name = fields.String(required=True)
    pain_service = fields.String(required=True)


class AccessSchema(Strict):
    """The access to the record that a partner got for this opinion."""

    id = fields.UUID(required=True, metadata={"description": "The Access-Grant the partner sends to read the record"})
    from_at = fields.AwareDateTime(required=True)
    until_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class SecondOpinionSchema(Strict):
    """A question about a plan, and what came of it. Staff, the patient and the partner read the same.

    `words` are the opinion, or why the question was taken back. `revision_number` is the revision that was current when
    it was asked, and once it is given the one that it is about; `became_revision` the one that came of it.
    """

    id = fields.UUID(required=True, attribute="opinion.id")
    care_plan_id = fields.UUID(required=True, attribute="opinion.care_plan_id")
    revision_number = fields.Integer(required=True, attribute="opinion.revision_number")
    asked_by_patient = fields.Boolean(
        required=True, metadata={"description": "If false, by a clinician of their pain service"}
    )
    question = fields.String(required=True, attribute="opinion.question")
    asked_at = fields.AwareDateTime(required=True, attribute="opinion.asked_at")
    status = Choice(OpinionStatus, required=True, attribute="opinion.status")
    partner = fields.Nested(PersonSchema, required=True, allow_none=True)
    access = fields.Nested(AccessSchema, required=True, allow_none=True)
    giver = fields.Nested(PersonSchema, required=True, allow_none=True)
    outcome = Choice(OpinionOutcome, required=True, allow_none=True, attribute="opinion.outcome")
    words = fields.String(required=True, allow_none=True, attribute="opinion.words")
    closed_at = fields.AwareDateTime(required=True, allow_none=True, attribute="opinion.closed_at")
    became_revision = fields.Integer(required=True, allow_none=True, attribute="opinion.became_revision")


class SecondOpinionListSchema(Strict):
    """All of them, the newest first."""

    items = fields.List(fields.Nested(SecondOpinionSchema), required=True)
