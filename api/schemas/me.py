"""Shapes of what a patient sees of their own."""

from marshmallow import fields

from api.schemas.care_plan import ContentSchema
from api.schemas.field import Strict


class OwnServiceSchema(Strict):
    """The pain service that cares for them."""

    name = fields.String(required=True)
    phone = fields.String(required=True)


class MeSchema(Strict):
    """Who is signed in, and what is on."""

    given_name = fields.String(required=True)
    pain_service = fields.Nested(OwnServiceSchema, required=True)
    texts_are_on = fields.Boolean(required=True)
    has_plan = fields.Boolean(required=True, metadata={"description": "True if they have agreed to a plan"})


class OwnPlanSchema(ContentSchema):
    """The plan that they agreed to. What staff noted about it for each other is not in it."""

    care_plan_id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata={"description": "Number of the revision they agreed to"})
