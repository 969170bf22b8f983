"""The content of a care plan, the names of its lines, and the moves of its status."""

from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from companion.domain.behaviour import Behaviour
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
# By which a draft becomes active; the schema knows this move too.
AGREED = (CarePlanStatus.DRAFT, CarePlanStatus.ACTIVE)
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


NUDGEABLE = frozenset({ActivityStatus.NOT_STARTED, ActivityStatus.SCHEDULED, ActivityStatus.IN_PROGRESS})


OVER = frozenset({ActivityStatus.COMPLETED, ActivityStatus.CANCELLED, ActivityStatus.STOPPED})


class NeedKind(StrEnum):
    """What a need is about (West Lancashire's plan: physical, psychological, nutritional and social needs)."""

    PHYSICAL = "physical"
    PSYCHOLOGICAL = "psychological"
    SOCIAL = "social"
    NUTRITIONAL = "nutritional"


class DoneBy(StrEnum):
    """Who does what was agreed (PRSB: action, by whom)."""

    PATIENT = "patient"
    CARER = "carer"
    SERVICE = "service"
    VOLUNTARY_PARTNER = "voluntary-partner"


class ContactKind(StrEnum):
    """Whom a plan names: who cares for the person, or whom to turn to if things go wrong (PRSB: contingency plans)."""

    CARER = "carer"
    CONTINGENCY = "contingency"


class AgreedHow(StrEnum):
    """How the patient said that they agree."""

    IN_PERSON = "in-person"
    PHONE = "phone"
    APP = "app"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Helps:
    """Something this person already does that helps them. `line` is its permanent name within the plan."""

    words: str
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A need, concern or problem; `condition` is the one that it comes with, as there may be several at once."""

    kind: NeedKind
    words: str
    line: str | None = None
    condition: str | None = None


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
    None leaves the hour to the planner. `recurrence` is how often it is done, an RRULE counted from `starts_on`
    (see recurrence.py); `due_on` is by when, and the last day of it. All are the patient's local days.
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
    done_by: DoneBy = DoneBy.PATIENT
    recurrence: str | None = None
    starts_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine to talk about at the review, and why: never a dose, and never what to take."""

    words: str
    line: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to turn to: `words` say who it is and what they are to the person."""

    kind: ContactKind
    words: str
    line: str | None = None
    phone: str | None = None


# So many lines a part of a plan may have.
MOST_LINES = 50
# A longer number at the end of a supplied name is no count of ours; counting on from it would not fit a column.
MOST_DIGITS = 9

Line = Helps | Need | Goal | Activity | Medicine | Contact
L = TypeVar("L", Helps, Need, Goal, Activity, Medicine, Contact)
# The parts that consist of lines, in the order in which they are read, and what their lines are called.
PARTS: dict[str, str] = {
    "already_helps": "helps",
    "goals": "goal",
    "activities": "activity",
    "needs": "need",
    "medicines_to_review": "medicine",
    "contacts": "contact",
}


@dataclass(frozen=True, slots=True)
class Content:
    """All that one revision of a plan says (PRSB PCSP): about me, what helps, needs, goals, activities, medicines to
    review, what to do in a flare-up, whom to turn to, and when it is looked at again. `review_on` is a local day."""

    what_matters: str
    already_helps: tuple[Helps, ...] = ()
    goals: tuple[Goal, ...] = ()
    activities: tuple[Activity, ...] = ()
    needs: tuple[Need, ...] = ()
    medicines_to_review: tuple[Medicine, ...] = ()
    contacts: tuple[Contact, ...] = ()
    important_people: str | None = None
    communicate_how: str | None = None
    please_do: str | None = None
    please_dont: str | None = None
    flare_early_signs: str | None = None
    flare_first_steps: str | None = None
    flare_avoid: str | None = None
    flare_contact: str | None = None
    flare_urgent_help: str | None = None
    review_on: date | None = None
    reviewer_id: UUID | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, part after part."""
        return tuple(line for part in PARTS for line in getattr(self, part))


def spoken(behaviour: Behaviour, nudge_words: str | None, words: str, helps: str | None) -> str:
    """The words of a plan line as a text says them: its own, else what already helps, else what is to be done."""
    healthy = helps if behaviour is Behaviour.HEALTHY else None
    return nudge_words or healthy or words


def with_starts(content: Content, today: date) -> Content:
    """Count every recurrence that says no first day of its own from today, the patient's local day."""
    activities = (
        replace(activity, starts_on=today) if activity.recurrence and activity.starts_on is None else activity
        for activity in content.activities
    )
    return replace(content, activities=tuple(activities))


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

    parts: dict[str, Any] = {part: named(prefix, getattr(content, part)) for part, prefix in PARTS.items()}
    return replace(content, **parts), number
