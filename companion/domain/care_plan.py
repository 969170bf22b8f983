"""What is a sound care plan, and which moves may its status make?"""

from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from typing import TypeVar

from companion.domain.behaviour import Behaviour
from companion.domain.refusal import Fault
from companion.domain.working_hours import Weekday


class CarePlanStatus(StrEnum):
    """FHIR R4 request-status, the codes that are used here."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"


MOVES: dict[CarePlanStatus, frozenset[CarePlanStatus]] = {
    # A draft becomes active by the patient's agreement, and by nothing else.
    CarePlanStatus.DRAFT: frozenset({CarePlanStatus.REVOKED}),
    CarePlanStatus.ACTIVE: frozenset({CarePlanStatus.ON_HOLD, CarePlanStatus.REVOKED, CarePlanStatus.COMPLETED}),
    CarePlanStatus.ON_HOLD: frozenset({CarePlanStatus.ACTIVE, CarePlanStatus.REVOKED, CarePlanStatus.COMPLETED}),
    CarePlanStatus.REVOKED: frozenset(),
    CarePlanStatus.COMPLETED: frozenset(),
}
EDITABLE = frozenset({CarePlanStatus.DRAFT, CarePlanStatus.ACTIVE, CarePlanStatus.ON_HOLD})


class ActivityStatus(StrEnum):
    """FHIR R4 care-plan-activity-status, the codes that are used here."""

    NOT_STARTED = "not-started"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


# What a text says of a line; with the wording around it, two parts of a text message.
LONGEST_SPOKEN = 160
NUDGEABLE = frozenset({ActivityStatus.NOT_STARTED, ActivityStatus.SCHEDULED, ActivityStatus.IN_PROGRESS})


class AgreedHow(StrEnum):
    """How the patient said that they agree."""

    IN_PERSON = "in-person"
    PHONE = "phone"
    APP = "app"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Helps:
    """Something this person already does that helps them. `line` names it within the plan, for ever."""

    words: str
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What the person hopes for, in their own words; importance and confidence from 0 to 10."""

    words: str
    line: str | None = None
    importance: int | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What is to be done, which behaviour it serves, and on which days a nudge may speak of it.

    `nudge_words` is what a text says in place of `words`. `time_of_day` is on the patient's wall clock;
    None leaves the hour to the planner.
    """

    behaviour: Behaviour
    words: str
    days_of_week: frozenset[Weekday]
    line: str | None = None
    goal_line: str | None = None
    already_helps_line: str | None = None
    nudge_words: str | None = None
    time_of_day: time | None = None
    status: ActivityStatus = ActivityStatus.SCHEDULED


# A longer number at the end of a supplied name is no count of ours; counting on from it would not fit a column.
MOST_DIGITS = 9

Line = Helps | Goal | Activity
L = TypeVar("L", Helps, Goal, Activity)


@dataclass(frozen=True, slots=True)
class Content:
    """All that one revision of a plan says: the person's own part first, then goals and activities (PRSB PCSP)."""

    what_matters: str
    already_helps: tuple[Helps, ...] = ()
    goals: tuple[Goal, ...] = ()
    activities: tuple[Activity, ...] = ()
    communicate_how: str | None = None
    please_do: str | None = None
    please_dont: str | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, in order: what helps, goals, activities."""
        return (*self.already_helps, *self.goals, *self.activities)


def faults(content: Content) -> list[Fault]:
    """Everything that keeps this from being a sound plan, each with the dotted path of its field."""
    found = []
    if not content.goals:
        found.append(Fault("goals", "A plan needs at least one goal, in the person's own words."))
    seen = set()
    for part in ("already_helps", "goals", "activities"):
        for index, item in enumerate(getattr(content, part)):
            if item.line is not None and item.line in seen:
                words = f"The line '{item.line}' is named twice; each line has its own name."
                found.append(Fault(f"{part}.{index}.line", words))
            seen.add(item.line)
    helps = {item.line for item in content.already_helps}
    goals = {item.line for item in content.goals}
    for index, activity in enumerate(content.activities):
        at = f"activities.{index}"
        if activity.behaviour is Behaviour.HEALTHY and activity.already_helps_line is None:
            words = "A healthy activity is something that already helps this person: name its line in already_helps."
            found.append(Fault(f"{at}.already_helps_line", words))
        if activity.already_helps_line is not None and activity.already_helps_line not in helps:
            found.append(Fault(f"{at}.already_helps_line", "No line of already_helps has this name."))
        if activity.goal_line is not None and activity.goal_line not in goals:
            found.append(Fault(f"{at}.goal_line", "No goal has this line."))
        helps_words = next(
            (item.words for item in content.already_helps if item.line == activity.already_helps_line), ""
        )
        spoken = activity.nudge_words or (activity.behaviour is Behaviour.HEALTHY and helps_words) or activity.words
        if len(spoken) > LONGEST_SPOKEN:
            words = f"A text has room for {LONGEST_SPOKEN} characters of it: say it shorter in nudge_words."
            found.append(Fault(f"{at}.nudge_words", words))
        if not activity.days_of_week:
            found.append(Fault(f"{at}.days_of_week", "Choose at least one day of the week."))
    return found


def with_lines(content: Content, next_line: int) -> tuple[Content, int]:
    """Name every line that has no name yet ('helps-1', 'goal-2', 'activity-3').

    Returns the content and the next free number. Numbers are never used again in a plan, so that a name
    always means the same line in whichever revision it stands.
    """
    supplied = {item.line for item in content.lines if item.line}
    tails = (line.rpartition("-")[2] for line in supplied)
    taken = (int(tail) for tail in tails if tail.isdecimal() and len(tail) <= MOST_DIGITS)
    number = max((next_line, *(used + 1 for used in taken)))

    def named(prefix: str, lines: tuple[L, ...]) -> tuple[L, ...]:
        nonlocal number
        done = []
        for line in lines:
            if line.line is None:
                while f"{prefix}-{number}" in supplied:
                    number += 1
                done.append(replace(line, line=f"{prefix}-{number}"))
                number += 1
            else:
                done.append(line)
        return tuple(done)

    content = replace(
        content,
        already_helps=named("helps", content.already_helps),
        goals=named("goal", content.goals),
        activities=named("activity", content.activities),
    )
    return content, number
