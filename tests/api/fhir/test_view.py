"""Can other systems, and a patient's own app, read the record as FHIR R4, and only what is theirs to read?"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from flask import Flask
from sqlalchemy import select

from api import house
from companion.db import reading
from companion.domain.care_plan import AgreedHow, CarePlanStatus, Goal
from companion.domain.consent import ConsentStatus
from companion.domain.export import SOURCES, Part
from companion.domain.pathway import MoveReason, Step
from companion.domain.restriction import RestrictionGround
from companion.models import AuditEntry
from companion.use_cases import access_grant, care_plan, consent, pathway, restriction
from tests.api.caller import Answer, Caller, patient_signed_in
from tests.companion.use_cases.test_export import NOTE, lived_in, references
from tests.support import cast
from tests.support.world import World

NOBODY_S = "00000000-0000-4000-8000-000000000000"
MEDIA_TYPE = "application/fhir+json"
BASE = "http://127.0.0.1:8000/fhir/"


@pytest.fixture
def amina(app: Flask, world: World) -> Caller:
    """The app on her phone."""
    return patient_signed_in(app, world.people.amina)


@pytest.fixture
def lived(world: World) -> World:
    """Amina has something in every list, and Dee has a plan."""
    lived_in(world)
    return world


def ask(who: Caller, path: str, **more: Any) -> Any:
    """What a read in FHIR's way gave, which worked."""
    answer = who.get(f"/fhir/{path}", **more)
    assert (answer.status, answer.mimetype) == (200, MEDIA_TYPE), answer.text
    found = json.loads(answer.text)
    get_fhir_model_class(found["resourceType"]).model_validate(found)
    return found


def listed(who: Caller, part: str, patient_id: object) -> list[dict[str, Any]]:
    """The resources of a part, on one page."""
    whose = "_id" if part == Part.PATIENT else "patient"
    bundle = ask(who, f"{part}?{whose}={patient_id}&_count=100")
    return [entry["resource"] for entry in bundle.get("entry", [])]


def outcome(answer: Answer) -> tuple[int, str, str]:
    """The status, the code and the words of a refusal, which is an OperationOutcome."""
    assert answer.mimetype == MEDIA_TYPE, answer.text
    said = json.loads(answer.text)
    get_fhir_model_class("OperationOutcome").model_validate(said)
    return answer.status, said["issue"][0]["code"], " ".join(issue["diagnostics"] for issue in said["issue"])


def test_every_part_is_listed_and_read_by_its_id(lived: World, ben: Caller, amina: Caller) -> None:
    people = lived.people
    for who in (ben, amina):
        for part in Part:
            found = listed(who, part, people.amina.id)
            assert found, part
            for resource in found:
                assert ask(who, f"{part}/{resource['id']}") == resource
    everything = ask(amina, f"Patient/{people.amina.id}/$everything")
    assert everything["total"] == len(everything["entry"])
    assert {entry["resource"]["resourceType"] for entry in everything["entry"]} == set(Part)
    addresses = {entry["fullUrl"].removeprefix(BASE) for entry in everything["entry"]}
    assert addresses >= set(references(everything))
    said = json.dumps(everything)
    assert all(words in said for words in ("a short walk after lunch", "My knee hurts", cast.AMINA_NHS, "Exercises"))
    assert not [words for words in (NOTE, "Dee", cast.DEE_NHS, str(people.ben.id)) if words in said]


def test_whoever_has_no_business_with_it_is_told_nothing(
    lived: World, eve: Caller, chandra: Caller, app: Flask
) -> None:
    people = lived.people
    dee = patient_signed_in(app, people.dee)
    for part in Part:
        whose = "_id" if part is Part.PATIENT else "patient"
        for who in (eve, dee):
            assert outcome(who.get(f"/fhir/{part}?{whose}={people.amina.id}"))[:2] == (404, "not-found")
        assert outcome(chandra.get(f"/fhir/{part}?{whose}={people.amina.id}"))[:2] == (403, "forbidden")
        assert outcome(Caller(app.test_client()).get(f"/fhir/{part}"))[:2] == (401, "login")
    assert outcome(dee.get(f"/fhir/Patient/{people.amina.id}/$everything"))[:2] == (404, "not-found")


@pytest.mark.usefixtures("lived")
def test_a_patient_is_meant_where_nobody_is_named(amina: Caller, ben: Caller) -> None:
    assert ask(amina, "CarePlan")["total"] == 1
    assert outcome(ben.get("/fhir/CarePlan")) == (400, "invalid", "patient: say whose: the id of one patient")
    assert outcome(ben.get("/fhir/Patient"))[2] == "_id: say whose: the id of one patient"


@pytest.mark.parametrize("part", Part)
def test_every_read_leaves_one_entry(lived: World, ben: Caller, part: Part) -> None:
    people, before = lived.people, entries()
    (first, *_) = listed(ben, part, people.amina.id)
    ask(ben, f"{part}/{first['id']}")
    made = entries()[len(before) :]
    assert [(entry.action, entry.actor_id, entry.patient_id) for entry in made] == 2 * [
        (SOURCES[part].action, people.ben.id, people.amina.id)
    ]
    tails = {Part.GOAL: "-0123456789abcdef", Part.PROVENANCE: "-1", Part.CONSENT: "-1"}
    assert ben.get(f"/fhir/{part}/{NOBODY_S}{tails.get(part, '')}").status == 404
    assert [entry.action for entry in entries()[len(before) + 2 :]] == ["refused"]


def entries() -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_yes_that_a_no_came_after_is_none_whatever_their_clocks_said(world: World, ben: Caller) -> None:
    """A worker reads the time once a beat: a STOP may be written after a yes and say an earlier time."""
    people, early = world.people, world.now
    for status in (ConsentStatus.WITHDRAWN, ConsentStatus.GIVEN):
        consent.change(people.ben, people.amina.id, status, early + timedelta(seconds=2))
    world.texts("STOP")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    told = [(each["id"], each["status"]) for each in listed(ben, Part.CONSENT, people.amina.id)]
    assert "active" not in dict(told).values()
    newest = max(told, key=lambda each: int(each[0].rpartition("-")[2]))
    assert newest[1] == "inactive"


def test_a_patient_who_rests_and_is_back_was_changed(world: World, ben: Caller) -> None:
    people = world.people
    before = ask(ben, f"Patient/{people.amina.id}")["meta"]
    later = world.now + timedelta(hours=1)
    resting = restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, later)
    restriction.lift(people.ben, resting.id, later + timedelta(hours=1))
    after = ask(ben, f"Patient/{people.amina.id}")["meta"]
    assert after["versionId"] != before["versionId"]
    assert datetime.fromisoformat(after["lastUpdated"]) == later + timedelta(hours=1)


def test_whoever_was_let_in_to_one_record_reads_no_tasks_and_not_all_at_once(
    lived: World, ben: Caller, eve: Caller
) -> None:
    people = lived.people
    reason, now = "A second opinion on her back", house.now()
    partner = access_grant.invite_partner(people.ben, people.amina.id, "eve@example.nhs.uk", reason, 1, now)
    let_in = {"Access-Grant": str(partner.grant.id)}
    (waits, *_) = listed(ben, Part.TASK, people.amina.id)
    assert eve.get(f"/fhir/Patient/{people.amina.id}", headers=let_in).status == 200
    for path in (f"Task?patient={people.amina.id}", f"Task/{waits['id']}", f"Patient/{people.amina.id}/$everything"):
        assert outcome(eve.get(f"/fhir/{path}", headers=let_in))[:2] == (403, "forbidden")


def test_what_is_asked_of_one_resource_is_understood_or_refused(world: World, ben: Caller) -> None:
    for path in (f"Patient/{world.people.amina.id}", f"Patient/{world.people.amina.id}/$everything"):
        assert ben.get(f"/fhir/{path}?_format=json").status == 200
        for query in ("_since=2030-01-01", "_count=1", "_format=xml"):
            refused = outcome(ben.get(f"/fhir/{path}?{query}"))
            assert (refused[:2], query.partition("=")[0] in refused[2]) == ((400, "invalid"), True)
        assert ben.get(f"/fhir/{path}?_since=2030-01-01", headers={"Prefer": "handling=lenient"}).status == 200


def test_a_record_that_rests_is_not_read(world: World, ben: Caller, amina: Caller) -> None:
    people = world.people
    restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, world.now)
    assert outcome(ben.get(f"/fhir/Patient/{people.amina.id}"))[:2] == (403, "forbidden")
    assert ask(amina, f"Patient/{people.amina.id}")["birthDate" if people.amina.birth_date else "id"]


def test_a_care_plan_says_its_version_and_is_not_sent_twice(world: World, ben: Caller) -> None:
    plan = world.people.agree_plan().plan
    address = f"/fhir/CarePlan/{plan.id}"
    first = ben.get(address)
    assert (first.headers["ETag"], json.loads(first.text)["meta"]["versionId"]) == ('W/"2"', "2")
    assert ben.get(address, headers={"If-None-Match": 'W/"2"'}).status == 304
    care_plan.move(world.people.ben, plan.id, 2, CarePlanStatus.ON_HOLD, world.now)
    again = ben.get(address, headers={"If-None-Match": 'W/"2"'})
    assert (again.status, again.headers["ETag"], json.loads(again.text)["status"]) == (200, 'W/"3"', "on-hold")


def test_a_goal_stands_as_it_was_agreed(world: World, ben: Caller) -> None:
    people, now = world.people, world.now
    plan = people.agree_plan().plan

    def stands() -> dict[str, str]:
        found = listed(ben, Part.GOAL, people.amina.id)
        return {goal["description"]["text"]: goal["lifecycleStatus"] for goal in found}

    school = "To pick my granddaughter up from school"
    assert stands() == {school: "active"}
    swims = cast.plan_content(goals=(Goal("To swim", line="swim"),), activities=())
    care_plan.revise(people.ben, plan.id, 2, swims, "She would rather", now)
    assert stands() == {school: "cancelled", "To swim": "proposed"}
    care_plan.agree(people.ben, plan.id, 3, AgreedHow.PHONE, now, now)
    assert stands() == {school: "cancelled", "To swim": "active"}
    care_plan.move(people.ben, plan.id, 4, CarePlanStatus.COMPLETED, now)
    assert stands() == {school: "cancelled", "To swim": "completed"}


def test_a_care_plan_says_whether_its_words_were_agreed(world: World, ben: Caller) -> None:
    people = world.people
    plan = people.agree_plan().plan

    def notes() -> str:
        return " ".join(note["text"] for note in ask(ben, f"CarePlan/{plan.id}")["note"])

    assert "Agreed with the person on 23 November 2026" in notes()
    care_plan.revise(people.ben, plan.id, 2, cast.plan_content(please_do="Knock first"), "She asked", world.now)
    assert "The person has not agreed to these words yet" in notes()
    assert "Please do: Knock first" in notes()
    written = {each["activity"]["text"]: each for each in listed(ben, Part.PROVENANCE, people.amina.id)}
    assert set(written) == {"Revision 1 was written", "Revision 1 was agreed to in person", "Revision 2 was written"}
    revised = written["Revision 2 was written"]
    assert (revised["agent"][0]["who"]["display"], revised["reason"]) == ("Ben Okafor", [{"text": "She asked"}])


def test_a_pathway_is_an_episode_with_its_history(world: World, ben: Caller) -> None:
    people, now = world.people, world.now
    first = pathway.Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, None, now)
    view = pathway.refer(people.ben, people.amina.id, first, now)
    for step, reason in (
        (Step.ASSESSMENT, MoveReason.ACCEPTED),
        (Step.OPEN_CONTACT, MoveReason.MANAGES_WELL),
        (Step.CLOSED, MoveReason.GOALS_REACHED),
    ):
        to = replace(first, to_step=step, reason=reason)
        view = pathway.move(people.ben, view.pathway.id, view.pathway.version, to, now)
    found = ask(ben, f"EpisodeOfCare/{view.pathway.id}")
    assert [each["status"] for each in found["statusHistory"]] == ["waitlist", "active", "onhold", "finished"]
    assert found["status"] == "finished"
    assert set(found["period"]) == {"start", "end"}


def test_what_there_is_is_what_the_statement_says(app: Flask, nobody: Caller) -> None:
    statement = ask(nobody, "metadata")
    offered = {each["type"]: each for each in statement["rest"][0]["resource"]}
    assert set(offered) == set(Part)
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/fhir/")}
    assert {rule.split("/")[2] for rule in rules} == {*Part, "metadata"}
    for part, told in offered.items():
        assert [each["code"] for each in told["interaction"]] == ["read", "search-type"]
        assert any(rule.startswith(f"/fhir/{part}/<") for rule in rules)
        assert f"/fhir/{part}" in rules
    assert [each["name"] for each in offered["Patient"]["operation"]] == ["everything"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "Observation", (404, "not-supported")),
        ("GET", "QuestionnaireResponse?patient=x", (404, "not-supported")),
        ("GET", "", (404, "not-supported")),
        ("GET", "CarePlan/1", (404, "not-found")),
        ("GET", f"CarePlan/{NOBODY_S}", (404, "not-found")),
        ("GET", f"Goal/{NOBODY_S}-0123456789abcdef", (404, "not-found")),
        ("GET", f"Consent/{NOBODY_S}-0", (404, "not-found")),
        ("POST", "CarePlan", (405, "not-supported")),
        ("DELETE", f"Patient/{NOBODY_S}", (405, "not-supported")),
        ("PUT", "metadata", (405, "not-supported")),
    ],
)
def test_what_is_not_there_is_refused_in_fhir_s_way(
    ben: Caller, method: str, path: str, expected: tuple[int, str]
) -> None:
    assert outcome(ben.send(method, f"/fhir/{path}"))[:2] == expected


def test_a_line_that_no_revision_has_is_not_found(world: World, ben: Caller) -> None:
    plan = world.people.agree_plan().plan
    for path in (f"Goal/{plan.id}-0123456789abcdef", f"Provenance/{plan.id}-2", f"Provenance/{plan.id}-2-agreed"):
        assert outcome(ben.get(f"/fhir/{path}"))[:2] == (404, "not-found")
    assert ask(ben, f"CarePlan/{str(plan.id).upper()}")["id"] == str(plan.id)
