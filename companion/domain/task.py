"""Tasks: what waits for staff, and by when they must have looked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from companion.domain.local_time import end_of_day, local
from companion.domain.working_hours import Hours, next_opening


class TaskKind(StrEnum):
    """Why the task exists."""

    READ_MESSAGE = "read-message"
    UNKNOWN_NUMBER = "unknown-number"
    CONTACT_ANOTHER_WAY = "contact-another-way"
    NUMBER_INVALID = "number-invalid"
    CHECK_SENDING = "check-sending"
    EMERGENCY_ACCESS = "emergency-access"
    CORRECTION = "correction"
    RESTRICTION = "restriction"
    ERASURE = "erasure"
    REVIEW_DUE = "review-due"
    SUGGESTION = "suggestion"
    CHECK_DIRECTORY = "check-directory"
    SECOND_OPINION = "second-opinion"
    OPINION_GIVEN = "opinion-given"


class TaskPriority(StrEnum):
    """FHIR's request priorities, the two that are used here."""

    ROUTINE = "routine"
    URGENT = "urgent"


class TaskStatus(StrEnum):
    """FHIR's Task.status, the two that are used here."""

    REQUESTED = "requested"
    COMPLETED = "completed"


URGENT_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """A pain service's desk: when and where its staff read messages."""

    hours: Hours
    zone_name: str
    bank_holidays: frozenset[date]


def due_at(now: datetime, priority: TaskPriority, desk: Desk) -> datetime:
    """The UTC instant by which a person must have looked (P8).

    Urgent: one hour after `now`, or after the desk next opens. Routine: when the desk closes on the first
    day after today on which it is open. Draft targets, until a pain service sets its own.
    """
    if priority is TaskPriority.URGENT:
        opening = next_opening(now, desk.hours, desk.zone_name, desk.bank_holidays)
        return (opening or now) + URGENT_WITHIN
    midnight = end_of_day(local(now, desk.zone_name).date(), desk.zone_name)
    opening = next_opening(midnight, desk.hours, desk.zone_name, desk.bank_holidays) or midnight
    return desk.hours.closes_at(local(opening, desk.zone_name).date(), desk.zone_name)
