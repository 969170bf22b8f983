"""Shapes of signing in."""

from marshmallow import fields, validate

from api.schemas.field import Choice, Exact, Strict, Words
from companion.domain.access import Role


class SignInSchema(Strict):
    """What a member of staff signs in with."""

    email = Words(254, required=True, metadata={"example": "ben@demo.example"})
    password = Exact(200, required=True, load_only=True)


class SignedInSchema(Strict):
    """Who is signed in."""

    name = fields.String(required=True)
    pain_service = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)
    expires_at = fields.AwareDateTime(required=True)


class TokenSchema(SignedInSchema):
    """Who is signed in, with the token for 'Authorization: Bearer …'. It is shown this once."""

    token = fields.String(required=True, validate=validate.Length(1))
