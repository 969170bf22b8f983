"""Shapes of the words the product says."""

from marshmallow import fields

from api.schemas.field import Choice, Strict
from companion.domain.wording import WordingPurpose


class WordingSchema(Strict):
    """A wording; approved_at null means a draft that says nothing to anybody."""

    id = fields.UUID(required=True)
    purpose = Choice(WordingPurpose, required=True)
    version = fields.Integer(required=True)
    body = fields.String(required=True)
    approved_by = fields.UUID(required=True, allow_none=True)
    approved_at = fields.AwareDateTime(required=True, allow_none=True)


class WordingListSchema(Strict):
    """Every wording of the pain service."""

    items = fields.List(fields.Nested(WordingSchema), required=True)
