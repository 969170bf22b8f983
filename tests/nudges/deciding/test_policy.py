"""Are behaviours taken in turn, spread over the week, and never beyond what the person wants?"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.behaviour import Behaviour
from companion.domain.preference import Ceilings
from nudges.deciding.policy import CERTAIN, ROTATION, Past, rotation
from nudges.deciding.schedule import Slot

MONDAY = date(2026, 11, 23)
CURIOUS, HEALTHY, DEMAND = Behaviour
LINES = {"sleep": CURIOUS, "walk": HEALTHY, "review": DEMAND, "swim": HEALTHY}

ceilings = st.builds(Ceilings, daily=st.integers(0, 3), weekly=st.integers(0, 10))


def slot(line: str, day: int, hour: int = 10) -> Slot:
    """The line's slot so many days after Monday."""
    on = MONDAY + timedelta(days=day)
    due = datetime.combine(on, time(hour), tzinfo=UTC)
    return Slot(line, LINES[line], on, due, due + timedelta(hours=4))


def every_line_on(*days: int) -> list[Slot]:
    return [slot(line, day, hour) for day in days for hour, line in enumerate(("sleep", "walk", "review"), 10)]


def days_of(chosen: Sequence[Slot]) -> list[int]:
    return [(each.slot_on - MONDAY).days for each in chosen]


WORKING_DAYS = [day for day in range(14) if day % 7 < 5]

candidates = st.sets(st.tuples(st.sampled_from(sorted(LINES)), st.integers(0, 14)), max_size=40).map(
    lambda chosen: [slot(line, day, 9 + len(line)) for line, day in sorted(chosen)]
)
pasts = st.lists(
    st.tuples(st.integers(-9, 14).map(lambda day: MONDAY + timedelta(days=day)), st.sampled_from(Behaviour)),
    max_size=8,
)


def texts_per_day(chosen: Sequence[Slot], past: Sequence[Past]) -> Counter[date]:
    return Counter([each.slot_on for each in chosen] + [day for day, _ in past])


def busiest_week(per_day: Counter[date], day: date) -> int:
    """The most texts in any seven days in a row that hold `day`."""
    return max(
        sum(per_day[day - timedelta(days=back) + timedelta(days=ahead)] for ahead in range(7)) for back in range(7)
    )


@given(slots=candidates, limits=ceilings, past=pasts)
@settings(max_examples=200, deadline=None)
def test_no_day_and_no_seven_days_in_a_row_have_more_than_the_person_wants(
    slots: list[Slot], limits: Ceilings, past: list[Past]
) -> None:
    chosen = rotation(slots, limits, past)
    per_day = texts_per_day(chosen, past)
    for each in chosen:
        assert per_day[each.slot_on] <= limits.daily
        assert busiest_week(per_day, each.slot_on) <= limits.weekly


@given(slots=candidates, limits=ceilings, past=pasts)
@settings(max_examples=100, deadline=None)
def test_it_chooses_among_the_candidates_each_once_and_whatever_their_order(
    slots: list[Slot], limits: Ceilings, past: list[Past]
) -> None:
    chosen = rotation(slots, limits, past)
    assert set(chosen) <= set(slots)
    assert len({(each.line, each.slot_on) for each in chosen}) == len(chosen)
    assert chosen == sorted(chosen, key=lambda each: (each.due_at, each.line))
    assert rotation(reversed(slots), limits, reversed(past)) == chosen


@given(slots=candidates, limits=ceilings, past=pasts)
@settings(max_examples=100, deadline=None)
def test_nothing_is_left_over_that_would_still_have_had_room(
    slots: list[Slot], limits: Ceilings, past: list[Past]
) -> None:
    chosen = rotation(slots, limits, past)
    per_day = texts_per_day(chosen, past)
    for left in set(slots) - set(chosen):
        full_day = per_day[left.slot_on] >= limits.daily
        assert full_day or busiest_week(per_day, left.slot_on) >= limits.weekly


@given(
    first=st.sampled_from(range(7)),
    weekly=st.integers(1, 7),
    open_days=st.sets(st.integers(0, 6), min_size=1),
    past=st.lists(st.sampled_from(Behaviour), max_size=3, unique=True),
)
@settings(max_examples=150, deadline=None)
def test_the_behaviours_are_taken_in_turn(first: int, weekly: int, open_days: set[int], past: list[Behaviour]) -> None:
    days = [day for day in range(first, first + 14) if day % 7 in open_days]
    before = [(MONDAY - timedelta(days=20 - ago), behaviour) for ago, behaviour in enumerate(past)]
    chosen = rotation(every_line_on(*days), Ceilings(1, weekly), before)
    taken = [*past, *(each.behaviour for each in chosen)]
    for one, two in pairwise(taken):
        assert one is not two
    for three in zip(taken, taken[1:], taken[2:], strict=False):
        assert len(set(three)) == 3


def test_on_a_day_the_behaviour_nudged_longest_ago_comes_first() -> None:
    before = [(MONDAY - timedelta(days=ago), behaviour) for ago, behaviour in ((3, CURIOUS), (9, DEMAND), (5, HEALTHY))]
    [chosen] = rotation(every_line_on(0), Ceilings(1, 7), before)
    assert chosen.behaviour is DEMAND


def test_a_behaviour_never_nudged_comes_before_any_that_was() -> None:
    [chosen] = rotation(every_line_on(0), Ceilings(1, 7), [(MONDAY - timedelta(days=60), CURIOUS)])
    assert chosen.behaviour is HEALTHY


def test_of_two_lines_of_one_behaviour_the_earlier_hour_comes_first() -> None:
    [chosen] = rotation([slot("walk", 0, 15), slot("swim", 0, 9)], Ceilings(1, 7), [])
    assert chosen.line == "swim"


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        (1, [0, 7]),
        (2, [0, 3, 7, 10]),
        (3, [0, 2, 4, 7, 9, 11]),
        (4, [0, 1, 2, 3, 7, 8, 9, 10]),
        (5, [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]),
    ],
)
def test_texts_are_spread_over_the_working_week(weekly: int, expected: list[int]) -> None:
    assert days_of(rotation(every_line_on(*WORKING_DAYS), Ceilings(1, weekly), [])) == expected


def test_three_a_week_never_come_on_three_days_running() -> None:
    for first in range(7):
        open_days = [day for day in range(first, first + 14) if day % 7 < 5]
        found = days_of(rotation(every_line_on(*open_days), Ceilings(1, 3), []))
        assert not [day for day in found if {day + 1, day + 2} <= set(found)]


def test_where_the_plan_names_but_three_days_running_all_three_are_used() -> None:
    assert days_of(rotation(every_line_on(0, 1, 2), Ceilings(1, 3), [])) == [0, 1, 2]


def test_what_stands_planned_already_counts_even_where_it_lies_ahead() -> None:
    ahead = [(MONDAY + timedelta(days=day), CURIOUS) for day in (4, 5)]
    assert days_of(rotation(every_line_on(*range(7)), Ceilings(1, 3), ahead)) == [0]
    assert rotation(every_line_on(4), Ceilings(1, 3), ahead) == []


def test_what_stands_ahead_is_kept_as_far_away_as_what_lies_behind() -> None:
    tomorrow, yesterday = ([(MONDAY + timedelta(days=day), CURIOUS)] for day in (1, -1))
    assert days_of(rotation(every_line_on(0, 4), Ceilings(1, 2), tomorrow)) == [4]
    assert days_of(rotation(every_line_on(0, 4), Ceilings(1, 2), yesterday)) == [4]


@pytest.mark.parametrize("none", [Ceilings(0, 3), Ceilings(1, 0), Ceilings(0, 0)])
def test_who_wants_none_gets_none(none: Ceilings) -> None:
    assert rotation(every_line_on(*WORKING_DAYS), none, []) == []


def test_rotation_leaves_nothing_to_chance() -> None:
    assert (ROTATION, CERTAIN) == ("rotation/1", 1.0)
