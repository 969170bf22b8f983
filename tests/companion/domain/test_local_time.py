"""Is an hour on the wall the right instant, also on the days on which the clock is changed?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.local_time import again, end_of_day, instant, known_zones, local, steady_offset, zone
from tests.support.moments import CLOCK_CHANGES, MINUTE, days, instants, walls, zones


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone_name", "day", "wall", "expected"),
    [
        ("Europe/London", "2026-01-15", "09:00", "2026-01-15T09:00"),
        ("Europe/London", "2026-07-15", "09:00", "2026-07-15T08:00"),
        # Spring: 01:00 to 02:00 is skipped.
        ("Europe/London", "2026-03-29", "00:59", "2026-03-29T00:59"),
        ("Europe/London", "2026-03-29", "01:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29", "01:30", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29", "02:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29", "02:01", "2026-03-29T01:01"),
        ("Europe/London", "2026-03-29", "09:00", "2026-03-29T08:00"),
        # Autumn: 01:00 to 02:00 comes twice, and the first is meant.
        ("Europe/London", "2026-10-25", "00:59", "2026-10-24T23:59"),
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30"),
        ("Europe/London", "2026-10-25", "02:00", "2026-10-25T02:00"),
        ("Europe/London", "2026-10-25", "09:00", "2026-10-25T09:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-03-29", "09:00", "2026-03-29T13:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Pacific/Auckland", "2026-04-05", "02:30", "2026-04-04T13:30"),
        ("Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26T14:00"),
        ("Asia/Kathmandu", "2026-03-29", "01:30", "2026-03-28T19:45"),
        ("Atlantic/Azores", "2026-03-29", "00:00", "2026-03-29T01:00"),
        ("Atlantic/Azores", "2026-10-25", "00:30", "2026-10-25T00:30"),
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),
        # The Friday that Samoa left out.
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00"),
    ],
)
def test_an_hour_on_the_wall_is_this_instant(zone_name: str, day: str, wall: str, expected: str) -> None:
    assert instant(date.fromisoformat(day), time.fromisoformat(wall), zone_name) == utc(expected)


@given(data=st.data(), zone_name=zones, wall=walls)
@settings(max_examples=150, deadline=None)
def test_it_is_the_first_instant_at_which_the_clock_has_come_so_far(
    data: st.DataObject, zone_name: str, wall: time
) -> None:
    day = data.draw(days(zone_name))
    asked = datetime.combine(day, wall)
    place = ZoneInfo(zone_name)
    found = instant(day, wall, zone_name)
    assert found.tzinfo is UTC
    assert found.astimezone(place).replace(tzinfo=None) >= asked
    for minutes in range(1, 180):
        assert (found - minutes * MINUTE).astimezone(place).replace(tzinfo=None) < asked


@pytest.mark.parametrize(
    ("zone_name", "day", "wall", "expected"),
    [
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T01:30"),
        ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T21:30"),
        ("Europe/London", "2026-10-25", "02:00", "2026-10-25T02:00"),
        ("Europe/London", "2026-07-15", "09:00", "2026-07-15T08:00"),
    ],
)
def test_where_the_hour_comes_twice_it_comes_again_then(zone_name: str, day: str, wall: str, expected: str) -> None:
    assert again(date.fromisoformat(day), time.fromisoformat(wall), zone_name) == utc(expected)


@pytest.mark.parametrize(
    ("zone_name", "day", "hours"),
    [
        ("Europe/London", "2026-03-28", 24),
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Pacific/Auckland", "2026-04-05", 25),
        ("Atlantic/Azores", "2026-03-29", 23),
        ("Atlantic/Azores", "2026-10-25", 25),
        ("Africa/Cairo", "2026-04-24", 23),
        ("Africa/Cairo", "2026-10-29", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2026-09-27", 24),
    ],
)
def test_a_day_is_so_many_hours_long(zone_name: str, day: str, hours: float) -> None:
    local_day = date.fromisoformat(day)
    before = end_of_day(local_day - timedelta(days=1), zone_name)
    assert end_of_day(local_day, zone_name) - before == timedelta(hours=hours)


@given(data=st.data(), zone_name=zones)
@settings(max_examples=100, deadline=None)
def test_a_day_is_steady_where_its_clock_shows_every_minute_once(data: st.DataObject, zone_name: str) -> None:
    day = data.draw(days(zone_name))
    midnight = datetime.combine(day, time(0), tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
    shown = [(midnight + minute * MINUTE).astimezone(ZoneInfo(zone_name)) for minute in range(-180, 27 * 60)]
    minutes = [wall.replace(tzinfo=None) for wall in shown if wall.date() == day]
    once = len(minutes) == len(set(minutes)) == 24 * 60
    offsets = {wall.utcoffset() for wall in shown if wall.date() == day}
    assert steady_offset(day, zone_name) == (offsets.pop() if once else None)


@given(data=st.data(), zone_name=zones)
@settings(max_examples=100, deadline=None)
def test_every_instant_lies_in_its_own_local_day(data: st.DataObject, zone_name: str) -> None:
    now = data.draw(instants(zone_name))
    wall = local(now, zone_name)
    assert wall.astimezone(UTC) == now  # not wall == now: Python never calls an hour that comes twice equal to UTC
    assert wall.utcoffset() == ZoneInfo(zone_name).utcoffset(wall)
    assert instant(wall.date(), time(0), zone_name) <= now < end_of_day(wall.date(), zone_name)


@pytest.mark.parametrize("name", ["", "Europe/Londom", "localtime", "GB", "../etc/passwd", "europe/london"])
def test_what_is_no_zone_of_a_person_is_refused(name: str) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zone(name)


def test_the_zones_of_these_tests_are_known() -> None:
    assert known_zones() >= {"UTC", *CLOCK_CHANGES}
    assert all(zone(name).key == name for name in CLOCK_CHANGES)
