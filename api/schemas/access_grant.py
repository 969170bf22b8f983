"""Shapes of an access to one record."""

from marshmallow import fields

from api.schemas.field import Choice, Identifier, Strict, Whole, Words
from api.schemas.page import PageSchema
from api.schemas.patient import NHS_NUMBER
from companion.domain.access_grant import MOST_PARTNER_DAYS, PARTNER_DAYS, AccessKind

WHY = {
    "description": "At least 10 characters; the patient may read it",
    "example": "She called, faint, and nobody is in.",
}


class EmergencySchema(Strict):
    """Whose record must be read at once, by id or by NHS number, and why."""

    patient_id = fields.UUID(load_default=None, allow_none=True)
    nhs_number = Identifier("nhs_number", load_default=None, allow_none=True, metadata=NHS_NUMBER)
    reason = Words(500, required=True, metadata=WHY)


class InvitationSchema(Strict):
    """Which clinician of another pain service is asked for a second opinion, why, and for how many days."""

    email = Words(254, required=True, metadata={"example": "eve@demo.example"})
    reason = Words(500, required=True, metadata={"example": "A second opinion on her sleep"})
    days = Whole(1, MOST_PARTNER_DAYS, load_default=PARTNER_DAYS)


class AccessGrantSchema(Strict):
    """An access. patient_id and reason are null for whoever may not see records."""

    id = fields.UUID(required=True, attribute="grant.id")
    kind = Choice(AccessKind, required=True, attribute="grant.kind")
    holder = fields.String(required=True, metadata={"description": "Name of the person who was given access"})
    patient_id = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    from_at = fields.AwareDateTime(required=True, attribute="grant.from_at")
    until_at = fields.AwareDateTime(required=True, attribute="grant.until_at")
    ended_at = fields.AwareDateTime(required=True, allow_none=True, attribute="grant.ended_at")


class AccessGrantListSchema(Strict):
    """Accesses, the one that ends first first."""

    items = fields.List(fields.Nested(AccessGrantSchema), required=True)


class AccessGrantPageSchema(PageSchema):
    """A page of accesses, the newest first."""

    items = fields.List(fields.Nested(AccessGrantSchema), required=True)
