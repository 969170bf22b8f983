"""Shapes of a care plan, its revisions and its agreement."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.schemas.field import Choice, Day, Days, Instant, Line, Strict, WallTime, Whole, Words, line_name
from api.schemas.plan_start import StartSchema, StartViewSchema
from api.web.problem import DifferenceSchema
from companion.domain import recurrence
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import (
    MOST_LINES,
    PARTS,
    Activity,
    ActivityStatus,
    AgreedHow,
    CarePlanStatus,
    Contact,
    ContactKind,
    Content,
    DoneBy,
    Goal,
    Helps,
    Medicine,
    Need,
    NeedKind,
)
from companion.domain.working_hours import WEEK

LINE = {
    "description": "Permanent name of the line within the plan. Assigned if left out.",
    "example": "helps-1",
}
# More than any plan will have, and less than a database's integer holds.
MOST_REVISIONS = 1_000_000


class HelpsSchema(Strict):
    """Something the person already does that helps."""

    line = line_name(metadata=LINE)
    words = Words(500, required=True, metadata={"example": "a short walk after lunch"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Helps:
        return Helps(**data)


class NeedSchema(Strict):
    """A need, concern or problem. Several conditions may stand beside each other, each with its needs."""

    line = line_name(metadata=LINE | {"example": "need-1"})
    kind = Choice(NeedKind, required=True)
    words = Words(500, required=True, metadata={"example": "Sleeps badly since the spring"})
    condition = Words(200, load_default=None, allow_none=True, metadata={"example": "Chronic pain"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Need:
        return Need(**data)


class MedicineSchema(Strict):
    """A medicine to talk about at the review: never a dose, and never what to take."""

    line = line_name(metadata=LINE | {"example": "medicine-1"})
    words = Words(200, required=True, metadata={"example": "Codeine"})
    why = Words(500, load_default=None, allow_none=True, metadata={"example": "Makes her drowsy in the mornings"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Medicine:
        return Medicine(**data)


class ContactSchema(Strict):
    """A carer, or somebody to turn to if things go wrong."""

    line = line_name(metadata=LINE | {"example": "contact-1"})
    kind = Choice(ContactKind, required=True)
    words = Words(200, required=True, metadata={"example": "Yusuf, her brother, who lives next door"})
    phone = Line(40, load_default=None, allow_none=True, metadata={"example": "07700 900123"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Contact:
        return Contact(**data)


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
        metadata={"description": "Shorter words to use in a text", "example": "a short walk after lunch"},
    )
    goal_line = line_name(metadata={"example": "goal-1"})
    already_helps_line = line_name(metadata={"example": "helps-1"})
    days_of_week = Days(
        metadata={
            "description": "Days on which a text may mention it. Any day if left out and there is a recurrence",
            "example": ["tue", "fri"],
        }
    )
    time_of_day = WallTime(load_default=None, allow_none=True, metadata={"example": "13:30"})
    status = Choice(ActivityStatus, load_default=ActivityStatus.SCHEDULED)
    done_by = Choice(DoneBy, load_default=DoneBy.PATIENT)
    recurrence = Line(
        recurrence.LONGEST,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "How often: an RRULE (RFC 5545) of whole days, counted from starts_on. FREQ DAILY, WEEKLY "
            "(with BYDAY), MONTHLY (with BYDAY or BYMONTHDAY) or YEARLY; INTERVAL; COUNT or UNTIL",
            "example": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR",
        },
    )
    starts_on = Day(
        load_default=None, allow_none=True, metadata={"description": "Today if left out and there is a recurrence"}
    )
    due_on = Day(load_default=None, allow_none=True, metadata={"description": "Last day"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Activity:
        data.setdefault("days_of_week", frozenset(WEEK if data["recurrence"] else ()))
        return Activity(**data)


class ContentSchema(Strict):
    """All that one revision of a plan says."""

    what_matters = Words(5_000, required=True, metadata={"example": "Being there for my family"})
    important_people = Words(2_000, load_default=None, allow_none=True)
    communicate_how = Words(2_000, load_default=None, allow_none=True)
    please_do = Words(2_000, load_default=None, allow_none=True)
    please_dont = Words(2_000, load_default=None, allow_none=True)
    already_helps = fields.List(fields.Nested(HelpsSchema), load_default=list, validate=validate.Length(max=MOST_LINES))
    goals = fields.List(fields.Nested(GoalSchema), required=True, validate=validate.Length(1, MOST_LINES))
    activities = fields.List(fields.Nested(ActivitySchema), load_default=list, validate=validate.Length(max=MOST_LINES))

    needs = fields.List(fields.Nested(NeedSchema), load_default=list, validate=validate.Length(max=MOST_LINES))
    medicines_to_review = fields.List(
        fields.Nested(MedicineSchema), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    contacts = fields.List(fields.Nested(ContactSchema), load_default=list, validate=validate.Length(max=MOST_LINES))
    flare_early_signs = Words(2_000, load_default=None, allow_none=True)
    flare_first_steps = Words(2_000, load_default=None, allow_none=True)
    flare_avoid = Words(2_000, load_default=None, allow_none=True)
    flare_contact = Words(2_000, load_default=None, allow_none=True)
    flare_urgent_help = Words(2_000, load_default=None, allow_none=True)
    review_on = Day(load_default=None, allow_none=True)
    reviewer_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "The member of staff who reviews it"}
    )

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Content:
        for name in PARTS:
            data[name] = tuple(data[name])
        return Content(**data)


class DraftSchema(ContentSchema):
    """A new plan. Where it begins with a template, this is what the person and the clinician say themselves."""

    template = fields.Nested(StartSchema, load_default=None, allow_none=True)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        start = data.pop("template")
        return super()._value(data), start


class RevisionSchema(Strict):
    """A change to a plan: the whole new content, and why."""

    content = fields.Nested(ContentSchema, required=True)
    reason = Words(1_000, required=True, metadata={"example": "Walking has become easier"})


class RestorationSchema(Strict):
    """Which revision the next one shall say again, and why."""

    number = Whole(1, MOST_REVISIONS, required=True, metadata={"example": 1})
    reason = Words(1_000, required=True, metadata={"example": "The new exercises were too much"})


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
    """One revision of a plan, exactly as it was saved."""

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
    """A plan with one revision whole, the patient's agreement to that revision, and the template it began with, if
    any."""

    plan = fields.Nested(CarePlanSchema, required=True)
    revision = fields.Nested(RevisionViewSchema, required=True)
    agreement = fields.Nested(AgreementViewSchema, required=True, allow_none=True)
    second_opinion_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The second opinion that led to this revision"}
    )
    template = fields.Nested(StartViewSchema, required=True, allow_none=True, attribute="start")


class CarePlanListSchema(Strict):
    """A patient's plans, newest first."""

    items = fields.List(fields.Nested(CarePlanSchema), required=True)


class RevisionItemSchema(PlanViewSchema):
    """A revision with what it changed in the one before it."""

    differences = fields.List(fields.Nested(DifferenceSchema), required=True)


class RevisionListSchema(Strict):
    """Every revision of a plan, newest first."""

    items = fields.List(fields.Nested(RevisionItemSchema), required=True)


class ComparisonSchema(Strict):
    """What one revision says otherwise than another, line by line; nothing if they say the same."""

    base = fields.Integer(required=True)
    other = fields.Integer(required=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)
