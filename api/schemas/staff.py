"""Shapes of a member of staff."""

from marshmallow import fields, validate

from api.schemas.field import Choice, Exact, Line, Strict
from companion.domain.access import Role

LONGEST_EMAIL = 254
LONGEST_PASSWORD = 200


def email() -> fields.Email:
    """The address of one person."""
    return fields.Email(required=True, validate=validate.Length(max=LONGEST_EMAIL))


def roles() -> fields.List[Role]:
    """At least one."""
    return fields.List(Choice(Role), required=True, validate=validate.Length(1, len(Role)))


class StaffSchema(Strict):
    """What is asked of somebody who comes to work for a pain service."""

    name = Line(120, required=True)
    email = fields.Email(required=True, validate=validate.Length(max=LONGEST_EMAIL))
    password = Exact(LONGEST_PASSWORD, required=True, load_only=True)
    roles = fields.List(Choice(Role), required=True)


class MemberSchema(Strict):
    """Somebody who works for the pain service, or did."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)
    created_at = fields.AwareDateTime(required=True)
    left_at = fields.AwareDateTime(required=True, allow_none=True)
    second_factor = fields.Boolean(required=True, metadata={"description": "Whether they have set one up"})


class MemberListSchema(Strict):
    """Everybody, by name."""

    items = fields.List(fields.Nested(MemberSchema), required=True)


class RolesSchema(Strict):
    """What somebody shall be from now on, and nothing else."""

    roles = roles()
