"""When is it open: on which days, and between which hours of a wall clock?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from companion.domain.local_time import again, end_of_day, instant, local

MIDNIGHT = time(0)


class Weekday(StrEnum):
    """FHIR's DaysOfWeek codes, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    # Enum's own hash is slow, and whether a day is among the chosen ones is asked millions of times in a planning run.
    __hash__ = str.__hash__


WEEK = tuple(Weekday)


def weekday(day: date) -> Weekday:
    """The day of the week of a date."""
    return WEEK[day.weekday()]


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of the day, on some days of the week, in which a nudge may leave (P2).

    `local_start` is in, `local_end` is out; an end of 00:00 means midnight at the end of the day.
    """

    local_start: time
    local_end: time
    days_of_week: frozenset[Weekday]
    on_bank_holidays: bool = False

    def includes(self, wall: time) -> bool:
        """Whether the wall clock's time is within the hours."""
        return self.local_start <= wall and (self.local_end == MIDNIGHT or wall < self.local_end)

    def open_on(self, day: date, bank_holidays: frozenset[date]) -> bool:
        """Whether nudges may leave at all on that local day."""
        return weekday(day) in self.days_of_week and (self.on_bank_holidays or day not in bank_holidays)

    def closes_at(self, day: date, zone_name: str) -> datetime:
        """The UTC instant at which that local day's hours end; they end once, though the hour come twice."""
        if self.local_end == MIDNIGHT:
            return end_of_day(day, zone_name)
        return instant(day, self.local_end, zone_name)

    def within(self, outer: "Hours") -> bool:
        """Whether every moment of these hours is also in `outer`."""
        ends_within = outer.local_end == MIDNIGHT or (self.local_end != MIDNIGHT and self.local_end <= outer.local_end)
        return (
            self.local_start >= outer.local_start
            and ends_within
            and self.days_of_week <= outer.days_of_week
            and (outer.on_bank_holidays or not self.on_bank_holidays)
        )


def next_opening(now: datetime, hours: Hours, zone_name: str, bank_holidays: frozenset[date]) -> datetime | None:
    """The first UTC instant at or after `now` that lies in the hours; None if there is none within 31 days."""
    today = local(now, zone_name).date()
    for ahead in range(32):
        day = today + timedelta(days=ahead)
        if not hours.open_on(day, bank_holidays):
            continue
        opens = max(now.astimezone(UTC), instant(day, hours.local_start, zone_name))
        closes = hours.closes_at(day, zone_name)
        if opens < closes and local(opens, zone_name).time() < hours.local_start:
            opens = again(day, hours.local_start, zone_name)  # the clock was put back to before the hours
        if opens < closes:
            return opens
    return None
