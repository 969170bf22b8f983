"""How each line of a care plan is said to its reader."""

from enum import StrEnum
from typing import Any

from companion.domain.care_plan import ActivityStatus, AgreedHow, DoneBy, NeedKind
from companion.domain.local_words import day_words, time_words, weekday_words
from companion.domain.recurrence_words import words as recurrence_words


class Reader(StrEnum):
    """Who reads what the plan says: the person themselves, or their GP and other professionals."""

    PATIENT = "patient"
    GP = "gp"


# By whom, to each reader. The patient's own need no name to themselves.
DONE_BY: dict[Reader, dict[DoneBy, str]] = {
    Reader.PATIENT: {
        DoneBy.PATIENT: "you",
        DoneBy.CARER: "who cares for you",
        DoneBy.SERVICE: "the pain service",
        DoneBy.VOLUNTARY_PARTNER: "a voluntary partner",
    },
    Reader.GP: {
        DoneBy.PATIENT: "the patient",
        DoneBy.CARER: "a carer",
        DoneBy.SERVICE: "the pain service",
        DoneBy.VOLUNTARY_PARTNER: "a voluntary partner",
    },
}
# Said of an activity that is not simply going on.
_STANDS: dict[ActivityStatus, str] = {
    ActivityStatus.ON_HOLD: "on hold",
    ActivityStatus.COMPLETED: "completed",
    ActivityStatus.CANCELLED: "cancelled",
    ActivityStatus.STOPPED: "stopped",
}
_NEED: dict[NeedKind, str] = {
    NeedKind.PHYSICAL: "physical",
    NeedKind.PSYCHOLOGICAL: "psychological",
    NeedKind.SOCIAL: "social",
    NeedKind.NUTRITIONAL: "nutritional",
}
_AGREED_HOW: dict[AgreedHow, str] = {
    AgreedHow.IN_PERSON: "in person",
    AgreedHow.PHONE: "by phone",
    AgreedHow.APP: "in the app",
    AgreedHow.TEXT: "by a link in a text",
}


def helps(each: Any, _: Reader) -> str:
    """Say what already helps."""
    return str(each.words)


def need(each: Any, _: Reader) -> str:
    """Say a need: which kind it is, and which condition it comes with."""
    return f"{each.words} ({_NEED[each.kind]}{f'; with {each.condition}' if each.condition else ''})"


def goal(each: Any, _: Reader) -> str:
    """Say a goal: how important it is to the person, and how sure they are."""
    marks = {"how important": each.importance, "how sure": each.confidence}
    said = "; ".join(f"{name}: {mark} of 10" for name, mark in marks.items() if mark is not None)
    return f"{each.words} ({said})" if said else str(each.words)


def activity(each: Any, reader: Reader) -> str:
    """Say an activity: who does it, how often and until when; to the patient also what a text says of it, and when."""
    said = [f"done by {DONE_BY[reader][each.done_by]}"]
    if each.status in _STANDS:
        said.append(_STANDS[each.status])
    if each.recurrence:
        said.append(recurrence_words(each.recurrence, each.starts_on))
    if each.starts_on:
        said.append(f"from {day_words(each.starts_on)}")
    if each.due_on:
        said.append(f"by {day_words(each.due_on)}")
    if reader is Reader.PATIENT:
        at = f", at {time_words(each.time_of_day)}" if each.time_of_day else ""
        said.append(f"we may text you about it on {weekday_words(each.days_of_week)}{at}")
        if each.nudge_words:
            said.append(f"our text says: {each.nudge_words}")
    return f"{each.words} ({'; '.join(said)})"


def medicine(each: Any, _: Reader) -> str:
    """Say a medicine, and why to talk about it."""
    return f"{each.words}: {each.why}" if each.why else str(each.words)


def contact(each: Any, _: Reader) -> str:
    """Say a contact, with their phone number."""
    return f"{each.words}: {each.phone}" if each.phone else str(each.words)


def agreed_how(how: AgreedHow) -> str:
    """Say how the patient said yes, within a sentence."""
    return _AGREED_HOW[how]
