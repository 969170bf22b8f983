"""Shapes of the templates that plans begin with."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.schemas.care_plan import LINE, MedicineSchema, NeedSchema
from api.schemas.field import Choice, Days, Line, Strict, WallTime, Words, line_name
from api.schemas.page import PageQuery, PageSchema
from api.web.problem import DifferenceSchema
from companion.domain import recurrence
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import MOST_LINES, Activity, DoneBy
from companion.domain.plan_template import TEMPLATE_PARTS, Prompts, Template, TemplateStatus
from companion.domain.working_hours import WEEK

EMPTY: dict[str, Any] = {"load_default": None, "allow_none": True}


class PromptsSchema(Strict):
    """What to ask the person, by the part of the plan that the answer goes into."""

    what_matters = Words(2_000, required=True, metadata={"example": "What matters most to you at the moment?"})
    goals = Words(2_000, required=True, metadata={"example": "What would you like to be able to do again?"})
    already_helps = Words(2_000, **EMPTY)
    important_people = Words(2_000, **EMPTY)
    communicate_how = Words(2_000, **EMPTY)
    please_do = Words(2_000, **EMPTY)
    please_dont = Words(2_000, **EMPTY)
    contacts = Words(2_000, **EMPTY)
    review_on = Words(2_000, **EMPTY)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Prompts:
        return Prompts(**data)


class TemplateActivitySchema(Strict):
    """Something to start from. It has no day and no goal, and is never a healthy one: those are one person's own."""

    line = line_name(metadata=LINE | {"example": "activity-1"})
    behaviour = Choice(Behaviour, required=True)
    words = Words(500, required=True, metadata={"example": "Ask about an exercise group that suits me"})
    nudge_words = Words(200, **EMPTY, metadata={"description": "Shorter words to use in a text"})
    days_of_week = Days(
        metadata={"description": "Any day if left out and there is a recurrence", "example": ["tue", "fri"]}
    )
    time_of_day = WallTime(**EMPTY, metadata={"example": "13:30"})
    done_by = Choice(DoneBy, load_default=DoneBy.PATIENT)
    recurrence = Line(
        recurrence.LONGEST,
        **EMPTY,
        metadata={
            "description": "As in a plan's activity, without UNTIL; counted from the day the plan starts",
            "example": "FREQ=WEEKLY;BYDAY=FR",
        },
    )

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Activity:
        data.setdefault("days_of_week", frozenset(WEEK if data["recurrence"] else ()))
        return Activity(**data)


class TemplateSchema(Strict):
    """All that one version says: for whom it is, what to ask them, and lines to start from."""

    name = Line(200, required=True, metadata={"example": "New referral, widespread pain"})
    suits = Words(2_000, required=True, metadata={"example": "People newly referred with pain in many places"})
    prompts = fields.Nested(PromptsSchema, required=True)
    needs = fields.List(fields.Nested(NeedSchema), load_default=list, validate=validate.Length(max=MOST_LINES))
    activities = fields.List(
        fields.Nested(TemplateActivitySchema), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    medicines_to_review = fields.List(
        fields.Nested(MedicineSchema), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    flare_early_signs = Words(2_000, **EMPTY)
    flare_first_steps = Words(2_000, **EMPTY)
    flare_avoid = Words(2_000, **EMPTY)
    flare_contact = Words(2_000, **EMPTY)
    flare_urgent_help = Words(2_000, **EMPTY)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Template:
        for part in TEMPLATE_PARTS:
            data[part] = tuple(data[part])
        return Template(**data)


class TemplateRevisionSchema(Strict):
    """The next version of a template, whole, and why."""

    content = fields.Nested(TemplateSchema, required=True)
    reason = Words(1_000, required=True, metadata={"example": "People asked for something on sleep"})


class TemplateMoveSchema(Strict):
    """Where the template goes: active, or retired for good."""

    status = Choice(TemplateStatus, required=True)


class TemplateViewSchema(Strict):
    """A template with one of its versions. Plans begin with the version `approved_number` of an active one alone.

    `version` is the ETag. author_id null: it came with the product. approved_at null: its words are a draft.
    """

    id = fields.UUID(required=True, attribute="template.id")
    status = Choice(TemplateStatus, required=True, attribute="template.status")
    current_number = fields.Integer(required=True, attribute="template.current_number")
    approved_number = fields.Integer(required=True, allow_none=True, attribute="template.approved_number")
    version = fields.Integer(required=True, attribute="template.version")
    number = fields.Integer(required=True, attribute="version.number")
    content = fields.Nested(TemplateSchema, required=True, attribute="said")
    reason = fields.String(required=True, allow_none=True, attribute="version.reason")
    author_id = fields.UUID(required=True, allow_none=True, attribute="version.author_id")
    recorded_at = fields.AwareDateTime(required=True, attribute="version.recorded_at")
    approved_by = fields.UUID(required=True, allow_none=True, attribute="version.approved_by")
    approved_at = fields.AwareDateTime(required=True, allow_none=True, attribute="version.approved_at")


class TemplateQuery(PageQuery):
    """Which page, and of which status; left out, of any."""

    status = Choice(TemplateStatus, load_default=None)


class TemplatePageSchema(PageSchema):
    """A page of the templates, each with its newest version."""

    items = fields.List(fields.Nested(TemplateViewSchema), required=True)


class TemplateVersionsSchema(Strict):
    """Every version of a template, the newest first."""

    items = fields.List(fields.Nested(TemplateViewSchema), required=True)


class TemplateComparisonSchema(Strict):
    """What one version says otherwise than another, line by line; nothing if they say the same."""

    base = fields.Integer(required=True)
    other = fields.Integer(required=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)
