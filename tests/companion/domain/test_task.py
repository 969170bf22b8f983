"""By when must a person have looked, and does no clock change or holiday break that promise?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.local_time import local
from companion.domain.task import URGENT_WITHIN, Desk, TaskKind, TaskPriority, TaskStatus, due_at
from companion.domain.working_hours import WEEK, Hours
from tests.support.moments import WallClock, holidays_near, hours, instants, zones

ROUTINE, URGENT = TaskPriority.ROUTINE, TaskPriority.URGENT
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
DESK = Desk(Hours(time(9), time(17), frozenset(WEEK[:5])), "Europe/London", CHRISTMAS | EASTER)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_values_are_the_published_ones() -> None:
    assert [priority.value for priority in TaskPriority] == ["routine", "urgent"]
    assert [status.value for status in TaskStatus] == ["requested", "completed"]
    assert [kind.value for kind in TaskKind] == [
        "read-message",
        "unknown-number",
        "contact-another-way",
        "number-invalid",
        "check-sending",
        "emergency-access",
        "correction",
        "restriction",
        "erasure",
        "review-due",
        "suggestion",
        "check-directory",
        "second-opinion",
        "opinion-given",
    ]


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-11-23T10:00", "2026-11-24T17:00"),  # Monday morning: Tuesday at five
        ("2026-11-23T23:59", "2026-11-24T17:00"),
        ("2026-11-24T00:00", "2026-11-25T17:00"),
        ("2026-11-27T10:00", "2026-11-30T17:00"),  # Friday: Monday
        ("2026-11-28T10:00", "2026-11-30T17:00"),  # Saturday: Monday
        ("2026-12-24T10:00", "2026-12-29T17:00"),  # over Christmas and its Monday
        ("2026-07-13T10:00", "2026-07-14T16:00"),  # in summer
        ("2026-03-27T10:00", "2026-03-30T16:00"),  # over the weekend in which the clock goes forward
        ("2026-10-23T10:00", "2026-10-26T17:00"),  # … and back
        ("2026-04-02T10:00", "2026-04-07T16:00"),  # over Easter
        ("2026-07-13T23:30", "2026-07-15T16:00"),  # half past midnight on Tuesday, in London
    ],
)
def test_routine_words_are_read_by_the_end_of_the_next_day_that_is_open(came: str, due: str) -> None:
    assert due_at(utc(came), ROUTINE, DESK) == utc(due)


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-11-23T10:00", "2026-11-23T11:00"),
        ("2026-11-23T16:59", "2026-11-23T17:59"),
        ("2026-11-23T17:00", "2026-11-24T10:00"),
        ("2026-11-23T03:00", "2026-11-23T10:00"),
        ("2026-11-27T18:00", "2026-11-30T10:00"),
        ("2026-12-24T18:00", "2026-12-29T10:00"),
        ("2026-03-28T12:00", "2026-03-30T09:00"),
        ("2026-10-24T12:00", "2026-10-26T10:00"),
    ],
)
def test_urgent_words_are_read_within_an_hour_of_the_desk_s_being_open(came: str, due: str) -> None:
    assert due_at(utc(came), URGENT, DESK) == utc(due)


def test_a_desk_that_never_opens_still_has_a_time_for_everything() -> None:
    never = Desk(Hours(time(9), time(17), frozenset()), "Europe/London", frozenset())
    monday = utc("2026-11-23T10:00")
    assert due_at(monday, URGENT, never) == monday + URGENT_WITHIN
    assert due_at(monday, ROUTINE, never) == utc("2026-11-24T17:00")


@given(data=st.data(), zone_name=zones, wanted=hours())
@settings(max_examples=120, deadline=None)
def test_the_promise_lies_ahead_and_urgent_words_never_wait_longer(
    data: st.DataObject, zone_name: str, wanted: Hours
) -> None:
    now = data.draw(instants(zone_name))
    desk = Desk(wanted, zone_name, data.draw(holidays_near(now)))
    routine, urgent = (due_at(now, priority, desk) for priority in (ROUTINE, URGENT))
    assert now < routine
    assert now + URGENT_WITHIN <= urgent
    assert urgent <= routine + URGENT_WITHIN
    opened = urgent - URGENT_WITHIN
    assert WallClock(wanted, zone_name, desk.bank_holidays, opened).is_open(opened.replace(second=0))
    last_minute = routine - timedelta(minutes=1)
    assert WallClock(wanted, zone_name, desk.bank_holidays, last_minute).is_open(last_minute)
    assert local(last_minute, zone_name).date() > local(now, zone_name).date()
