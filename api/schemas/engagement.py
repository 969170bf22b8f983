"""Shapes of the manager's figures."""

from marshmallow import EXCLUDE, Schema, fields

from api.schemas.field import Day, Strict


class PeriodQuery(Schema):
    """Two days, both in. What else stands in the query string is left alone."""

    class Meta:
        unknown = EXCLUDE

    from_on = Day(required=True, metadata={"example": "2026-11-09"})
    to_on = Day(required=True, metadata={"example": "2026-11-22"})


class TallySchema(Strict):
    """Counts of nudges. planned = waiting + sent + skipped + lapsed; delivered, failed and unknown are among sent."""

    planned = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    answered = fields.Integer(required=True, metadata={"description": "Nudges with at least one answer"})
    failed = fields.Integer(required=True)
    unknown_ = fields.Integer(required=True, data_key="unknown", attribute="unknown")
    skipped = fields.Integer(required=True)
    lapsed = fields.Integer(required=True)
    replaced = fields.Integer(required=True, metadata={"description": "Cancelled: the plan had changed"})
    held_back = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "By reason"}
    )


class FiguresSchema(Strict):
    """What became of the nudges of the period, by behaviour and in all."""

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    people = fields.Integer(required=True, metadata={"description": "How many people were texted"})
    behaviours = fields.Dict(keys=fields.String(), values=fields.Nested(TallySchema), required=True)
    total = fields.Nested(TallySchema, required=True)
    counted_at = fields.AwareDateTime(required=True)
