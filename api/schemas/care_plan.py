"""Shapes of a care plan, its revisions and its agreement."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.schemas.field import Choice, Days, Instant, Strict, WallTime, Whole, Words, line_name
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, ActivityStatus, AgreedHow, CarePlanStatus, Content, Goal, Helps

LINE = {
    "description": "Names the line within the plan, for ever. Left out, it is given a name.",
    "example": "helps-1",
}
MOST_LINES = 50


class HelpsSchema(Strict):
    """Something the person already does that helps."""

    line = line_name(metadata=LINE)
    words = Words(500, required=True, metadata={"example": "a short walk after lunch"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Helps:
        return Helps(**data)


class GoalSchema(Strict):
    """What the person hopes for, in their own words."""

    line = line_name(metadata=LINE | {"example": "goal-1"})
    words = Words(500, required=True, metadata={"example": "To pick my granddaughter up from school again"})
    importance = Whole(0, 10, load_default=None, allow_none=True, metadata={"example": 9})
    confidence = Whole(0, 10, load_default=None, allow_none=True, metadata={"example": 5})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Goal:
        return Goal(**data)


class ActivitySchema(Strict):
    """What is to be done, and on which days a nudge may speak of it. A healthy one names its already_helps line."""

    line = line_name(metadata=LINE | {"example": "activity-1"})
    behaviour = Choice(Behaviour, required=True)
    words = Words(500, required=True, metadata={"example": "Keep up the short walk after lunch"})
    nudge_words = Words(
        200,
        load_default=None,
        allow_none=True,
        metadata={"description": "What a text says in place of words", "example": "a short walk after lunch"},
    )
    goal_line = line_name(metadata={"example": "goal-1"})
    already_helps_line = line_name(metadata={"example": "helps-1"})
    days_of_week = Days(required=True, metadata={"example": ["tue", "fri"]})
    time_of_day = WallTime(load_default=None, allow_none=True, metadata={"example": "13:30"})
    status = Choice(ActivityStatus, load_default=ActivityStatus.SCHEDULED)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Activity:
        return Activity(**data)


class ContentSchema(Strict):
    """All that one revision of a plan says."""

    what_matters = Words(5_000, required=True, metadata={"example": "Being there for my family"})
    communicate_how = Words(2_000, load_default=None, allow_none=True)
    please_do = Words(2_000, load_default=None, allow_none=True)
    please_dont = Words(2_000, load_default=None, allow_none=True)
    already_helps = fields.List(fields.Nested(HelpsSchema), load_default=list, validate=validate.Length(max=MOST_LINES))
    goals = fields.List(fields.Nested(GoalSchema), required=True, validate=validate.Length(1, MOST_LINES))
    activities = fields.List(fields.Nested(ActivitySchema), load_default=list, validate=validate.Length(max=MOST_LINES))

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Content:
        for name in ("already_helps", "goals", "activities"):
            data[name] = tuple(data[name])
        return Content(**data)


class RevisionSchema(Strict):
    """A change to a plan: the whole new content, and why."""

    content = fields.Nested(ContentSchema, required=True)
    reason = Words(1_000, required=True, metadata={"example": "Walking has become easier"})


class AgreementSchema(Strict):
    """The patient's yes to the current revision."""

    how = Choice(AgreedHow, required=True)
    agreed_at = Instant(load_default=None, allow_none=True, metadata={"description": "Left out: now"})


class AgreementViewSchema(Strict):
    """When and how the patient agreed, and who wrote it down."""

    revision_number = fields.Integer(required=True)
    how = Choice(AgreedHow, required=True)
    agreed_at = fields.AwareDateTime(required=True)
    recorded_by = fields.UUID(required=True, allow_none=True)


class MoveSchema(Strict):
    """Where the plan goes: on-hold, active again, completed or revoked."""

    status = Choice(CarePlanStatus, required=True)


class RevisionViewSchema(ContentSchema):
    """One revision of a plan, as it was written and for ever."""

    number = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    author_id = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class CarePlanSchema(Strict):
    """A plan's standing. `version` is also the ETag. Nudges follow only from an agreed current revision."""

    id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    status = Choice(CarePlanStatus, required=True)
    current_revision = fields.Integer(required=True)
    agreed_revision = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)


class PlanViewSchema(Strict):
    """A plan with one revision whole, and the patient's agreement to that revision if there is one."""

    plan = fields.Nested(CarePlanSchema, required=True)
    revision = fields.Nested(RevisionViewSchema, required=True)
    agreement = fields.Nested(AgreementViewSchema, required=True, allow_none=True)


class CarePlanListSchema(Strict):
    """A patient's plans, newest first."""

    items = fields.List(fields.Nested(CarePlanSchema), required=True)


class RevisionListSchema(Strict):
    """Every revision of a plan, newest first."""

    items = fields.List(fields.Nested(PlanViewSchema), required=True)
