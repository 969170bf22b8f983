"""What of the newer parts of a plan is refused, and which days may have passed?"""

from dataclasses import replace
from typing import Any

import pytest

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, ActivityStatus, Medicine
from companion.domain.plan_fault import faults, past_faults
from companion.domain.working_hours import WEEK
from tests.support.cast import day, plan_content

TODAY = day("2026-11-23")
WHEN = {"starts_on": TODAY, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}


def activity(**changes: Any) -> Activity:
    return replace(Activity(Behaviour.CURIOUS, "Notice my sleep", frozenset(WEEK), line="mine"), **changes)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"activities": (activity(**WHEN),)}, []),
        ({"activities": (activity(recurrence="FREQ=WEEKLY"),)}, ["activities.0.starts_on"]),
        ({"activities": (activity(**WHEN | {"recurrence": "often"}),)}, ["activities.0.recurrence"]),
        ({"activities": (activity(**WHEN, days_of_week=frozenset(WEEK[1:])),)}, ["activities.0.recurrence"]),
        ({"activities": (activity(**WHEN, due_on=day("2026-11-22")),)}, ["activities.0.due_on"]),
        ({"activities": (activity(starts_on=day("1999-12-31")),)}, ["activities.0.starts_on"]),
        ({"flare_avoid": "Bed"}, ["flare_first_steps", "flare_urgent_help"]),
        ({"flare_first_steps": "Rest", "flare_urgent_help": "Call 999"}, []),
        ({"medicines_to_review": (Medicine("Codeine 30 mg"),)}, ["medicines_to_review.0.words"]),
        ({"medicines_to_review": (Medicine("Codeine", why="two tablets do not help"),)}, ["medicines_to_review.0.why"]),
        ({"medicines_to_review": (Medicine("Vitamin B12", why="on it since 2019"),)}, []),
    ],
)
def test_every_fault_is_named_by_the_path_of_its_field(changes: dict[str, Any], fields: list[str]) -> None:
    assert [fault.field for fault in faults(plan_content(**changes))] == fields


def test_what_passed_already_is_refused_unless_it_stood_there() -> None:
    past = day("2026-11-22")
    plan = plan_content(activities=(activity(due_on=past),), review_on=past)
    assert [fault.field for fault in past_faults(plan, None, TODAY)] == ["activities.0.due_on", "review_on"]
    assert past_faults(plan, plan, TODAY) == []
    assert past_faults(plan, None, past) == []
    over = plan_content(activities=(activity(due_on=past, status=ActivityStatus.COMPLETED),))
    assert past_faults(over, None, TODAY) == []
    # Taken up again, it needs another day.
    assert [fault.field for fault in past_faults(plan, over, TODAY)] == ["activities.0.due_on", "review_on"]
