"""The sections of a care plan: what each is called, who may see it, how it is said, and how a template begins it.

One table. The patient's page, the copy of their record, the letter and its PDF, FHIR and the templates' prompts are all
made from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from companion.domain import plan_words
from companion.domain.care_plan import PARTS, ContactKind
from companion.domain.local_words import day_words
from companion.domain.plan_words import Reader

# The names of staff whom a plan mentions, by their ids, as far as the reader may know them.
Names = Mapping[UUID, str]
Say = Callable[[Any, Reader, Names], Sequence[str | None]]
EVERYBODY = frozenset(Reader)


class Begins(StrEnum):
    """How a template begins a section: it asks the person, as only they can say, or gives words to start from."""

    ASKED = "asked"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `fields`: those of Content that it is made of, the one that a template names it by first. `say`
    takes a revision (a row or Content) and returns its lines in words; None and '' are left out."""

    name: str
    fields: tuple[str, ...]
    to_patient: str
    to_gp: str
    begins: Begins
    say: Say
    seen_by: frozenset[Reader] = EVERYBODY

    def heading(self, reader: Reader) -> str:
        """Return what it is called to this reader."""
        return self.to_patient if reader is Reader.PATIENT else self.to_gp

    def words(self, revision: Any, reader: Reader, names: Names) -> list[str]:
        """Return what it says to this reader, line by line; nothing if they may not see it."""
        said = self.say(revision, reader, names) if reader in self.seen_by else ()
        return [words for words in said if words]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading, which is worded for its reader."""

    heading: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """What one section no longer says, and what it says now."""

    heading: str
    before: Sequence[str]
    now: Sequence[str]


def _own(field: str, to_patient: str, to_gp: str, begins: Begins = Begins.ASKED) -> Section:
    """A section of the plan's own words, in one field."""
    return Section(
        field.replace("_", "-"),
        (field,),
        to_patient,
        to_gp,
        begins,
        lambda revision, reader, names: [getattr(revision, field)],
    )


def _lines(
    field: str, to_patient: str, to_gp: str, said: Callable[[Any, Reader], str], begins: Begins = Begins.ASKED
) -> Section:
    """A section of lines."""
    return Section(
        field.replace("_", "-"),
        (field,),
        to_patient,
        to_gp,
        begins,
        lambda revision, reader, names: [said(each, reader) for each in getattr(revision, field)],
    )


def _contacts(name: str, kind: ContactKind, to_patient: str, to_gp: str) -> Section:
    return Section(
        name,
        ("contacts",),
        to_patient,
        to_gp,
        Begins.ASKED,
        lambda revision, reader, names: [
            plan_words.contact(each, reader) for each in revision.contacts if each.kind is kind
        ],
    )


def _review(revision: Any, reader: Reader, names: Names) -> Sequence[str | None]:
    if revision.review_on is None:
        return ()
    by, reviewer = day_words(revision.review_on), names.get(revision.reviewer_id)
    if reader is Reader.PATIENT:
        said = f"We will review this plan with you by {by}"
    else:
        said = f"We will review this plan with the patient by {by}"
    return (f"{said}. {reviewer} will review it." if reviewer else f"{said}.",)


GIVEN = Begins.GIVEN
SECTIONS: tuple[Section, ...] = (
    _own("what_matters", "What matters to you", "What matters to the patient"),
    _own("important_people", "People who are important to you", "People who are important to the patient"),
    _own("communicate_how", "How to talk with you", "How to communicate"),
    _own("please_do", "Please do", "Please do"),
    _own("please_dont", "Please do not", "Please do not"),
    _lines("already_helps", "What already helps you", "What already helps", plan_words.helps),
    _lines("needs", "What you need", "Needs", plan_words.need, GIVEN),
    _lines("goals", "What you hope for", "Goals", plan_words.goal),
    _lines("activities", "What is to be done", "Activities", plan_words.activity, GIVEN),
    _lines(
        "medicines_to_review",
        "Medicines to talk about at your review",
        "Medicines for review",
        plan_words.medicine,
        GIVEN,
    ),
    _own("flare_early_signs", "Flare-up: early signs", "Early signs of a flare-up", GIVEN),
    _own("flare_first_steps", "Flare-up: what to do first", "First steps in a flare-up", GIVEN),
    _own("flare_avoid", "Flare-up: try not to", "What to avoid in a flare-up", GIVEN),
    _own("flare_contact", "Flare-up: who to contact", "Who to contact in a flare-up", GIVEN),
    _own("flare_urgent_help", "Get urgent help if", "When to seek urgent help", GIVEN),
    _contacts("carers", ContactKind.CARER, "Who cares for you", "Carers"),
    _contacts("contingency", ContactKind.CONTINGENCY, "Who to turn to if things go wrong", "Contingency contacts"),
    Section("review", ("review_on", "reviewer_id"), "Your next review", "Review", Begins.ASKED, _review),
)
# What a template asks of the person, and what it gives words for: lines, or the flare-up plan.
PROMPTED: frozenset[str] = frozenset(each.fields[0] for each in SECTIONS if each.begins is Begins.ASKED)
_GIVEN = tuple(each.fields[0] for each in SECTIONS if each.begins is Begins.GIVEN)
GIVEN_LINES: tuple[str, ...] = tuple(part for part in PARTS if part in _GIVEN)
FLARE: tuple[str, ...] = tuple(field for field in _GIVEN if field not in PARTS)


def parts(revision: Any, reader: Reader, names: Names) -> list[Part]:
    """Return all that a revision says to this reader, section by section; what it says nothing of is left out."""
    said = ((section.heading(reader), section.words(revision, reader, names)) for section in SECTIONS)
    return [Part(heading, words) for heading, words in said if words]


def changed(before: Any, now: Any, reader: Reader, names: Names) -> list[Changed]:
    """Return what the revision `now` says otherwise than `before`, section by section, in words. A line that only
    moved within its section is not named."""
    found = []
    for section in SECTIONS:
        old, new = (section.words(each, reader, names) for each in (before, now))
        gone, come = [words for words in old if words not in new], [words for words in new if words not in old]
        if gone or come:
            found.append(Changed(section.heading(reader), gone, come))
    return found
