"""Shapes of a member of staff."""

from marshmallow import fields, validate

from api.schemas.field import Choice, Exact, Line, Strict
from companion.domain.access import Role

LONGEST_EMAIL = 254
LONGEST_PASSWORD = 200


class StaffSchema(Strict):
    """What is asked of somebody who comes to work for a pain service."""

    name = Line(120, required=True)
    email = fields.Email(required=True, validate=validate.Length(max=LONGEST_EMAIL))
    password = Exact(LONGEST_PASSWORD, required=True, load_only=True)
    roles = fields.List(Choice(Role), required=True)
