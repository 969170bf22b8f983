"""Shapes of how patients sign in, and where they are signed in."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from api.schemas.field import BirthDate, Choice, Exact, Identifier, Line, Strict
from companion.domain.device import DeviceKind
from companion.domain.second_fact import Fact

_SPACES = re.compile(r"[\s-]")
_CODE = re.compile(r"[0-9]{6}")


class Code(fields.String):
    """Six digits, however they are spaced."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = code_typed(super()._deserialize(value, attr, data, **kwargs))
        if code is None:
            raise ValidationError("Enter the 6-digit code, like 123456.")
        return code


class CodeRequestSchema(Strict):
    """The number that a code is wanted for."""

    mobile = Identifier("mobile", required=True, load_only=True, metadata={"example": "07700 900101"})


class AskedSchema(Strict):
    """The same, whether or not the number is known."""

    detail = fields.String(required=True)


class CodeUseSchema(CodeRequestSchema):
    """The code that came, what the person knows, and what the app calls itself in the list of devices."""

    code = Code(required=True, load_only=True, metadata={"pattern": "^[0-9]{6}$", "example": "012345"})
    birth_date = BirthDate(load_default=None, allow_none=True, load_only=True, metadata={"example": "1968-04-17"})
    nhs_number_ending = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Regexp(r"[0-9]{4}\Z", error="Enter the last 4 digits, like 0018."),
        metadata={"pattern": "^[0-9]{4}$", "example": "0018"},
    )
    device = Line(60, load_default=None, allow_none=True, metadata={"example": "Amina's phone"})

    @validates_schema
    def _something(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data.get("birth_date") and not data.get("nhs_number_ending"):
            raise ValidationError("Enter the date of birth or the last 4 digits of the NHS number.", "birth_date")

    @post_load
    def _fact(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        fact = Fact(data.pop("birth_date"), data.pop("nhs_number_ending"))
        return {**data, "fact": fact}


def mobile_typed(mobile: str) -> str | None:
    """The number that somebody typed on a page, as it is kept; None if it is none that may be texted."""
    try:
        found: str = CodeRequestSchema().load({"mobile": mobile})["mobile"]
    except ValidationError:
        return None
    return found


def code_typed(code: str) -> str | None:
    """The six digits that somebody typed on a page; None if they are not."""
    digits = _SPACES.sub("", code[:40])
    return digits if _CODE.fullmatch(digits) else None


class RefreshSchema(Strict):
    """The refresh token that came last."""

    refresh_token = Exact(200, required=True, load_only=True)


class TokensSchema(Strict):
    """Shown this once. Send the access token with every request as 'Authorization: Bearer …'."""

    access_token = fields.String(required=True)
    access_expires_at = fields.AwareDateTime(required=True)
    refresh_token = fields.String(required=True)
    refresh_expires_at = fields.AwareDateTime(required=True)
    device_id = fields.UUID(required=True)


class DeviceSchema(Strict):
    """One phone or page on which they are signed in."""

    id = fields.UUID(required=True)
    kind = Choice(DeviceKind, required=True)
    name = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    is_this_one = fields.Boolean(required=True)


class DevicesSchema(Strict):
    """All of them, the latest first."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)
