"""How often is something done, and on which days is that? A rule is RFC 5545's RRULE, of whole local days.

Of that standard we take what a plan says: every so many days, weeks (on which weekdays), months (on which days, or on
which weekday of the month) or years, for so many times or up to a day. Each of these comes to an end or happens again
within a few years, so that no rule loops endlessly; the whole of RFC 5545 has rules that do.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile

from dateutil.rrule import rrulestr

from companion.domain.working_hours import Weekday, weekday

LONGEST = 120
SEARCHED = timedelta(days=5 * 366)
_COUNTED = r"([1-9]|[1-9][0-9]|[1-2][0-9][0-9])"
_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
_PARTS: dict[str, re.Pattern[str]] = {
    "FREQ": re.compile("DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(_COUNTED),
    "COUNT": re.compile(_COUNTED),
    "UNTIL": re.compile("[0-9]{8}", re.ASCII),
    "BYDAY": re.compile(f"(-1|[1-4])?{_DAY}(,(-1|[1-4])?{_DAY}){{0,6}}"),
    "BYMONTHDAY": re.compile("(-1|[1-9]|[12][0-9]|3[01])(,(-1|[1-9]|[12][0-9]|3[01])){0,30}"),
}
# Which parts go with which frequency, and the longest interval of it.
_BY = {"DAILY": (), "WEEKLY": ("BYDAY",), "MONTHLY": ("BYDAY", "BYMONTHDAY"), "YEARLY": ()}
_MOST = {"DAILY": 299, "WEEKLY": 52, "MONTHLY": 12, "YEARLY": 3}
_PLAIN_DAYS = re.compile(f"{_DAY}(,{_DAY})*")


class RuleError(ValueError):
    """The rule is none, or none that we take; says in plain words why. Holds nothing of what was given."""


def happens(rule: str, starts_on: date, due_on: date | None, days_of_week: frozenset[Weekday]) -> bool:
    """Whether the rule has any day, within five years of its start, on one of these weekdays and not after `due_on`.

    Raises:
        RuleError: it is no rule that we take.
    """
    last = min(due_on or date.max, date.max if starts_on > date.max - SEARCHED else starts_on + SEARCHED)
    return any(weekday(day) in days_of_week for day in _from(rule, starts_on, starts_on, last))


@lru_cache(maxsize=4096)
def local_days(
    rule: str | None, starts_on: date | None, due_on: date | None, first: date, last: date
) -> frozenset[date]:
    """The days from `first` to `last` on which it is done: those of the rule, or all if there is none, from its start
    on and not after `due_on`.

    Raises:
        RuleError: it is no rule that we take.
    """
    last = min(last, due_on or last)
    if rule is None or starts_on is None:
        first = max(first, starts_on or first)
        return frozenset(first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return frozenset(_from(rule, starts_on, first, last))


def _from(rule: str, starts_on: date, first: date, last: date) -> Iterator[date]:
    parts = _read(rule, starts_on)
    if parts["FREQ"] in ("DAILY", "WEEKLY") and "COUNT" not in parts and first > starts_on:
        # Whole steps on, the same days follow; without this a rule from years ago is counted through every time.
        step = int(parts.get("INTERVAL", "1")) * (7 if parts["FREQ"] == "WEEKLY" else 1)
        starts_on += timedelta(days=(first - starts_on).days // step * step)
    try:
        found = rrulestr(rule, dtstart=datetime.combine(starts_on, time()))
    except ValueError:
        raise RuleError("Enter a recurrence rule (RFC 5545), like FREQ=WEEKLY;BYDAY=MO.") from None
    days = takewhile(lambda day: day <= last, (moment.date() for moment in found))
    return (day for day in days if day >= first)


def _read(rule: str, starts_on: date) -> dict[str, str]:
    """The parts of a sound rule."""
    named = [part.partition("=")[::2] for part in rule.split(";")]
    parts = dict(named)
    if len(rule) > LONGEST or len(parts) != len(named) or "FREQ" not in parts:
        raise RuleError("Enter a recurrence like FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH, with each part once.")
    for name, value in named:
        if name not in _PARTS or not _PARTS[name].fullmatch(value):
            raise RuleError("Use FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, BYDAY, BYMONTHDAY.")
    frequency = parts["FREQ"]
    if {"COUNT", "UNTIL"} <= parts.keys() or {"BYDAY", "BYMONTHDAY"} <= parts.keys():
        raise RuleError("Use either COUNT or UNTIL, and either BYDAY or BYMONTHDAY.")
    if any(name in parts and name not in _BY[frequency] for name in ("BYDAY", "BYMONTHDAY")):
        raise RuleError("Use BYDAY with WEEKLY or MONTHLY, and BYMONTHDAY with MONTHLY.")
    if int(parts.get("INTERVAL", "1")) > _MOST[frequency]:
        raise RuleError(f"With {frequency} the longest INTERVAL is {_MOST[frequency]}.")
    if frequency == "WEEKLY" and "BYDAY" in parts and not _PLAIN_DAYS.fullmatch(parts["BYDAY"]):
        raise RuleError("With WEEKLY, give the days in BYDAY once each and without numbers.")
    if frequency == "MONTHLY" and "BYDAY" not in parts and not _has_such_days(parts, starts_on):
        raise RuleError("This never happens: none of its months has such a day.")
    return parts


def _has_such_days(parts: dict[str, str], starts_on: date) -> bool:
    """Whether one of the months that a monthly rule comes to has one of its days; in a leap year, as one will come."""
    interval = int(parts.get("INTERVAL", "1"))
    longest = max(monthrange(2028, (starts_on.month - 1 + step * interval) % 12 + 1)[1] for step in range(12))
    days = [int(day) for day in parts.get("BYMONTHDAY", str(starts_on.day)).split(",")]
    return any(day <= longest for day in days)
