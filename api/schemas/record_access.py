"""Shapes of who looked at a record."""

from marshmallow import fields

from api.schemas.field import Strict
from api.schemas.page import PageSchema


class RecordAccessSchema(Strict):
    """One look at a record, or one change of it, in words that the patient may read."""

    recorded_at = fields.AwareDateTime(required=True)
    who = fields.String(required=True, metadata={"example": "Ben Okafor, clinician"})
    what = fields.String(required=True, metadata={"example": "read the care plan"})
    why = fields.String(required=True, allow_none=True, metadata={"description": "If they had to give a reason"})


class RecordAccessPageSchema(PageSchema):
    """One page of them, the latest first."""

    items = fields.List(fields.Nested(RecordAccessSchema), required=True)
