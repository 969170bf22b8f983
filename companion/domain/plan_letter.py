"""What does a letter say of a care and support plan, to the person themselves and to their GP?

The letter's parts are one list: what a plan comes to hold, a line here puts into every letter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from companion.domain.care_plan import OVER, AgreedHow, ContactKind, DoneBy
from companion.domain.recurrence_words import day_words
from companion.domain.recurrence_words import words as recurrence_words


class Reader(StrEnum):
    """To whom the letter goes."""

    PATIENT = "patient"
    GP = "gp"


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading, which is worded for its reader."""

    heading: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Section:
    to_patient: str
    to_gp: str
    words: Callable[[Any, Reader], Sequence[str | None]]


# By whom, to each reader. The patient's own need no name to themselves.
_DONE_BY = {
    Reader.PATIENT: {
        DoneBy.PATIENT: "you",
        DoneBy.CARER: "your carer",
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
_AGREED_HOW = {
    AgreedHow.IN_PERSON: "in person",
    AgreedHow.PHONE: "by phone",
    AgreedHow.APP: "in the app",
    AgreedHow.TEXT: "by a link in a text",
}


def _only(field: str) -> Callable[[Any, Reader], Sequence[str | None]]:
    return lambda plan, reader: [getattr(plan, field)]


def _contacts(kind: ContactKind) -> Callable[[Any, Reader], Sequence[str | None]]:
    return lambda plan, reader: [_contact(each) for each in plan.contacts if each.kind is kind]


def _all(field: str, said: Callable[[Any, Reader], str]) -> Callable[[Any, Reader], Sequence[str | None]]:
    return lambda plan, reader: [said(each, reader) for each in getattr(plan, field)]


def _goal(goal: Any, _: Reader) -> str:
    marks = {"how important": goal.importance, "how sure": goal.confidence}
    said = "; ".join(f"{name}: {mark} of 10" for name, mark in marks.items() if mark is not None)
    return f"{goal.words} ({said})" if said else str(goal.words)


def _need(need: Any, _: Reader) -> str:
    return f"{need.words} ({need.kind.value}{f'; with {need.condition}' if need.condition else ''})"


def _activity(activity: Any, reader: Reader) -> str:
    said = [f"done by {_DONE_BY[reader][activity.done_by]}"]
    if activity.status in OVER:
        said.append(activity.status.value)
    if activity.recurrence:
        said.append(recurrence_words(activity.recurrence))
    if activity.starts_on:
        said.append(f"from {day_words(activity.starts_on)}")
    if activity.due_on:
        said.append(f"by {day_words(activity.due_on)}")
    return f"{activity.words} ({'; '.join(said)})"


def _medicine(medicine: Any, _: Reader) -> str:
    return f"{medicine.words}: {medicine.why}" if medicine.why else str(medicine.words)


def _contact(contact: Any) -> str:
    return f"{contact.words}: {contact.phone}" if contact.phone else str(contact.words)


SECTIONS: tuple[_Section, ...] = (
    _Section("What matters to you", "What matters to the patient", _only("what_matters")),
    _Section("People who are important to you", "People who are important to the patient", _only("important_people")),
    _Section("How to communicate with you", "How to communicate", _only("communicate_how")),
    _Section("Please do", "Please do", _only("please_do")),
    _Section("Please do not", "Please do not", _only("please_dont")),
    _Section("What already helps you", "What already helps", _all("already_helps", lambda each, _: str(each.words))),
    _Section("What you need", "Needs", _all("needs", _need)),
    _Section("What you hope for", "Goals", _all("goals", _goal)),
    _Section("What we agreed to do", "Activities", _all("activities", _activity)),
    _Section("Medicines to talk about at your review", "Medicines for review", _all("medicines_to_review", _medicine)),
    _Section("Early signs of a flare-up", "Flare-up: early signs", _only("flare_early_signs")),
    _Section("In a flare-up, do this first", "Flare-up: first steps", _only("flare_first_steps")),
    _Section("In a flare-up, try not to", "Flare-up: to avoid", _only("flare_avoid")),
    _Section("In a flare-up, who to contact", "Flare-up: contact", _only("flare_contact")),
    _Section("Get urgent help if", "Flare-up: when to seek urgent help", _only("flare_urgent_help")),
    _Section("Your carers", "Carers", _contacts(ContactKind.CARER)),
    _Section("Who to contact if things go wrong", "Contingency contacts", _contacts(ContactKind.CONTINGENCY)),
)


def parts(revision: Any, reader: Reader) -> list[Part]:
    """The letter's parts for one revision of a plan, whole; what the plan says nothing of is left out."""
    found = []
    for section in SECTIONS:
        if said := [words for words in section.words(revision, reader) if words]:
            found.append(Part(section.to_patient if reader is Reader.PATIENT else section.to_gp, said))
    return found


def agreed_how(how: AgreedHow) -> str:
    """How the patient said yes, within a sentence."""
    return _AGREED_HOW[how]
