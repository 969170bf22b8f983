"""Which plans are sound, how do their lines get names that last, and where may a plan's status go?"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import (
    EDITABLE,
    MOVES,
    NUDGEABLE,
    Activity,
    ActivityStatus,
    AgreedHow,
    CarePlanStatus,
    Content,
    Goal,
    Helps,
    with_lines,
)
from companion.domain.plan_fault import faults
from companion.domain.working_hours import WEEK
from tests.support.cast import plan_content

P = CarePlanStatus
WORKING_DAYS = frozenset(WEEK[:5])


def activity(behaviour: Behaviour = Behaviour.CURIOUS, **changes: object) -> Activity:
    return replace(Activity(behaviour, "Notice how my sleep changes", WORKING_DAYS), **changes)  # type: ignore[arg-type]


def test_the_values_are_fhir_s() -> None:
    assert [status.value for status in CarePlanStatus] == ["draft", "active", "on-hold", "revoked", "completed"]
    assert [status.value for status in ActivityStatus] == [
        "not-started",
        "scheduled",
        "in-progress",
        "on-hold",
        "completed",
        "cancelled",
        "stopped",
    ]
    assert [how.value for how in AgreedHow] == ["in-person", "phone", "app", "text"]
    assert [behaviour.value for behaviour in Behaviour] == ["curious", "healthy", "demand"]


# Written out again, pair by pair, so that a change of the table has to be meant.
ALLOWED = {
    (P.DRAFT, P.REVOKED),
    (P.ACTIVE, P.ON_HOLD),
    (P.ACTIVE, P.REVOKED),
    (P.ACTIVE, P.COMPLETED),
    (P.ON_HOLD, P.ACTIVE),
    (P.ON_HOLD, P.REVOKED),
    (P.ON_HOLD, P.COMPLETED),
}


@pytest.mark.parametrize("new", CarePlanStatus)
@pytest.mark.parametrize("old", CarePlanStatus)
def test_a_plan_moves_along_these_pairs_and_a_draft_never_to_active(old: P, new: P) -> None:
    assert (new in MOVES[old]) is ((old, new) in ALLOWED)


def test_an_ended_plan_is_not_edited() -> None:
    assert {P.DRAFT, P.ACTIVE, P.ON_HOLD} == EDITABLE
    assert all(not MOVES[status] for status in set(CarePlanStatus) - EDITABLE)


def test_what_is_paused_or_over_is_not_nudged() -> None:
    resting = {ActivityStatus.ON_HOLD, ActivityStatus.COMPLETED, ActivityStatus.CANCELLED, ActivityStatus.STOPPED}
    assert set(ActivityStatus) - resting == NUDGEABLE


def test_amina_s_plan_is_sound() -> None:
    assert faults(plan_content()) == []
    assert faults(Content("Being there", goals=(Goal("To sleep"),))) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"goals": (), "activities": ()}, ["goals"]),
        ({"goals": ()}, ["goals", "activities.0.goal_line"]),
        ({"already_helps": ()}, ["activities.1.already_helps_line"]),
        ({"activities": (activity(Behaviour.HEALTHY),)}, ["activities.0.already_helps_line"]),
        ({"activities": (activity(Behaviour.HEALTHY, already_helps_line="lunch-walk"),)}, []),
        (
            {"activities": (activity(Behaviour.HEALTHY, already_helps_line="school"),)},
            ["activities.0.already_helps_line"],
        ),
        ({"activities": (activity(), activity(already_helps_line="swim"))}, ["activities.1.already_helps_line"]),
        ({"activities": (activity(goal_line="lunch-walk"),)}, ["activities.0.goal_line"]),
        ({"activities": (activity(days_of_week=frozenset()),)}, ["activities.0.days_of_week"]),
        ({"activities": (activity(line="school"),)}, ["activities.0.line"]),
        (
            {"activities": (activity(line="a"), activity(line="a"), activity(line="b"), activity(line="b"))},
            ["activities.1.line", "activities.3.line"],
        ),
        ({"activities": (activity(), activity())}, []),
    ],
)
def test_every_fault_is_named_by_the_path_of_its_field(changes: dict[str, object], fields: list[str]) -> None:
    assert [fault.field for fault in faults(plan_content(**changes))] == fields


def test_lines_are_named_in_order_and_never_alike() -> None:
    content = Content(
        "Being there",
        already_helps=(Helps("walking"), Helps("tea")),
        goals=(Goal("To sleep"),),
        activities=(activity(), activity()),
    )
    named, next_line = with_lines(content, 1)
    assert [line.line for line in named.lines] == ["helps-1", "helps-2", "goal-3", "activity-4", "activity-5"]
    assert next_line == 6
    assert [line.words for line in named.lines] == [line.words for line in content.lines]


def test_a_name_that_was_given_once_is_not_given_again() -> None:
    first, next_line = with_lines(Content("x", goals=(Goal("one"), Goal("two"))), 1)
    fewer = replace(first, goals=first.goals[:1])
    kept, next_line = with_lines(fewer, next_line)
    assert kept == fewer
    more, _ = with_lines(replace(kept, goals=(*kept.goals, Goal("three"))), next_line)
    assert [goal.line for goal in more.goals] == ["goal-1", "goal-3"]


@pytest.mark.parametrize(
    ("supplied", "given", "then"),
    [
        ("goal-7", "goal-8", 9),
        ("helps-7", "goal-8", 9),
        ("7", "goal-8", 9),
        ("school", "goal-1", 2),
        ("goal-", "goal-1", 2),
        ("goal-007", "goal-8", 9),
        # No count of ours has so many digits, and no column could hold the next.
        ("goal-99999999999999999999", "goal-1", 2),
        ("goal-999999999", "goal-1000000000", 1000000001),
    ],
)
def test_numbers_begin_behind_those_that_were_supplied(supplied: str, given: str, then: int) -> None:
    content = Content("x", goals=(Goal("one", line=supplied), Goal("two")))
    named, next_line = with_lines(content, 1)
    assert [goal.line for goal in named.goals] == [supplied, given]
    assert next_line == then


def test_a_supplied_name_is_stepped_over() -> None:
    content = Content("x", goals=(Goal("one", line="goal-1000000001"), Goal("two"), Goal("three")))
    named, next_line = with_lines(content, 1_000_000_000)
    assert [goal.line for goal in named.goals] == ["goal-1000000001", "goal-1000000000", "goal-1000000002"]
    assert next_line == 1_000_000_003


line_names = st.none() | st.from_regex(r"(helps|goal|activity)-[1-9]{1,2}|[a-z0-9-]{1,40}", fullmatch=True)


@given(
    helps=st.lists(line_names, max_size=4),
    goals=st.lists(line_names, min_size=1, max_size=4),
    activities=st.lists(line_names, max_size=4),
    next_line=st.integers(1, 30),
)
@settings(max_examples=100, deadline=None)
def test_every_line_ends_up_with_a_name_of_its_own(
    helps: list[str | None], goals: list[str | None], activities: list[str | None], next_line: int
) -> None:
    content = Content(
        "x",
        tuple(Helps("h", line) for line in helps),
        tuple(Goal("g", line) for line in goals),
        tuple(activity(line=line) for line in activities),
    )
    named, then = with_lines(content, next_line)
    before, after = [item.line for item in content.lines], [item.line for item in named.lines]
    supplied = [line for line in before if line]
    assert all(after)
    assert [new for old, new in zip(before, after, strict=True) if old] == supplied
    if len(set(supplied)) == len(supplied):
        assert len(set(after)) == len(after)
    else:
        assert any(fault.field.endswith(".line") for fault in faults(content))
    assert next_line <= then < 2**31
    assert with_lines(named, then) == (named, then)
