"""In what do two revisions of a plan differ, line by line?"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from companion.domain.care_plan import PARTS, Content, Line
from companion.domain.working_hours import WEEK

PLAN = "plan"


class Change(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one field of a line said before, and what it says after; None where it said nothing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one line. `part` is where it stands: 'goals', or 'plan' for what is not in lines, with no `line`.

    Of a line that moved only its place is another: `fields` is empty.
    """

    part: str
    line: str | None
    change: Change
    fields: tuple[FieldChange, ...]


def differences(before: Content, after: Content) -> list[Difference]:
    """Everything in which they differ, in the order of the parts: what was removed stands where it was. Equal contents
    have none, and contents that have none are equal. Every line must have its name."""
    found = []
    changed = tuple(changed_fields(before, after, [field.name for field in fields(Content) if field.name not in PARTS]))
    if changed:
        found.append(Difference(PLAN, None, Change.CHANGED, changed))
    for part in PARTS:
        found += _of_part(part, getattr(before, part), getattr(after, part))
    return found


def _of_part(part: str, before: tuple[Line, ...], after: tuple[Line, ...]) -> Iterator[Difference]:
    old, new = {line.line: line for line in before}, {line.line: line for line in after}
    # A line moved if its place among those that stayed is another.
    places = dict(zip((name for name in old if name in new), (name for name in new if name in old), strict=True))
    for name in [*old, *(name for name in new if name not in old)]:
        line = new.get(name) or old[name]
        names = [field.name for field in fields(line) if field.name != "line"]
        changed = tuple(changed_fields(old.get(name), new.get(name), names))
        if name not in new:
            yield Difference(part, name, Change.REMOVED, changed)
        elif name not in old:
            yield Difference(part, name, Change.ADDED, changed)
        else:
            if changed:
                yield Difference(part, name, Change.CHANGED, changed)
            if places[name] != name:
                yield Difference(part, name, Change.MOVED, ())


def changed_fields(before: object, after: object, names: list[str]) -> Iterator[FieldChange]:
    """Which of these attributes say something else; None in place of an object says nothing at all."""
    for name in names:
        was, now = (_said(getattr(each, name, None)) for each in (before, after))
        if was != now:
            yield FieldChange(name, was, now)


def _said(value: Any) -> str | None:
    """A value in words, as the API writes it."""
    if value is None:
        return None
    if isinstance(value, frozenset):
        return " ".join(day for day in WEEK if day in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
