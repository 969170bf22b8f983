"""Does every field of a plan have its section, and does whatever is written there come out in words?"""

from dataclasses import fields, replace
from datetime import date, time
from typing import Any
from uuid import UUID

import pytest

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import (
    PARTS,
    Activity,
    ActivityStatus,
    Contact,
    ContactKind,
    Content,
    DoneBy,
    Goal,
    Helps,
    Medicine,
    Need,
    NeedKind,
)
from companion.domain.plan_section import FLARE, GIVEN_LINES, PROMPTED, SECTIONS, changed, parts
from companion.domain.plan_template import Prompts, Template
from companion.domain.plan_words import Reader
from companion.domain.recurrence_words import words as recurrence_words
from companion.domain.working_hours import WEEK, Weekday
from tests.companion.domain.test_plan_difference import whole

BEN = UUID("11111111-1111-4111-8111-111111111111")
NAMES = {BEN: "Ben Okafor"}
MONDAYS = frozenset({Weekday.MON})
# One line of each part, with every field that it can have.
LINES: dict[str, Any] = {
    "already_helps": Helps("A walk"),
    "goals": Goal("Sleep", importance=5, confidence=5),
    "activities": Activity(
        Behaviour.CURIOUS,
        "Look",
        MONDAYS,
        nudge_words="how was it?",
        time_of_day=time(9),
        recurrence="FREQ=DAILY",
        starts_on=date(2026, 12, 1),
        due_on=date(2027, 3, 1),
    ),
    "needs": Need(NeedKind.SOCIAL, "Company", condition="Depression"),
    "medicines_to_review": Medicine("Codeine", why="Drowsy"),
    "contacts": Contact(ContactKind.CARER, "Her brother", phone="07700 900123"),
}
OTHERWISE: dict[str, Any] = {
    "words": "Other words",
    "importance": 6,
    "confidence": 6,
    "kind": {Need: NeedKind.PHYSICAL, Contact: ContactKind.CONTINGENCY},
    "condition": "Diabetes",
    "why": "Tired",
    "phone": "07700 900124",
    "days_of_week": frozenset(WEEK[:2]),
    "nudge_words": "and today?",
    "time_of_day": time(14, 30),
    "status": ActivityStatus.STOPPED,
    "done_by": DoneBy.CARER,
    "recurrence": "FREQ=WEEKLY",
    "starts_on": date(2026, 12, 2),
    "due_on": date(2027, 3, 2),
}
# These bind lines to each other and to what texts are made of; no reader is told them.
INNER = frozenset({"line", "goal_line", "already_helps_line", "behaviour"})


def said(content: Content, reader: Reader = Reader.PATIENT) -> str:
    return str(parts(content, reader, NAMES))


def test_every_field_of_a_plan_has_its_section() -> None:
    assert {field for section in SECTIONS for field in section.fields} == {field.name for field in fields(Content)}
    names = [section.name for section in SECTIONS]
    assert len(names) == len(set(names))
    for reader in Reader:
        assert all(section.heading(reader) for section in SECTIONS)


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("name", [field.name for field in fields(Content)])
def test_what_stands_in_a_field_is_said(name: str, reader: Reader) -> None:
    known = Content("Family", review_on=date(2027, 2, 1))
    other: dict[str, Any] = {"review_on": date(2027, 2, 2), "reviewer_id": BEN}
    value = (LINES[name],) if name in PARTS else other.get(name, "Something else")
    changes: dict[str, Any] = {name: value}
    assert said(replace(known, **changes), reader) != said(known, reader)


@pytest.mark.parametrize(
    ("part", "field"),
    [(part, field.name) for part, line in LINES.items() for field in fields(line) if field.name not in INNER],
)
def test_what_stands_in_a_line_is_said_to_its_patient(part: str, field: str) -> None:
    line, other = LINES[part], OTHERWISE[field]
    altered = replace(line, **{field: other[type(line)] if field == "kind" else other})
    plans: list[dict[str, Any]] = [{part: (each,)} for each in (line, altered)]
    before, after = (Content("Family", **each) for each in plans)
    assert said(before) != said(after)


def test_no_code_and_no_bare_date_is_said() -> None:
    lines: dict[str, Any] = {part: (line,) for part, line in LINES.items()}
    content = Content("Family", review_on=date(2027, 2, 1), reviewer_id=BEN, **lines)
    for reader in Reader:
        told = said(content, reader)
        for raw in ("FREQ", "2026-", "2027-", "Weekday", "datetime", "None"):
            assert raw not in told
    assert "We will review this plan with you by 1 February 2027. Ben Okafor will review it." in said(content)
    assert "we may text you about it on Monday, at 9am" in said(content)


def test_templates_ask_or_give_just_what_the_table_says() -> None:
    assert {field.name for field in fields(Prompts)} == PROMPTED
    given = {field.name for field in fields(Template)} - {"name", "suits", "prompts"}
    assert given == {*GIVEN_LINES, *FLARE}
    assert PROMPTED.isdisjoint(given)


def test_a_section_is_shown_to_those_alone_who_may_see_it() -> None:
    [first, *_] = SECTIONS
    hidden = replace(first, seen_by=frozenset({Reader.PATIENT}))
    assert hidden.words(whole(), Reader.PATIENT, {})
    assert hidden.words(whole(), Reader.GP, {}) == []


def test_what_changed_is_said_section_by_section() -> None:
    before = whole()
    after = replace(before, what_matters="The garden", medicines_to_review=(), please_do="Ring first")
    found = changed(before, after, Reader.PATIENT, {})
    assert [(each.heading, each.before, each.now) for each in found] == [
        ("What matters to you", ["Being there for my family"], ["The garden"]),
        ("Please do", [], ["Ring first"]),
        ("Medicines to talk about at your review", ["Codeine: It makes her drowsy"], []),
    ]
    assert changed(before, before, Reader.PATIENT, {}) == []


LEFT_OUT = "(months without that day are left out)"


@pytest.mark.parametrize(
    ("rule", "starts_on", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", None, "every week, on Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", None, f"every month, on the 31st {LEFT_OUT}"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,30", None, f"every month, on the 1st and the 30th {LEFT_OUT}"),
        ("FREQ=MONTHLY;BYMONTHDAY=28", None, "every month, on the 28th"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", None, "every month, on the last day"),
        ("FREQ=MONTHLY;COUNT=3", date(2026, 1, 31), f"every month, on the 31st {LEFT_OUT}, 3 times"),
        ("FREQ=MONTHLY", date(2026, 1, 2), "every month, on the 2nd"),
        ("FREQ=MONTHLY;BYDAY=1TU", date(2026, 1, 31), "every month, on the first Tuesday"),
        ("FREQ=YEARLY", date(2028, 2, 29), "every year, on 29 February (years without that day are left out)"),
        ("FREQ=YEARLY", date(2026, 2, 28), "every year"),
        ("FREQ=DAILY;UNTIL=20270301", None, "every day, until 1 March 2027"),
    ],
)
def test_a_rule_says_which_months_it_leaves_out(rule: str, starts_on: date | None, words: str) -> None:
    assert recurrence_words(rule, starts_on) == words
