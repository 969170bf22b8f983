"""Are the made-up people sound: nobody real, nothing unkind, nothing too long, every word as it should be taken?"""

import pytest

from api.demo import cast, story
from api.demo.care_plan import JOAN_REVISED
from api.demo.cast import TROUPES, Patient
from companion.domain import identifiers, preference
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Content
from companion.domain.local_time import known_zones
from companion.domain.plan_fault import faults
from companion.domain.segments import segments
from companion.domain.urgent import topics
from companion.domain.wording import DRAFTS, NUDGE_PURPOSE, WordingPurpose
from companion.domain.wording_lint import MOST_SEGMENTS, lint, merge
from nudges.words import replies
from nudges.words.replies import Command

EVERYBODY = [patient for troupe in TROUPES for patient in troupe.patients]
STAFF = [member for troupe in TROUPES for member in troupe.staff]
BY_NAME = {patient.name: patient for patient in EVERYBODY}
PLANS = [(patient.name, patient.plan) for patient in EVERYBODY]
REPLIES = [response.reply for response in story.RESPONSES.values() if response.reply]

by_name = pytest.mark.parametrize("patient", EVERYBODY, ids=lambda patient: patient.name)


def spoken(plan: Content) -> list[tuple[Behaviour, str]]:
    """What a nudge says of each line."""
    helps = {line.line: line.words for line in plan.already_helps}
    return [
        (line.behaviour, line.nudge_words or helps.get(line.already_helps_line or "") or line.words)
        for line in plan.activities
    ]


@by_name
def test_nobody_is_real(patient: Patient) -> None:
    enrolment = patient.enrolment
    assert enrolment.nhs_number.startswith("999")
    assert identifiers.nhs_number(enrolment.nhs_number) == enrolment.nhs_number
    assert int(enrolment.mobile[1:]) in identifiers.DRAMA_RANGE
    assert enrolment.time_zone in known_zones()


def test_everybody_is_somebody_else() -> None:
    for values in (
        [patient.name for patient in EVERYBODY] + [member.first_name for member in STAFF],
        [patient.enrolment.nhs_number for patient in EVERYBODY],
        [cast.STRANGER, *(patient.enrolment.mobile for patient in EVERYBODY)],
        [member.email for member in STAFF],
    ):
        assert len(set(values)) == len(values)


def test_the_phones_of_the_pain_services_ring_nowhere() -> None:
    # 01632 960000 to 960999: Ofcom's range for drama, for a place that does not exist.
    assert all(troupe.opening.phone.startswith("01632 960") for troupe in TROUPES)


@by_name
def test_what_they_want_is_what_their_pain_service_allows(patient: Patient) -> None:
    [opening] = [troupe.opening for troupe in TROUPES if patient in troupe.patients]
    hours, ceilings = patient.enrolment.hours, patient.enrolment.ceilings
    assert hours is not None
    assert ceilings is not None
    assert preference.faults(hours, ceilings, opening.text_hours, opening.ceilings) == []


@pytest.mark.parametrize(
    ("name", "plan"), [*PLANS, ("Joan", JOAN_REVISED)], ids=[*(name for name, _ in PLANS), "Joan again"]
)
def test_plans_are_sound_kind_and_short(name: str, plan: Content) -> None:
    assert faults(plan) == []
    assert {line.behaviour for line in plan.activities} == set(Behaviour)
    for behaviour, words in spoken(plan):
        template = DRAFTS[NUDGE_PURPOSE[behaviour]]
        assert (
            lint(template.replace("{line}", words), longest={"first_name": name, "service": "iHELP pain service"}) == []
        )
        values = {"first_name": name, "line": words, "service": "iHELP pain service"}
        assert segments(merge(template, values)) <= MOST_SEGMENTS
        why = merge(DRAFTS[WordingPurpose.WHY], {**values, "agreed_on": "28 September 2026"})
        assert segments(why) <= MOST_SEGMENTS + (not words.isascii())


@pytest.mark.parametrize("reply", REPLIES)
def test_what_staff_write_is_signed_and_short(reply: str) -> None:
    assert segments(reply) <= MOST_SEGMENTS
    assert reply.endswith("\nBen, iHELP pain service")
    assert lint(reply.replace("iHELP pain service", "{service}"), longest={"service": "iHELP pain service"}) == []


def test_what_the_story_says_is_taken_as_it_is_meant() -> None:
    read = {text.words: replies.read(text.words) for text in story.UNASKED}
    assert [words for words in read if topics(words)] == [story.UNASKED[1].words]
    assert read["STOP"].command is Command.STOP
    assert read["START"].command is Command.START
    answers = {words: replies.read(words) for given in story.ANSWERS.values() for words in given.values()}
    assert {words: found.command for words, found in answers.items() if found.command} == {
        "WHY": Command.WHY,
        "Stop": Command.STOP,
    }
    assert not any(found.topics for found in answers.values())


def test_everybody_in_the_story_is_in_the_cast() -> None:
    named = {
        *story.ANSWERS,
        *(text.who for text in (*story.UNASKED, *story.LAST_WORDS)),
        *(who for who, _ in story.RESPONSES),
    }
    assert named - {""} <= BY_NAME.keys()
