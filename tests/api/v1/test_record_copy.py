"""Is the copy of a record in words and in local time, and do all forms of a plan say all of its sections?"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from api.fhir.care_plan import ELEMENTS
from companion.domain.care_plan import Content
from companion.domain.local_words import moment_words, time_words, weekday_words
from companion.domain.plan_section import SECTIONS
from companion.domain.plan_words import Reader
from companion.domain.record_words import WORDS
from companion.domain.working_hours import WEEK
from companion.use_cases import care_plan, patient
from tests.api.caller import Caller
from tests.companion.domain.test_plan_section import LINES
from tests.support import lived
from tests.support.world import World

RAW_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
RULES = {
    "FREQ=WEEKLY;BYDAY=FR": "every week, on Friday",
    "FREQ=MONTHLY;BYMONTHDAY=31": "every month, on the 31st (months without that day are left out)",
}


def full(reviewer_id: UUID | None) -> Content:
    """A plan with something in every field."""
    marks: dict[str, Any] = {field: f"Mark {field}" for section in SECTIONS for field in section.fields}
    marks |= {part: (line,) for part, line in LINES.items()}
    return Content(**marks | {"review_on": date(2099, 2, 1), "reviewer_id": reviewer_id})


def test_every_code_of_the_copy_has_words() -> None:
    for kind, words in WORDS.items():
        assert set(words) == set(kind)
        assert all(words.values())


def test_a_copy_shows_no_code_no_rule_and_no_raw_day(world: World, ben: Caller) -> None:
    lived.live(world)
    lived.live_since(world)
    world.texts("STOP")
    page = unescape(ben.get(f"/v1/patients/{world.people.amina.id}/export.html").text)
    body = page[page.index("<main>") :]
    assert RAW_DAY.findall(body) == []
    for raw in ("FREQ=", "UTC", "patient-text"):
        assert raw not in body, raw
    codes = {code.value for words in WORDS.values() for code in words if "-" in code.value}
    assert len(codes) > 20
    assert [code for code in codes if code in body] == []
    for said in ("you sent us a text", "Could I swim?", "urgent", "your GP referred you", "a short walk after lunch"):
        assert said in body, said


@pytest.mark.parametrize("rule", RULES)
def test_how_often_is_said_in_words(world: World, ben: Caller, rule: str) -> None:
    activities = (replace(LINES["activities"], recurrence=rule, days_of_week=frozenset(WEEK)),)
    world.people.agree_plan(replace(full(world.people.ben.id), activities=activities))
    page = unescape(ben.get(f"/v1/patients/{world.people.amina.id}/export.html").text)
    assert RULES[rule] in page


def test_moments_are_those_of_the_person_s_own_zone(world: World, ben: Caller) -> None:
    people = world.people
    version = patient.read(people.ben, people.amina.id, world.now).version
    patient.amend(people.ben, people.amina.id, version, {"time_zone": "Asia/Kolkata"}, world.now)
    page = ben.get(f"/v1/patients/{people.amina.id}/export.html").text
    assert moment_words(world.now, "Asia/Kolkata") in page
    assert moment_words(world.now, "Europe/London") not in page
    assert moment_words(datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "Europe/London") == "1 July 2026, 1:05pm"


def test_the_copy_and_fhir_say_every_section(world: World, ben: Caller) -> None:
    content = full(world.people.ben.id)
    drafted = care_plan.draft(world.people.ben, world.people.amina.id, content, world.now)
    record = f"/v1/patients/{world.people.amina.id}"
    page = unescape(ben.get(f"{record}/export.html").text)
    bundle = ben.get(f"{record}/export.fhir").json
    [plan] = [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "CarePlan"]
    notes = [each["text"] for each in plan["note"]]
    names: dict[Any, str] = {world.people.ben.id: "Ben Okafor"}
    said = 0
    for section in SECTIONS:
        for words in section.words(drafted.revision, Reader.PATIENT, names):
            assert f"<dt>{section.heading(Reader.PATIENT)}</dt>" in page
            assert words in page
            said += 1
        for words in section.words(drafted.revision, Reader.GP, names):
            if section.name not in ELEMENTS:
                assert f"{section.heading(Reader.GP)}: {words}" in notes
    assert said == len(SECTIONS) - 1, "all but one of the two kinds of contacts"


def test_times_and_weekdays_are_said_as_people_say_them() -> None:
    times = (time(0), time(9), time(9, 30), time(12), time(12, 5), time(14), time(23, 59))
    assert [time_words(each) for each in times] == [
        "midnight", "9am", "9:30am", "midday", "12:05pm", "2pm", "11:59pm"
    ]  # fmt: skip
    assert weekday_words(WEEK) == "any day"
    assert weekday_words(WEEK[:5]) == "Monday to Friday"
    assert weekday_words({WEEK[3], WEEK[1]}) == "Tuesday and Thursday"
