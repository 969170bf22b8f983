"""Days, times and moments in the words that people here use, on the reader's own clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from companion.domain.local_time import local
from companion.domain.working_hours import WEEK, Weekday

_WEEKDAYS: dict[Weekday, str] = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}
_TWELVE = 12
_NAMED = {time(0): "midnight", time(12): "midday"}


def day_words(day: date) -> str:
    """Return a day as people here write it: '3 March 2026'."""
    return f"{day.day} {day:%B %Y}"


def time_words(wall: time) -> str:
    """Return a time of the clock: '2pm', '9:30am', 'midday'."""
    if wall in _NAMED:
        return _NAMED[wall]
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % _TWELVE or _TWELVE}{minutes}{'am' if wall.hour < _TWELVE else 'pm'}"


def day_at(moment: datetime, zone_name: str) -> str:
    """Return the day that it is in the zone at this moment (aware): '3 March 2026'."""
    return day_words(local(moment, zone_name).date())


def moment_words(moment: datetime, zone_name: str) -> str:
    """Return the day and the time that it is in the zone at this moment (aware): '3 March 2026, 2:05pm'."""
    there = local(moment, zone_name)
    return f"{day_words(there.date())}, {time_words(there.time().replace(second=0, microsecond=0))}"


def weekday_words(days: Iterable[Weekday]) -> str:
    """Return the weekdays in their order: 'Monday to Friday', 'Tuesday and Thursday', 'any day'."""
    chosen = [day for day in WEEK if day in frozenset(days)]
    if len(chosen) == len(WEEK):
        return "any day"
    if chosen == list(WEEK[:5]):
        return "Monday to Friday"
    return listed([_WEEKDAYS[day] for day in chosen])


def listed(several: Sequence[str]) -> str:
    """Return them as a list within a sentence: 'a, b and c'."""
    return " and ".join(filter(None, [", ".join(several[:-1]), *several[-1:]]))
