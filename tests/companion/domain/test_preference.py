"""Can a person narrow what the pain service allows, and never widen it?"""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.preference import (
    DEFAULT_DAILY_CEILING,
    DEFAULT_HOURS,
    DEFAULT_WEEKLY_CEILING,
    Ceilings,
    faults,
)
from companion.domain.working_hours import WEEK, Hours, Weekday
from tests.support.moments import hours

OUTER = Hours(time(8), time(18), frozenset(WEEK[:5]))
MOST = Ceilings(daily=3, weekly=10)


def test_left_alone_it_is_8_to_6_on_weekdays_once_a_day_and_three_times_a_week() -> None:
    assert Hours(time(8), time(18), frozenset(WEEK[:5]), on_bank_holidays=False) == DEFAULT_HOURS
    assert (DEFAULT_DAILY_CEILING, DEFAULT_WEEKLY_CEILING) == (1, 3)
    assert Ceilings() == Ceilings(1, 3)
    assert faults(DEFAULT_HOURS, Ceilings(), OUTER, MOST) == []


@pytest.mark.parametrize(
    ("wanted", "ceilings", "fields"),
    [
        (Hours(time(9), time(9, 1), frozenset({Weekday.TUE})), Ceilings(0, 0), []),
        (OUTER, MOST, []),
        (Hours(time(7, 59), time(18), OUTER.days_of_week), MOST, ["local_start"]),
        (Hours(time(8), time(18, 1), OUTER.days_of_week), MOST, ["local_start"]),
        (Hours(time(8), time(0), OUTER.days_of_week), MOST, ["local_start"]),
        (Hours(time(8), time(18), frozenset(WEEK)), MOST, ["local_start"]),
        (Hours(time(8), time(18), OUTER.days_of_week, on_bank_holidays=True), MOST, ["local_start"]),
        (Hours(time(17), time(9), OUTER.days_of_week), MOST, ["local_end"]),
        (Hours(time(9), time(9), OUTER.days_of_week), MOST, ["local_end"]),
        (Hours(time(9), time(17), frozenset()), MOST, ["days_of_week"]),
        (OUTER, Ceilings(-1, 3), ["daily_ceiling"]),
        (OUTER, Ceilings(4, 3), ["daily_ceiling"]),
        (OUTER, Ceilings(1, 11), ["weekly_ceiling"]),
        (OUTER, Ceilings(1, -1), ["weekly_ceiling"]),
        (
            Hours(time(17), time(9), frozenset()),
            Ceilings(4, 11),
            ["local_end", "days_of_week", "daily_ceiling", "weekly_ceiling"],
        ),
    ],
)
def test_every_fault_is_named(wanted: Hours, ceilings: Ceilings, fields: list[str]) -> None:
    assert [fault.field for fault in faults(wanted, ceilings, OUTER, MOST)] == fields


def test_the_words_say_what_is_allowed() -> None:
    [fault] = faults(Hours(time(6), time(18), frozenset(WEEK[:5])), Ceilings(), OUTER, MOST)
    assert "08:00 to 18:00" in fault.words
    assert "mon tue wed thu fri." in fault.words
    assert "0 to 3" in faults(OUTER, Ceilings(9, 3), OUTER, MOST)[0].words
    assert "0 to 10" in faults(OUTER, Ceilings(1, 99), OUTER, MOST)[0].words


@given(wanted=hours(), outer=hours(), daily=st.integers(-1, 4), weekly=st.integers(-1, 11))
@settings(max_examples=150, deadline=None)
def test_it_is_sound_exactly_when_it_lies_within(wanted: Hours, outer: Hours, daily: int, weekly: int) -> None:
    sound = wanted.within(outer) and 0 <= daily <= MOST.daily and 0 <= weekly <= MOST.weekly
    assert (not faults(wanted, Ceilings(daily, weekly), outer, MOST)) is sound
