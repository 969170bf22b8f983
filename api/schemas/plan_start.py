"""Shapes of how a plan begins with a template, never blindly."""

from typing import Any

from marshmallow import fields, post_load, validate

from api.schemas.field import Choice, Strict, Whole
from companion.domain.care_plan import MOST_LINES
from companion.domain.plan_template import Decided, Decision, Start

# More than any template will have, and less than a database's integer holds.
MOST_VERSIONS = 1_000_000
# Fifty lines in each of a template's parts, and five of the flare-up plan.
MOST_DECISIONS = 3 * MOST_LINES + 5


class DecisionSchema(Strict):
    """What becomes of one line of the template. A changed one stands in the plan, under the same name."""

    line = fields.String(required=True, validate=validate.Length(1, 40), metadata={"example": "activity-1"})
    decision = Choice(Decision, required=True)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Decided:
        return Decided(**data)


class StartSchema(Strict):
    """The approved version of a template that a plan begins with, and what becomes of every one of its lines."""

    template_id = fields.UUID(required=True)
    number = Whole(1, MOST_VERSIONS, required=True, metadata={"description": "Which version", "example": 1})
    decisions = fields.List(fields.Nested(DecisionSchema), required=True, validate=validate.Length(max=MOST_DECISIONS))

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Start:
        return Start(**data | {"decisions": tuple(data["decisions"])})


class StartViewSchema(Strict):
    """With which version of which template a plan began, who had approved it, and what became of its lines."""

    template_id = fields.UUID(required=True, attribute="start.template_id")
    number = fields.Integer(required=True, attribute="start.template_number")
    name = fields.String(required=True)
    approved_by = fields.UUID(required=True, attribute="start.approved_by")
    kept = fields.List(fields.String(), required=True, attribute="start.kept")
    changed = fields.List(fields.String(), required=True, attribute="start.changed")
    left_out = fields.List(fields.String(), required=True, attribute="start.left_out")
