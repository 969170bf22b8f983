"""On which days, and at what time of the patient's own day, could each plan line be nudged?"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from companion.domain.behaviour import Behaviour
from companion.domain.local_time import instant, local
from companion.domain.working_hours import MIDNIGHT, Hours, Weekday, weekday

HORIZON = timedelta(days=14)
# A nudge that could not leave within this long after its moment has missed it (P6).
KEEPS = timedelta(hours=4)
# Left free before the hours end, so that a slow moment does not push the text out of them.
MARGIN_MINUTES = 30
WALLS = tuple(time(*divmod(minute, 60)) for minute in range(24 * 60))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One activity of the current revision: the days it may be spoken of, and its hour if the plan names one."""

    line: str
    behaviour: Behaviour
    days_of_week: frozenset[Weekday]
    time_of_day: time | None


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
    today = local(now, zone_name).date()
    start, last = _span(hours)
    seeds = [f"{plan_id}/{line.line}/" for line in lines]
    found = []
    for day in _days(today, through):
        if not hours.open_on(day, bank_holidays):
            continue
        closes = hours.closes_at(day, zone_name)
        day_of_week, words = weekday(day), str(day)
        for line, seed in zip(lines, seeds, strict=True):
            if day_of_week not in line.days_of_week:
                continue
            wall = line.time_of_day
            if wall is None:
                wall = _drawn_time(start, last, seed + words)
            elif not hours.includes(wall):
                wall = WALLS[start if _minutes(wall) < start else last]
            due = instant(day, wall, zone_name)
            expires = min(due + KEEPS, closes)
            if now < due < expires:
                found.append(Slot(line.line, line.behaviour, day, due, expires))
    return sorted(found, key=lambda slot: (slot.due_at, slot.line))


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _drawn_time(start: int, last: int, seed: str) -> time:
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % max(1, last - start)
    return WALLS[start + drawn]


def _span(hours: Hours) -> tuple[int, int]:
    """The first minute of the hours, and the last at which a text may be due, counted from midnight."""
    start = _minutes(hours.local_start)
    end = 24 * 60 if hours.local_end == MIDNIGHT else _minutes(hours.local_end)
    return start, max(start, end - MARGIN_MINUTES)


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
