"""Is it open exactly when a person who watches the clock on the wall would say so?"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.working_hours import WEEK, Hours, Weekday, next_opening, weekday
from tests.support.moments import MINUTE, WallClock, holidays_near, hours, instants, walls, zones

EVERY_DAY, WORKING_DAYS = frozenset(WEEK), frozenset(WEEK[:5])
OFFICE = Hours(time(9), time(17), WORKING_DAYS)
LONDON = "Europe/London"
NONE: frozenset[date] = frozenset()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(text: str) -> Hours:
    """'01:30-05:00' on every day."""
    start, end = map(time.fromisoformat, text.split("-"))
    return Hours(start, end, EVERY_DAY)


def test_weekdays_have_fhir_s_codes() -> None:
    days = [date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(7)]
    assert [weekday(day).value for day in days] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert tuple(Weekday) == WEEK


@pytest.mark.parametrize(
    ("wall", "inside"),
    [("08:59", False), ("09:00", True), ("16:59", True), ("17:00", False), ("00:00", False), ("23:59", False)],
)
def test_the_start_is_in_and_the_end_is_out(wall: str, inside: bool) -> None:
    assert OFFICE.includes(time.fromisoformat(wall)) is inside


def test_an_end_of_midnight_is_the_end_of_the_day() -> None:
    evening = span("18:00-00:00")
    assert evening.includes(time(23, 59, 59, 999_999))
    assert not evening.includes(time(0))
    assert all(span("00:00-00:00").includes(time(hour)) for hour in range(24))


def test_a_bank_holiday_is_closed_unless_it_was_asked_for() -> None:
    christmas = date(2026, 12, 25)
    assert OFFICE.open_on(christmas, NONE)
    assert not OFFICE.open_on(christmas, frozenset({christmas}))
    assert Hours(time(9), time(17), WORKING_DAYS, on_bank_holidays=True).open_on(christmas, frozenset({christmas}))
    assert not OFFICE.open_on(christmas + timedelta(days=1), NONE)


@pytest.mark.parametrize(
    ("zone_name", "day", "end", "closes"),
    [
        (LONDON, "2026-07-15", "17:00", "2026-07-15T16:00"),
        (LONDON, "2026-07-15", "00:00", "2026-07-15T23:00"),
        (LONDON, "2026-03-29", "17:00", "2026-03-29T16:00"),
        (LONDON, "2026-03-29", "01:30", "2026-03-29T01:00"),
        (LONDON, "2026-10-25", "01:30", "2026-10-25T00:30"),
        (LONDON, "2026-10-25", "00:00", "2026-10-26T00:00"),
        ("Africa/Cairo", "2026-04-23", "00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-10-29", "00:00", "2026-10-29T22:00"),
        ("America/New_York", "2026-11-01", "17:00", "2026-11-01T22:00"),
    ],
)
def test_the_hours_end_at_this_instant(zone_name: str, day: str, end: str, closes: str) -> None:
    assert span(f"00:00-{end}").closes_at(date.fromisoformat(day), zone_name) == utc(closes)


@given(inner=hours(), outer=hours())
@settings(max_examples=150, deadline=None)
def test_within_means_every_minute_of_it(inner: Hours, outer: Hours) -> None:
    minutes = [time(*divmod(minute, 60)) for minute in range(24 * 60)]
    in_time = all(outer.includes(wall) for wall in minutes if inner.includes(wall))
    in_days = all(
        outer.open_on(day, closed)
        for day, closed in product(
            (date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(7)),
            (NONE, frozenset(date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(7))),
        )
        if inner.open_on(day, closed)
    )
    assert inner.within(outer) is (in_time and in_days)
    assert inner.within(inner)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23T08:00", "2026-11-23T09:00"),  # a Monday in winter
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T16:59", "2026-11-23T16:59"),
        ("2026-11-23T17:00", "2026-11-24T09:00"),
        ("2026-11-27T17:00", "2026-11-30T09:00"),  # over a weekend
        ("2026-07-13T07:59", "2026-07-13T08:00"),  # in summer
        ("2026-03-27T18:00", "2026-03-30T08:00"),  # over the weekend in which the clock goes forward
        ("2026-10-23T18:00", "2026-10-26T09:00"),  # … and back
    ],
)
def test_an_office_opens_at_this_instant(now: str, opens: str) -> None:
    assert next_opening(utc(now), OFFICE, LONDON, NONE) == utc(opens)


@pytest.mark.parametrize(
    ("span_of_day", "zone_name", "now", "opens"),
    [
        # 01:00 to 02:00 is skipped: what would open within it opens at the jump, what lies within it never does.
        ("01:30-05:00", LONDON, "2026-03-29T00:59", "2026-03-29T01:00"),
        ("01:00-02:00", LONDON, "2026-03-29T00:30", "2026-03-30T00:00"),
        ("00:30-01:45", LONDON, "2026-03-29T01:30", "2026-03-29T23:30"),
        # 01:00 to 02:00 comes twice: put back to before the hours, it waits for them again; ended, they stay ended.
        ("01:30-05:00", LONDON, "2026-10-25T00:40", "2026-10-25T00:40"),
        ("01:30-05:00", LONDON, "2026-10-25T01:10", "2026-10-25T01:30"),
        ("01:10-01:30", LONDON, "2026-10-25T00:40", "2026-10-26T01:10"),
        ("01:10-01:30", LONDON, "2026-10-25T01:15", "2026-10-26T01:10"),
        ("00:00-06:00", "Africa/Cairo", "2026-04-23T21:00", "2026-04-23T22:00"),
        ("23:30-00:00", "Africa/Cairo", "2026-10-29T21:10", "2026-10-29T21:30"),
        ("00:30-06:00", "Atlantic/Azores", "2026-03-29T00:30", "2026-03-29T01:00"),
        ("09:00-17:00", "Asia/Kathmandu", "2026-03-29T03:00", "2026-03-29T03:15"),
    ],
)
def test_it_opens_at_this_instant_where_the_clock_is_changed(
    span_of_day: str, zone_name: str, now: str, opens: str
) -> None:
    assert next_opening(utc(now), span(span_of_day), zone_name, NONE) == utc(opens)


def test_it_opens_after_easter() -> None:
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    assert next_opening(utc("2026-04-02T16:00"), OFFICE, LONDON, easter) == utc("2026-04-07T08:00")
    fridays = Hours(time(9), time(17), frozenset({Weekday.FRI}))
    assert next_opening(utc("2026-04-02T16:00"), fridays, LONDON, easter) == utc("2026-04-10T08:00")


def test_no_friday_in_samoa_when_there_was_none() -> None:
    friday = Hours(time(9), time(17), frozenset({Weekday.FRI}))
    assert next_opening(utc("2011-12-29T10:00"), friday, "Pacific/Apia", NONE) == utc("2012-01-05T19:00")


@pytest.mark.parametrize(
    "never",
    [
        Hours(time(9), time(17), frozenset()),
        Hours(time(17), time(9), EVERY_DAY),
        Hours(time(9), time(9), EVERY_DAY),
    ],
)
def test_hours_that_never_open_have_no_opening(never: Hours) -> None:
    assert next_opening(utc("2026-11-23T08:00"), never, LONDON, NONE) is None


def test_it_does_not_look_further_than_31_days() -> None:
    monday = Hours(time(9), time(17), frozenset({Weekday.MON}))
    mondays = frozenset(date(2026, 11, 23) + timedelta(days=7 * week) for week in range(5))
    assert next_opening(utc("2026-11-23T08:00"), monday, LONDON, mondays) is None
    assert next_opening(utc("2026-11-23T08:00"), monday, LONDON, mondays - {date(2026, 12, 21)}) is not None


@given(data=st.data(), zone_name=zones, wanted=hours())
@settings(max_examples=120, deadline=None)
def test_the_next_opening_is_the_first_minute_that_the_wall_clock_allows(
    data: st.DataObject, zone_name: str, wanted: Hours
) -> None:
    now = data.draw(instants(zone_name))
    closed = data.draw(holidays_near(now))
    found = next_opening(now, wanted, zone_name, closed)
    on_the_wall = WallClock(wanted, zone_name, closed, now)
    minute, end = now.replace(second=0), found or now + timedelta(days=14)
    if on_the_wall.is_open(minute):
        assert found == now
        return
    minute += MINUTE
    while minute < end:
        assert not on_the_wall.is_open(minute), minute
        minute += MINUTE
    assert found is None or (found == minute and on_the_wall.is_open(minute))


@given(data=st.data(), zone_name=zones, wanted=hours(), seconds=st.integers(0, 40 * 24 * 3600))
@settings(max_examples=100, deadline=None)
def test_who_asks_later_is_not_told_earlier(data: st.DataObject, zone_name: str, wanted: Hours, seconds: int) -> None:
    now = data.draw(instants(zone_name))
    later = now + timedelta(seconds=seconds)
    first, second = (next_opening(moment, wanted, zone_name, NONE) for moment in (now, later))
    assert first is not None
    assert second is not None
    assert now <= first <= second
    assert later <= second
    assert second == first or first < later
    assert next_opening(first, wanted, zone_name, NONE) == first


@given(wanted=hours(), wall=walls)
def test_includes_is_between_start_and_end(wanted: Hours, wall: time) -> None:
    end = wanted.local_end if wanted.local_end != time(0) else time.max
    assert wanted.includes(wall) is (wanted.local_start <= wall < end)
