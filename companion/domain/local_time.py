"""What day and hour is it for this person, and which instant is that hour there?"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

MINUTE = timedelta(minutes=1)


@cache
def known_zones() -> frozenset[str]:
    """Every IANA zone name that may be stored; 'localtime' and the like say nothing about a person."""
    return frozenset(name for name in available_timezones() if name == "UTC" or "/" in name)


@cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        ZoneInfoNotFoundError: no such zone, or a name that is not a person's zone.
    """
    if name not in known_zones():
        raise ZoneInfoNotFoundError(name)
    return ZoneInfo(name)


def local(instant: datetime, zone_name: str) -> datetime:
    """`instant` (aware) as the wall clock shows it in the zone."""
    return instant.astimezone(zone(zone_name))


def instant(day: date, wall: time, zone_name: str) -> datetime:
    """The first UTC instant at which the zone's wall clock shows `wall` on `day`, or a later time.

    Where the clock is put forward past `wall` (or past the whole day), that is the moment of the jump. Of an hour
    that comes twice, the first is meant.
    """
    offset = steady_offset(day, zone_name)
    if offset is not None:
        return datetime.combine(day, wall, UTC) - offset
    place = zone(zone_name)
    asked = datetime.combine(day, wall, tzinfo=place)
    found = asked.astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == datetime.combine(day, wall):
        return found
    # Read with the offset of after the jump, a skipped time lies before it; with the offset of before it, behind.
    late = asked.replace(fold=1)
    before = late.astimezone(UTC)
    minutes = [before + ahead * MINUTE for ahead in range((found - before) // MINUTE + 1)]
    jump = bisect_left(minutes, True, key=lambda minute: minute.astimezone(place).utcoffset() == late.utcoffset())
    return minutes[jump].replace(second=0, microsecond=0)


# The planner asks for a fortnight of days in every patient's time zone.
@lru_cache(maxsize=8192)
def steady_offset(day: date, zone_name: str) -> timedelta | None:
    """How far the zone is ahead of UTC all that day long; None if its clock is changed on it."""
    place = zone(zone_name)
    at_first, at_last = (datetime.combine(each, time(0), place).utcoffset() for each in (day, day + timedelta(days=1)))
    return at_first if at_first == at_last else None


def again(day: date, wall: time, zone_name: str) -> datetime:
    """The last UTC instant at which the wall clock shows `wall` on `day`: the second one, if the hour comes twice."""
    return datetime.combine(day, wall, tzinfo=zone(zone_name)).replace(fold=1).astimezone(UTC)


def end_of_day(day: date, zone_name: str) -> datetime:
    """The UTC instant at which `day` ends in the zone; days of 23 and 25 hours included."""
    return instant(day + timedelta(days=1), time(0), zone_name)
