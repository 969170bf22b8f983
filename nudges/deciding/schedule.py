"""On which days, and at what time of the patient's own day, could each plan line be nudged?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from companion.domain.behaviour import Behaviour
from companion.domain.local_time import instant, local, steady_offset
from companion.domain.recurrence import local_days
from companion.domain.working_hours import MIDNIGHT, Hours, Weekday, weekday

HORIZON = timedelta(days=14)
# A nudge that could not leave within this long after its moment has missed it (P6).
KEEPS = timedelta(hours=4)
# Left free before the hours end, so that a slow moment does not push the text out of them.
MARGIN_MINUTES = 30
MINUTES = tuple(timedelta(minutes=minute) for minute in range(24 * 60 + 1))


class PlanLine(NamedTuple):
    """One activity of the current revision: the days it may be spoken of, and its hour if the plan names one.

    Most are spoken of in every week alike. Of others the plan says how often (recurrence.py), from when, or by when.
    """

    line: str
    behaviour: Behaviour
    days_of_week: frozenset[Weekday]
    time_of_day: time | None
    recurrence: str | None = None
    starts_on: date | None = None
    due_on: date | None = None


class Slot(NamedTuple):
    """One day of one line. `slot_on` is the patient's local day; the other two are UTC instants."""

    line: str
    behaviour: Behaviour
    slot_on: date
    due_at: datetime
    expires_at: datetime


def slots(
    plan_id: UUID,
    lines: Sequence[PlanLine],
    hours: Hours,
    zone_name: str,
    bank_holidays: frozenset[date],
    now: datetime,
    through: date,
) -> list[Slot]:
    """Every slot after `now` and up to the local day `through`, by due time.

    A line with an hour of its own gets it, or the nearest one in the hours. For the others the minute is drawn from
    the plan, the line and the day, so that texts do not always come at the same minute. The same arguments give the
    same slots, so a second planning run changes nothing.
    """
    start, last = _span(hours)
    end = _since_midnight(hours.local_end) or MINUTES[-1]
    plan = str(plan_id)
    today = local(now, zone_name).date()
    asked = [
        (line, _own_time(line, hours, start, last), f"{plan}/{line.line}/", _own_days(line, today, through))
        for line in lines
    ]
    found = []
    holidays = frozenset() if hours.on_bank_holidays else bank_holidays
    for day, day_of_week, words, midnight in _days(today, through, zone_name, hours.days_of_week, holidays):
        closes = hours.closes_at(day, zone_name) if midnight is None else midnight + end
        for line, own, seed, own_days in asked:
            if day_of_week not in line.days_of_week or (own_days is not None and day not in own_days):
                continue
            wall = MINUTES[_drawn(start, last, seed + words)] if own is None else own
            due = instant(day, _wall(wall), zone_name) if midnight is None else midnight + wall
            expires = due + KEEPS
            if expires > closes:
                expires = closes
            if now < due < expires:
                found.append(Slot(line.line, line.behaviour, day, due, expires))
    return sorted(found, key=by_due_time)


def by_due_time(slot: Slot) -> tuple[datetime, str]:
    """What slots are sorted by."""
    return slot.due_at, slot.line


@lru_cache(maxsize=4096)
def _days(
    first: date, last: date, zone_name: str, days_of_week: frozenset[Weekday], closed_on: frozenset[date]
) -> list[tuple[date, Weekday, str, datetime | None]]:
    """Each day on which texts may go, with its day of the week, its ISO name and the UTC instant at which it begins in
    the zone; None instead of that if the zone's clock is changed on it. Many people in a planning run ask for the same.
    """
    found = []
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if weekday(day) in days_of_week and day not in closed_on:
            offset = steady_offset(day, zone_name)
            midnight = None if offset is None else datetime.combine(day, MIDNIGHT, UTC) - offset
            found.append((day, weekday(day), day.isoformat(), midnight))
    return found


def _own_days(line: PlanLine, first: date, last: date) -> frozenset[date] | None:
    """The days on which the line is due; None, as of most, if it is every week alike."""
    if line.recurrence is None and line.starts_on is None and line.due_on is None:
        return None
    return local_days(line.recurrence, line.starts_on, line.due_on, first, last)


def _own_time(line: PlanLine, hours: Hours, start: int, last: int) -> timedelta | None:
    """The line's own time on the wall, or the nearest one in the hours; None if it has none."""
    wall = line.time_of_day
    if wall is None:
        return None
    return _since_midnight(wall) if hours.includes(wall) else MINUTES[start if _minutes(wall) < start else last]


def _drawn(start: int, last: int, seed: str) -> int:
    return start + int.from_bytes(sha256(seed.encode()).digest()[:8], "big") % max(1, last - start)


def _span(hours: Hours) -> tuple[int, int]:
    """The first minute of the hours, and the last at which a text may be due, counted from midnight."""
    start = _minutes(hours.local_start)
    end = 24 * 60 if hours.local_end == MIDNIGHT else _minutes(hours.local_end)
    return start, max(start, end - MARGIN_MINUTES)


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _wall(since_midnight: timedelta) -> time:
    return (datetime.combine(date.min, MIDNIGHT, UTC) + since_midnight).time()
