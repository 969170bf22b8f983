"""What day and hour is it for this person, and which instant is that hour there?"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


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
    """The UTC instant at which the zone's wall clock shows `wall` on `day`.

    In the hour that is skipped in spring the clock never shows `wall`: the answer is as long after
    midnight as it would have been, one hour later on the wall. In the hour that comes twice in autumn
    the first of the two is meant.
    """
    return datetime.combine(day, wall, tzinfo=zone(zone_name)).astimezone(UTC)


def end_of_day(day: date, zone_name: str) -> datetime:
    """The UTC instant at which `day` ends in the zone; days of 23 and 25 hours included."""
    return instant(day + timedelta(days=1), time(0), zone_name)
