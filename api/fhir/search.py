"""What does a search ask for, and which page of what was found is given?"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from api.fhir.element import Element
from api.fhir.resource import updated_at

LAST_UPDATED, COUNT, CURSOR, FORMAT = "_lastUpdated", "_count", "_cursor", "_format"
USUAL, MOST = 20, 100
FORMATS = frozenset({"json", "application/json", "application/fhir+json"})
PREFIXES = frozenset({"eq", "gt", "ge", "lt", "le"})
EARLIEST, LATEST = 1900, 2199
# Of a parameter that is not known, no more is said back.
LONGEST_NAME = 40
WANTED = (
    "write a day (2026-11-02, of UTC) or an instant with its offset (2026-11-02T09:00:00Z; in an address a plus is "
    "%2B), and before it eq, gt, ge, lt or le where that is meant"
)

# Where a resource stands among others: when it last changed, and its id.
Place = tuple[datetime, str]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to before `end`: what a day, a second or a fraction of one covers."""

    prefix: str
    first: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is where the prefix says, with FHIR's meaning of it."""
        rules: dict[str, bool] = {
            "eq": self.first <= moment < self.end,
            "gt": moment >= self.end,
            "ge": moment >= self.first,
            "lt": moment < self.first,
            "le": moment < self.end,
        }
        return rules[self.prefix]


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was understood. `after`: the last that the page before it had."""

    patient_id: UUID
    spans: Sequence[Span]
    count: int
    after: Place | None
    said: Sequence[tuple[str, str]]

    def page(self, found: Sequence[Element]) -> tuple[list[Element], int, str | None]:
        """Which of those that belong to the patient are on this page, how many there are in all, and the cursor of the
        next one. In the order in which they last changed, so that what changes meanwhile comes later, and not never."""
        fits = [each for each in found if all(span.holds(updated_at(each)) for span in self.spans)]
        ordered = sorted(fits, key=_place)
        rest = [each for each in ordered if self.after is None or _place(each) > self.after]
        shown = rest[: self.count]
        return shown, len(fits), _cursor(shown[-1]) if len(rest) > len(shown) else None

    def words(self, cursor: str | None = None) -> str:
        """The search as a query string, for its own address or that of another page."""
        kept = [(name, value) for name, value in self.said if cursor is None or name != CURSOR]
        return urlencode([*kept, *([(CURSOR, cursor)] if cursor else [])])


def understood(asked: MultiDict[str, str], whose: str, own: UUID | None, *, lenient: bool) -> Search:
    """What the parameters ask for. `whose` names the one that says of whom; `own` is who is meant where it is left out.

    Raises:
        BadRequest: a parameter is missing, not as it should be, or, unless `lenient`, not known; each is named.
    """
    readers = {whose: _patient, **READERS}
    read, faults = _taken(asked, readers, lenient=lenient)
    for name, values in read.items():
        if len(values) > 1 and name != LAST_UPDATED:
            faults.setdefault(name, []).append("is given more than once")
    patient_id = next(iter(read[whose]), own)
    if patient_id is None:
        faults.setdefault(whose, ["give the id of one patient"])
    if faults or patient_id is None:
        raise _refused(faults)
    said = [(name, value) for name, value in asked.items(multi=True) if name in readers]
    count, after = (next(iter(read[name]), None) for name in (COUNT, CURSOR))
    return Search(patient_id, read[LAST_UPDATED], count or USUAL, after, said)


def understand_nothing_else(asked: MultiDict[str, str], *, lenient: bool) -> None:
    """See that an address that is no search is asked for no part or form of it that it would not give.

    Raises:
        BadRequest: a parameter is not as it should be, or, unless `lenient`, not known; each is named.
    """
    _, faults = _taken(asked, {FORMAT: _format}, lenient=lenient)
    if faults:
        raise _refused(faults)


def _taken(
    asked: MultiDict[str, str], readers: Mapping[str, Callable[[str], object]], *, lenient: bool
) -> tuple[dict[str, list[Any]], dict[str, list[str]]]:
    """What each parameter means, by its name; and what is wrong, likewise."""
    read: dict[str, list[Any]] = {name: [] for name in readers}
    faults: dict[str, list[str]] = {}
    for name, value in asked.items(multi=True):
        try:
            if name in readers:
                read[name].append(readers[name](value))
            elif not lenient:
                raise ValueError(f"is not known here; known parameters: {', '.join(readers)}")
        except ValueError as error:
            faults.setdefault(name[:LONGEST_NAME], []).append(str(error))
    return read, faults


def _refused(faults: dict[str, list[str]]) -> BadRequest:
    refused = BadRequest()
    refused.data = {"messages": {"query": faults}}  # type: ignore[attr-defined]  # as webargs tells problem.py
    return refused


def _patient(value: str) -> UUID:
    try:
        return UUID(value.removeprefix("Patient/"))
    except ValueError:
        raise ValueError("this is not a patient's id") from None


def _span(value: str) -> Span:
    prefix, rest = (value[:2], value[2:]) if value[:2] in PREFIXES else ("eq", value)
    try:
        if _DATE.fullmatch(rest):
            first, length = datetime.combine(date.fromisoformat(rest), time(), UTC), timedelta(days=1)
        elif found := _INSTANT.fullmatch(rest):
            first = datetime.fromisoformat(rest)
            length = timedelta(seconds=1) / 10 ** max(0, len(found[1] or "") - 1)
        else:
            raise ValueError
        if not EARLIEST <= first.year <= LATEST:
            raise ValueError
    except ValueError:
        raise ValueError(WANTED) from None
    return Span(prefix, first, first + length)


def _count(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or len(value) > 3 or not 1 <= int(value) <= MOST:
        raise ValueError(f"a whole number from 1 to {MOST}")
    return int(value)


def _format(value: str) -> str:
    # An address has a plus for a space.
    if value.replace(" ", "+") not in FORMATS:
        raise ValueError("only JSON is available: application/fhir+json")
    return value


def _cursor(last: Element) -> str:
    moment, resource_id = _place(last)
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {resource_id}".encode()).decode().rstrip("=")


def _after(value: str) -> Place:
    try:
        moment, _, resource_id = base64.b64decode(value + "=" * (-len(value) % 4), b"-_", True).decode().partition(" ")
        found = datetime.fromisoformat(moment), resource_id
        if found[0].tzinfo is None:
            raise ValueError
    except ValueError:
        raise ValueError("copy it unchanged from the link to the next page") from None
    return found


def _place(resource: Element) -> Place:
    return updated_at(resource), resource["id"]


READERS: dict[str, Callable[[str], object]] = {
    LAST_UPDATED: _span,
    COUNT: _count,
    CURSOR: _after,
    FORMAT: _format,
}
