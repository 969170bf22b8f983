"""What does a letter say of a care and support plan, to the person themselves and to their GP?

The letter's parts are one list: what a plan comes to hold, a line here puts into every letter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
    words: Callable[[Any], Sequence[str | None]]


SECTIONS: tuple[_Section, ...] = (
    _Section("What matters to you", "What matters to the patient", lambda plan: [plan.what_matters]),
    _Section("How to talk with you", "How to communicate", lambda plan: [plan.communicate_how]),
    _Section("Please do", "Please do", lambda plan: [plan.please_do]),
    _Section("Please do not", "Please do not", lambda plan: [plan.please_dont]),
    _Section("What already helps you", "What already helps", lambda plan: [each.words for each in plan.already_helps]),
    _Section("What you hope for", "Goals", lambda plan: [_goal(each) for each in plan.goals]),
    _Section("What is to be done", "Activities", lambda plan: [each.words for each in plan.activities]),
)


def parts(revision: Any, reader: Reader) -> list[Part]:
    """The letter's parts for one revision of a plan, whole; what the plan says nothing of is left out."""
    found = []
    for section in SECTIONS:
        if said := [words for words in section.words(revision) if words]:
            found.append(Part(section.to_patient if reader is Reader.PATIENT else section.to_gp, said))
    return found


def _goal(goal: Any) -> str:
    marks = {"how important": goal.importance, "how sure": goal.confidence}
    said = "; ".join(f"{name}: {mark} of 10" for name, mark in marks.items() if mark is not None)
    return f"{goal.words} ({said})" if said else str(goal.words)
