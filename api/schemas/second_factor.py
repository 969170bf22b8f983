"""Shapes of the second step of signing in."""

from marshmallow import fields

from api.schemas.field import Strict
from api.schemas.sign_in import TokenSchema, code


class StandingSchema(Strict):
    """How it stands with one's own."""

    enrolled = fields.Boolean(required=True)
    recovery_codes_left = fields.Integer(required=True)


class SecretSchema(Strict):
    """What an authenticator app wants to know. It is shown this once."""

    secret = fields.String(required=True, metadata={"description": "For typing in when the QR code cannot be scanned"})
    address = fields.String(required=True, metadata={"description": "Content of the QR code: otpauth://…"})


class CodeSchema(Strict):
    """A code that the app shows now."""

    code = code("From the authenticator app", required=True)


class RecoveryCodesSchema(Strict):
    """Ten codes for when the phone is gone, each good for once. They are shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


class ConfirmedSchema(RecoveryCodesSchema):
    """The recovery codes, and the new sign-in: all older ones are over."""

    signed_in = fields.Nested(TokenSchema, required=True)
