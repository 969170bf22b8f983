"""Does every slot lie in the person's own hours, on their own day, and does planning again change nothing?"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.behaviour import Behaviour
from companion.domain.local_time import local
from companion.domain.recurrence import local_days
from companion.domain.working_hours import WEEK, Hours, Weekday, weekday
from nudges.deciding.schedule import KEEPS, MARGIN_MINUTES, PlanLine, Slot, slots
from tests.support.moments import WallClock, holidays_near, hours, instants, walls, zones

PLAN = UUID("11111111-1111-4111-8111-111111111111")
EVERY_DAY, WORKING_DAYS = frozenset(WEEK), frozenset(WEEK[:5])
DAYTIME = Hours(time(9), time(17), WORKING_DAYS)
LONDON = "Europe/London"
NONE: frozenset[date] = frozenset()
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

plan_lines = st.lists(
    st.builds(
        PlanLine,
        line=st.sampled_from(["sleep", "walk", "review", "swim"]),
        behaviour=st.sampled_from(Behaviour),
        days_of_week=st.sets(st.sampled_from(WEEK)).map(frozenset),
        time_of_day=st.none() | walls,
        recurrence=st.sampled_from([None, "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SA"]),
        starts_on=st.sampled_from([None, date(2026, 1, 5)]),
        due_on=st.none() | st.dates(date(2026, 1, 5), date(2027, 12, 31)),
    ),
    max_size=4,
    unique_by=lambda line: line.line,
)


def line(name: str = "walk", days: frozenset[Weekday] = EVERY_DAY, at: str | None = None) -> PlanLine:
    return PlanLine(name, Behaviour.HEALTHY, days, time.fromisoformat(at) if at else None)


def planned(
    *lines: PlanLine,
    now: datetime = MONDAY,
    days: int = 14,
    within: Hours = DAYTIME,
    zone_name: str = LONDON,
    closed: frozenset[date] = NONE,
) -> list[Slot]:
    return slots(PLAN, lines, within, zone_name, closed, now, local(now, zone_name).date() + timedelta(days=days))


def due(found: list[Slot]) -> list[str]:
    return [f"{slot.due_at:%Y-%m-%dT%H:%M}" for slot in found]


def test_a_line_has_one_slot_on_each_of_its_days_that_is_open() -> None:
    found = planned(line(days=frozenset({Weekday.MON, Weekday.THU, Weekday.SUN})))
    assert [f"{slot.slot_on}" for slot in found] == [
        "2026-11-23",
        "2026-11-26",
        "2026-11-30",
        "2026-12-03",
        "2026-12-07",
    ]


def test_a_line_that_recurs_has_slots_on_the_days_of_its_rule_up_to_the_day_by_which() -> None:
    fortnightly: dict[str, Any] = {"recurrence": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU", "starts_on": date(2026, 11, 16)}
    assert [slot.slot_on.isoformat() for slot in planned(line()._replace(**fortnightly))] == [
        "2026-11-30",
        "2026-12-01",
    ]
    until = line()._replace(due_on=date(2026, 11, 24))
    assert [slot.slot_on.isoformat() for slot in planned(until)] == ["2026-11-23", "2026-11-24"]


def test_no_slot_on_a_bank_holiday_unless_the_person_wants_it() -> None:
    christmas = datetime(2026, 12, 23, 18, 0, tzinfo=UTC)
    closed = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    days = [slot.slot_on.day for slot in planned(line(), now=christmas, days=7, closed=closed)]
    assert days == [24, 29, 30]
    wanted = Hours(time(9), time(17), WORKING_DAYS, on_bank_holidays=True)
    days = [slot.slot_on.day for slot in planned(line(), now=christmas, days=7, closed=closed, within=wanted)]
    assert days == [24, 25, 28, 29, 30]


@pytest.mark.parametrize(
    ("now", "zone_name", "expected"),
    [
        ("2026-11-23T08:00", LONDON, ["2026-11-23T10:15", "2026-11-24T10:15"]),
        ("2026-03-28T00:00", LONDON, ["2026-03-28T10:15", "2026-03-29T09:15"]),
        ("2026-10-24T00:00", LONDON, ["2026-10-24T09:15", "2026-10-25T10:15"]),
        ("2026-03-07T06:00", "America/New_York", ["2026-03-07T15:15", "2026-03-08T14:15"]),
        ("2026-10-31T06:00", "America/New_York", ["2026-10-31T14:15", "2026-11-01T15:15"]),
        ("2026-04-03T20:00", "Pacific/Auckland", ["2026-04-03T21:15", "2026-04-04T22:15"]),
        ("2026-11-22T20:00", "Asia/Kathmandu", ["2026-11-23T04:30", "2026-11-24T04:30"]),
        ("2026-11-22T18:00", "Pacific/Apia", ["2026-11-22T21:15", "2026-11-23T21:15"]),
    ],
)
def test_the_plan_s_own_time_is_on_the_wall_of_the_person(now: str, zone_name: str, expected: list[str]) -> None:
    every_day = Hours(time(9), time(17), EVERY_DAY)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = planned(line(at="10:15"), now=moment, days=1, within=every_day, zone_name=zone_name)
    assert due(found) == expected


@pytest.mark.parametrize(
    ("day_before", "within", "at", "expected"),
    [
        ("2026-03-28", "00:00-06:00", "01:30", ["2026-03-29T01:00"]),  # 01:30 never is: at the jump, 02:00
        ("2026-03-28", "00:30-01:45", "01:30", []),  # … which lies behind these hours
        ("2026-03-28", "01:00-02:00", None, []),  # all of these hours are left out
        ("2026-10-24", "00:00-06:00", "01:30", ["2026-10-25T00:30"]),  # 01:30 comes twice: the first
        ("2026-10-24", "01:00-02:00", "01:59", ["2026-10-25T00:59"]),
    ],
)
def test_a_slot_in_the_hour_that_is_changed(day_before: str, within: str, at: str | None, expected: list[str]) -> None:
    start, end = map(time.fromisoformat, within.split("-"))
    evening = datetime.fromisoformat(f"{day_before}T12:00").replace(tzinfo=UTC)
    found = planned(line(at=at), now=evening, days=1, within=Hours(start, end, EVERY_DAY))
    assert due(found) == expected


def test_a_time_outside_the_person_s_hours_gives_way_to_one_within() -> None:
    [slot] = planned(line(at="19:00"), days=0)
    assert DAYTIME.includes(local(slot.due_at, LONDON).time())


def test_a_drawn_time_leaves_room_before_the_hours_end() -> None:
    found = planned(line(), line("sleep"), line("review"), days=365)
    last = time(16, 60 - MARGIN_MINUTES)
    assert all(time(9) <= local(slot.due_at, LONDON).time() < last for slot in found)
    assert len({slot.due_at.time() for slot in found}) > 100  # and is not the same minute day after day


def test_a_slot_keeps_four_hours_or_until_the_hours_end() -> None:
    [morning] = planned(line(at="10:00"), days=0)
    [afternoon] = planned(line(at="16:00"), days=0)
    assert morning.expires_at - morning.due_at == KEEPS == timedelta(hours=4)
    assert afternoon.expires_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_what_is_due_now_has_passed() -> None:
    ten = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert planned(line(at="10:00"), now=ten, days=0) == []
    assert len(planned(line(at="10:00"), now=ten - timedelta(seconds=1), days=0)) == 1


@given(data=st.data(), zone_name=zones, within=hours(), lines=plan_lines, ahead=st.integers(0, 16))
@settings(max_examples=120, deadline=None)
def test_every_slot_lies_in_the_hours_of_its_own_day(
    data: st.DataObject, zone_name: str, within: Hours, lines: list[PlanLine], ahead: int
) -> None:
    now = data.draw(instants(zone_name))
    closed = data.draw(holidays_near(now))
    today = local(now, zone_name).date()
    through = today + timedelta(days=ahead)
    found = slots(PLAN, lines, within, zone_name, closed, now, through)
    by_name = {each.line: each for each in lines}
    for slot in found:
        wall = local(slot.due_at, zone_name)
        assert WallClock(within, zone_name, closed, slot.due_at).is_open(slot.due_at)
        assert wall.date() == slot.slot_on
        assert today <= slot.slot_on <= through
        assert weekday(slot.slot_on) in by_name[slot.line].days_of_week
        assert slot.behaviour is by_name[slot.line].behaviour
        assert now < slot.due_at < slot.expires_at <= within.closes_at(slot.slot_on, zone_name)
        assert slot.expires_at <= slot.due_at + KEEPS
    assert len({(slot.line, slot.slot_on) for slot in found}) == len(found)
    assert found == sorted(found, key=lambda slot: (slot.due_at, slot.line))


@given(data=st.data(), zone_name=zones, within=hours(), lines=plan_lines, minutes=st.integers(0, 10 * 24 * 60))
@settings(max_examples=80, deadline=None)
def test_planning_again_changes_nothing(
    data: st.DataObject, zone_name: str, within: Hours, lines: list[PlanLine], minutes: int
) -> None:
    now = data.draw(instants(zone_name))
    through = local(now, zone_name).date() + timedelta(days=10)
    found = slots(PLAN, lines, within, zone_name, NONE, now, through)
    assert slots(PLAN, list(reversed(lines)), within, zone_name, NONE, now, through) == found
    later = now + timedelta(minutes=minutes)
    still_to_come = [slot for slot in found if slot.due_at > later]
    assert slots(PLAN, lines, within, zone_name, NONE, later, through) == still_to_come
    further = slots(PLAN, lines, within, zone_name, NONE, now, through + timedelta(days=5))
    assert [slot for slot in further if slot.slot_on <= through] == found


@given(zone_name=zones, within=hours(), lines=plan_lines, start=st.dates(date(2026, 5, 1), date(2026, 8, 1)))
@settings(max_examples=60, deadline=None)
def test_no_day_on_which_a_line_may_be_spoken_of_is_left_out(
    zone_name: str, within: Hours, lines: list[PlanLine], start: date
) -> None:
    now = datetime.combine(start, time(12), tzinfo=UTC)
    today = local(now, zone_name).date()
    found = slots(PLAN, lines, within, zone_name, NONE, now, today + timedelta(days=9))
    expected = {
        (each.line, day)
        for each in lines
        for day in (today + timedelta(days=ahead) for ahead in range(1, 10))
        if weekday(day) in each.days_of_week & within.days_of_week
        and day in local_days(each.recurrence, each.starts_on, each.due_on, day, day)
    }
    assert {(slot.line, slot.slot_on) for slot in found if slot.slot_on > today} == expected
