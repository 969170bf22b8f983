"""Shapes of a pain service."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from api.schemas.field import Line, Strict, ZoneName
from companion.domain import identifiers
from companion.domain.bank_holiday import REGIONS
from companion.use_cases.pain_service import Opening

# E.164, or the short code of a provider.
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}", re.ASCII)


class Sender(fields.String):
    """A number that texts come from and are answered to, written as the provider writes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        written = identifiers.sender(super()._deserialize(value, attr, data, **kwargs))
        if not _SENDER.fullmatch(written):
            raise ValidationError("Enter the full number, like +447700900000, or the short code.")
        return written


class OpeningSchema(Strict):
    """What is asked of a pain service that begins here. `short_name` signs its texts, `phone` stands in them."""

    name = Line(120, required=True)
    short_name = Line(30, required=True)
    phone = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9+][0-9 ()-]{2,29}\Z", error="Enter a phone number, like 01632 960123."),
    )
    time_zone = ZoneName(load_default="Europe/London")
    bank_holiday_region = fields.String(
        load_default="ENG",
        validate=validate.OneOf(sorted(REGIONS), error="Choose one of: {choices}."),
    )
    sender = Sender(load_default=None, allow_none=True)

    @post_load
    def _opening(self, data: dict[str, Any], **_kwargs: Any) -> Opening:
        return Opening(**data)
