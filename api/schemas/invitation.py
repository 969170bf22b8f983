"""Shapes of an invitation."""

from marshmallow import fields

from api.schemas.field import Choice, Exact, Line, Strict
from api.schemas.staff import LONGEST_PASSWORD, email, roles
from companion.domain.access import Role
from companion.domain.invitation import InvitationStatus, MailStatus


class InviteSchema(Strict):
    """Whom to ask to come, and what they shall be."""

    name = Line(120, required=True, metadata={"example": "Ben Okafor"})
    email = email()
    roles = roles()


class InvitedSchema(Strict):
    """An invitation. Its link is in the e-mail alone."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)
    status = Choice(InvitationStatus, required=True)
    mail_status = Choice(MailStatus, required=True, metadata={"description": "What became of the e-mail"})
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class InvitedListSchema(Strict):
    """Every invitation, the newest first."""

    items = fields.List(fields.Nested(InvitedSchema), required=True)


class AcceptanceSchema(Strict):
    """What is asked of somebody who comes in by a link."""

    name = Line(120, required=True)
    password = Exact(LONGEST_PASSWORD, required=True, load_only=True)
