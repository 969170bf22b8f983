"""Shapes of signing in."""

from marshmallow import fields, validate

from api.schemas.field import Choice, Exact, Strict, Words
from companion.domain.access import Role
from companion.domain.sign_in import Factor, SignInDoor

LONGEST_CODE = 20
LONGEST_DEVICE = 100


def code(words: str, *, required: bool = False) -> Exact:
    """A code of an app, or a recovery code."""
    described = {"example": "492039", "description": words}
    return Exact(LONGEST_CODE, required=required, load_only=True, metadata=described)


class SignInSchema(Strict):
    """What a member of staff signs in with, all at once."""

    email = Words(254, required=True, metadata={"example": "ben@demo.example"})
    password = Exact(200, required=True, load_only=True)
    code = code("From the authenticator app, or a recovery code; required once a second step is set up")
    device = Exact(
        LONGEST_DEVICE,
        load_only=True,
        metadata={"description": "The device token this device was given at an earlier sign-in"},
    )


class SignedInSchema(Strict):
    """Who is signed in."""

    name = fields.String(required=True)
    pain_service = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "Latest end; it ends earlier after 30 minutes without a request"}
    )
    factor = Choice(Factor, required=True)


class TokenSchema(SignedInSchema):
    """Who is signed in, with the token for 'Authorization: Bearer …'. It is shown this once."""

    token = fields.String(required=True, validate=validate.Length(1))
    device = fields.String(
        required=True,
        metadata={"description": "Keep it and send it at the next sign-in: others cannot lock out a known device"},
    )


class OneSignInSchema(Strict):
    """One of one's own sign-ins that still hold."""

    id = fields.UUID(required=True)
    door = Choice(SignInDoor, required=True, metadata={"description": "api: a program. page: a browser"})
    factor = Choice(Factor, required=True)
    created_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, metadata={"description": "To the minute"})
    expires_at = fields.AwareDateTime(required=True)


class SignInListSchema(Strict):
    """Where one is signed in, the newest first."""

    items = fields.List(fields.Nested(OneSignInSchema), required=True)
    current_id = fields.UUID(required=True, metadata={"description": "True for the sign-in this request was made with"})


class PasswordSchema(Strict):
    """Another password, and what shows that it is the person who asks."""

    current_password = Exact(200, required=True, load_only=True)
    new_password = Exact(200, required=True, load_only=True)
    code = code("Required once a second step is set up")
