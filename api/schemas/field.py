"""What may a single value look like? Strict: nothing is guessed, trimmed to fit or rounded."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Self

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from companion.domain import identifiers, local_time
from companion.domain.working_hours import WEEK, Weekday

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST_BIRTH = date(1900, 1, 1)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# The patterns stand in the description too, so that a program can check before it asks.
WORDS_PATTERN = r"\S"
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")
LONGEST_IDENTIFIER = 40
LINE_PATTERN = "^[a-z0-9-]{1,40}$"
WALL_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
# RFC 3339. Python reads far more than that: "20261123T0930+00", "2026-W47-1".
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Strict(Schema):
    """A shape that refuses fields it does not know."""

    def __deepcopy__(self, _memo: object) -> Self:
        """Itself: flask-smorest copies all that documents a view for each of its decorators, and changes no shape."""
        return self

    class Meta:
        unknown = RAISE


class Exact(fields.String):
    """From 1 to `longest` characters, kept exactly as they came.

    Any language and any emoji; no control characters but line breaks and tabs, and no halves of characters,
    because a database cannot keep them.
    """

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t\r" for char in text):
            raise ValidationError("Remove characters that are not text.")
        return text


class Words(Exact):
    """What a person wrote: as Exact, with the spaces around it taken off."""

    def __init__(self, longest: int, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(longest, metadata={"pattern": WORDS_PATTERN, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        # A zero-width space is neither a space nor to be seen: a text made of it would say nothing. An emoji that is
        # newer than Python's tables is a character that it does not know, and says something.
        if text and all(unicodedata.category(char) in UNSEEN for char in text):
            raise ValidationError("Enter some visible text.")
        return text


class Line(Words):
    """Words on one line, such as a name: no line breaks and no tabs either."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text):
            raise ValidationError("Enter one line of text.")
        return text


class Choice(fields.Enum[Any]):
    """One of an enum's published words."""

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(words, by_value=fields.String, **kwargs)


def line_name(*, metadata: Mapping[str, Any] | None = None) -> fields.String:
    """The name of a plan line, or none yet: small letters, digits and hyphens."""
    # \Z, because $ would let a line break through behind the name.
    name = validate.Regexp(LINE_PATTERN.replace("$", r"\Z"), error="Use 1 to 40 lowercase letters, digits and hyphens.")
    described = {"pattern": LINE_PATTERN, **(metadata or {})}
    return fields.String(validate=name, allow_none=True, load_default=None, metadata=described)


class StrictBoolean(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number from `least` to `most`. To JSON Schema 3.0 is one too; 3.7, "3" and true are none."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.AwareDateTime):
    """An instant with its offset, such as 2026-11-23T09:30:00+00:00, between the years 2000 and 2199; kept in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        instant = super()._deserialize(value.upper(), attr, data, **kwargs)
        if not _INSTANT.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        if not EARLIEST.year <= instant.year < LATEST.year:
            raise ValidationError("The year must be between 2000 and 2199.")
        return instant.astimezone(UTC)


class Day(fields.Date):
    """A day of the calendar: 2026-11-23."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


class BirthDate(fields.String):
    """The day on which somebody was born, from 1900 on: 1968-04-17. As words, for so it is sealed."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "date", **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        born: date = Day().deserialize(value, attr, data)
        if not EARLIEST_BIRTH <= born < LATEST.date():
            raise ValidationError("Enter a date from 1900 onwards.")
        return born.isoformat()


class Count(fields.Integer):
    """A whole number from `least` to `most` in an address: plain digits."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Identifier(fields.String):
    """An NHS number or a mobile number, in any usual way of writing it; kept in the one way of identifiers.py."""

    def __init__(self, kind: str, *, metadata: Mapping[str, Any], **kwargs: Any) -> None:
        described = {"format": kind.replace("_", "-"), **metadata}
        super().__init__(validate=validate.Length(1, LONGEST_IDENTIFIER), metadata=described, **kwargs)
        self._read = {"nhs_number": identifiers.nhs_number, "mobile": identifiers.mobile}[kind]

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > LONGEST_IDENTIFIER:
            return text  # the length is refused next
        try:
            return self._read(text)
        except identifiers.IdentifierError as error:
            raise ValidationError(str(error)) from error


def _known_zone(name: str) -> None:
    if name not in local_time.known_zones():
        raise ValidationError("Enter a time zone, like Europe/London.")


class ZoneName(fields.String):
    """An IANA time zone name, such as Europe/London."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(validate=_known_zone, metadata={"format": "time-zone", **(metadata or {})}, **kwargs)


class Days(fields.Field[frozenset[Weekday]]):
    """A list of weekdays by FHIR's codes, each once: ["mon", "thu"]."""

    default_error_messages = {"days": "Give a list of days without repeats, from: mon, tue, wed, thu, fri, sat, sun."}  # noqa: RUF012
    described = {  # noqa: RUF012
        "type": "array",
        "items": {"type": "string", "enum": [day.value for day in WEEK]},
        "minItems": 1,
        "uniqueItems": True,
    }

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={**self.described, **(metadata or {})}, **kwargs)

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


class WallTime(fields.Time):
    """A time on the wall clock, to the minute: 09:30."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", metadata={"pattern": WALL_PATTERN, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        if not isinstance(value, str) or not re.fullmatch(WALL_PATTERN, value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)
