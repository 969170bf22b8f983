"""Shapes of a password that is chosen by a link."""

from marshmallow import fields, validate

from api.schemas.field import Exact, Strict
from api.schemas.staff import LONGEST_EMAIL, LONGEST_PASSWORD


class ForgottenSchema(Strict):
    """Whose password was forgotten."""

    email = fields.Email(required=True, validate=validate.Length(max=LONGEST_EMAIL))


class ChosenSchema(Strict):
    """The new one."""

    new_password = Exact(LONGEST_PASSWORD, required=True, load_only=True)
