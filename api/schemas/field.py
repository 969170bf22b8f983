"""What may a single value look like? Strict: nothing is guessed, trimmed to fit or rounded."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from companion.domain import identifiers, local_time
from companion.domain.working_hours import WEEK, Weekday

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Strict(Schema):
    """A shape that refuses fields it does not know."""

    class Meta:
        unknown = RAISE


class Words(fields.String):
    """What a person wrote, from 1 to `longest` characters, spaces around it taken off.

    Any language and any emoji; no control characters but line breaks and tabs, and no halves of characters,
    because a database cannot keep them.
    """

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t\r" for char in text):
            raise ValidationError("It holds characters that are not text.")
        return text.strip()


class StrictBoolean(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number from `least` to `most`; 3.7 and "3" are none."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, str | bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.AwareDateTime):
    """An instant with its offset, such as 2026-11-23T09:30:00+00:00, between the years 2000 and 2199."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        instant = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST.year <= instant.year < LATEST.year:
            raise ValidationError("It must lie between the years 2000 and 2199.")
        return instant


class Identifier(fields.String):
    """An NHS number or a mobile number, in any usual way of writing it; kept in the one way of identifiers.py."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, 40), **kwargs)
        self._read = {"nhs_number": identifiers.nhs_number, "mobile": identifiers.mobile}[kind]

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return self._read(text[:40])
        except identifiers.IdentifierError as error:
            raise ValidationError(str(error)) from error


def _known_zone(name: str) -> None:
    if name not in local_time.known_zones():
        raise ValidationError("No such time zone; use a name like Europe/London.")


class ZoneName(fields.String):
    """An IANA time zone name, such as Europe/London."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_known_zone, **kwargs)


class Days(fields.Field[frozenset[Weekday]]):
    """A list of weekdays by FHIR's codes, each once: ["mon", "thu"]."""

    default_error_messages = {"days": "Give a list of different days out of: mon, tue, wed, thu, fri, sat, sun."}  # noqa: RUF012

    def _serialize(
        self, value: frozenset[Weekday] | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> list[str] | None:
        return None if value is None else [day.value for day in WEEK if day in value]

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> frozenset[Weekday]:
        known = {day.value for day in WEEK}
        listed = isinstance(value, list) and all(isinstance(day, str) and day in known for day in value)
        if not listed or not value or len(set(value)) != len(value):
            raise self.make_error("days")
        return frozenset(Weekday(day) for day in value)


def wall_time(**kwargs: Any) -> fields.Time:
    """A time on the wall clock, to the minute: 09:30."""
    return fields.Time(format="%H:%M", **kwargs)
