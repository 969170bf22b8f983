"""How is a second opinion asked for, given and taken up over HTTP, and what is said to whoever may not?"""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import reading
from companion.models import AuditEntry
from companion.use_cases import care_plan
from companion.use_cases.care_plan import PlanView
from tests.api import body
from tests.api.caller import Caller, patient_signed_in
from tests.support import cast
from tests.support.world import World

OWN = "/v1/me/second-opinions"
EVE: dict[str, Any] = {"email": "eve@example.nhs.uk", "reason": "A second opinion on her back"}
SAID: dict[str, Any] = {"outcome": "change", "words": "Walk half as far."}


@pytest.fixture
def amina(app: Flask, world: World) -> Caller:
    return patient_signed_in(app, world.people.amina)


@pytest.fixture
def plan(world: World) -> PlanView:
    """Amina's, which Ben wrote."""
    return world.people.agree_plan()


def ask(amina: Caller, plan: PlanView) -> str:
    """The address of what Amina asks."""
    made = amina.post(OWN, {"care_plan_id": str(plan.plan.id), "question": "Is the walk too much?"})
    assert made.status == 201, made.text
    assert (made.json["status"], made.json["asked_by_patient"], made.json["giver"]) == ("requested", True, None)
    return f"/v1/second-opinions/{made.json['id']}"


def revision(**changes: object) -> dict[str, object]:
    return body.revision() | changes


def test_from_the_question_to_the_revision(
    world: World, amina: Caller, ben: Caller, eve: Caller, plan: PlanView
) -> None:
    opinion = ask(amina, plan)
    (waits,) = ben.get("/v1/inbox").json["items"]
    assert (waits["kind"], waits["patient"]["given_name"]) == ("second-opinion", "Amina")
    let_in = ben.post(f"{opinion}/partner", EVE)
    assert (let_in.status, let_in.json["partner"]) == (201, {"name": "Eve Marsh", "pain_service": "Fylde Pain Service"})
    (mine,) = eve.get("/v1/access-grants/mine").json["items"]
    assert mine["id"] == let_in.json["access"]["id"]
    under = {"Access-Grant": mine["id"]}
    record = f"/v1/patients/{world.people.amina.id}"
    (read,) = eve.get(f"{record}/second-opinions", headers=under).json["items"]
    assert read["question"] == "Is the walk too much?"
    assert eve.get(f"/v1/care-plans/{read['care_plan_id']}", headers=under).status == 200
    assert eve.send("POST", f"{opinion}/opinion", json=SAID, headers=under).status == 403
    given = eve.post(f"{opinion}/opinion", SAID)
    assert (given.status, given.json["giver"]["name"]) == (201, "Eve Marsh")
    assert eve.get(f"{record}/second-opinions", headers=under).status == 403
    assert eve.post(f"{opinion}/opinion", SAID).status == 404
    for reader, path in ((amina, OWN), (ben, f"{record}/second-opinions")):
        (told,) = reader.get(path).json["items"]
        assert (told["outcome"], told["words"], told["became_revision"]) == ("change", "Walk half as far.", None)
    (waits,) = ben.get("/v1/inbox").json["items"]
    assert waits["kind"] == "opinion-given"
    done = ben.send("POST", f"{opinion}/revision", json=revision(), version=f'"{plan.plan.version}"')
    assert (done.status, done.json["became_revision"]) == (201, 2)
    shown = ben.get(f"/v1/care-plans/{plan.plan.id}")
    assert shown.headers["ETag"] == done.headers["ETag"]
    assert shown.json["second_opinion_id"] == done.json["id"]
    assert ben.get("/v1/inbox").json["items"] == []
    looked = amina.get("/v1/me/record-access").json["items"]
    eve_s = [each["what"] for each in looked if each["who"].startswith("Eve Marsh")]
    assert {"read the care plan", "looked at the second opinions on the care plan"} <= set(eve_s)
    assert "gave a second opinion on the care plan" in eve_s


def test_a_stale_edit_is_told_the_difference_and_leaves_the_opinion(
    world: World, amina: Caller, ben: Caller, eve: Caller, plan: PlanView
) -> None:
    opinion = ask(amina, plan)
    assert ben.post(f"{opinion}/partner", EVE).status == 201
    assert eve.post(f"{opinion}/opinion", SAID).status == 201
    version = f'"{plan.plan.version}"'
    assert ben.post(f"{opinion}/revision", revision()).status == 428
    changed = cast.plan_content(what_matters="The garden")
    care_plan.revise(world.people.ben, plan.plan.id, plan.plan.version, changed, "Her wish", world.now)
    stale = ben.send("POST", f"{opinion}/revision", json=revision(), version=version)
    assert stale.status == 412
    assert [field["after"] for each in stale.json["differences"] for field in each["fields"]] == ["The garden"]
    assert amina.get(OWN).json["items"][0]["became_revision"] is None
    wrong = revision(content=body.content(goals=[]))
    refused = ben.send("POST", f"{opinion}/revision", json=wrong, version=f'"{plan.plan.version + 1}"')
    assert (refused.status, refused.fields) == (422, ["content.goals"])


def test_an_open_one_is_named(amina: Caller, ben: Caller, plan: PlanView) -> None:
    opinion = ask(amina, plan)
    for again in (
        amina.post(OWN, {"care_plan_id": str(plan.plan.id), "question": "And this?"}),
        ben.post(f"/v1/care-plans/{plan.plan.id}/second-opinions", {"question": "And this?"}),
    ):
        assert again.status == 409
        assert opinion.rpartition("/")[2] in again.json["detail"]
    taken_back = amina.post(f"{OWN}/{opinion.rpartition('/')[2]}/withdrawal", {"reason": "I asked Ben."})
    assert (taken_back.status, taken_back.json["status"], taken_back.json["words"]) == (
        200,
        "withdrawn",
        "I asked Ben.",
    )
    theirs = ben.post(f"/v1/care-plans/{plan.plan.id}/second-opinions", {"question": "And this?"})
    assert (theirs.status, theirs.json["asked_by_patient"]) == (201, False)
    assert amina.post(f"{OWN}/{theirs.json['id']}/withdrawal", {"reason": "No"}).status == 403
    assert ben.post(f"/v1/second-opinions/{theirs.json['id']}/withdrawal", {"reason": "We met."}).status == 200


def refused(service_id: UUID) -> list[list[str]]:
    """What was asked for in vain, as the trail of that pain service has it."""
    with reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.action == "refused", AuditEntry.pain_service_id == service_id)
        return [list(entry.fields) for entry in session.scalars(wanted)]


def test_who_may_not_is_refused_and_that_is_kept(
    world: World, amina: Caller, ben: Caller, eve: Caller, chandra: Caller, ada: Caller, plan: PlanView
) -> None:
    opinion = ask(amina, plan)
    told = ben.post(f"{opinion}/opinion", SAID)
    assert (told.status, "You wrote this revision" in told.json["detail"]) == (403, True)
    for manager in (chandra, ada):
        assert manager.post(f"{opinion}/opinion", SAID).status == 403
    assert eve.post(f"{opinion}/opinion", SAID).status == 404
    assert refused(world.people.other_service_id) == [["404", "second opinions.give"]]
    (stands,) = amina.get(OWN).json["items"]
    assert stands["status"] == "requested"


def test_what_is_wrong_is_named(amina: Caller, ben: Caller, plan: PlanView) -> None:
    for sent, fields in (
        ({"question": "Why?"}, ["care_plan_id"]),
        ({"care_plan_id": str(plan.plan.id)}, ["question"]),
        ({"care_plan_id": str(plan.plan.id), "question": " "}, ["question"]),
        ({"care_plan_id": "x", "question": 2_001 * "x"}, ["care_plan_id", "question"]),
    ):
        wrong = amina.post(OWN, sent)
        assert (wrong.status, sorted(wrong.fields)) == (422, fields)
    opinion = ask(amina, plan)
    answers: list[tuple[str, dict[str, Any], list[str]]] = [
        ("partner", EVE | {"days": 15}, ["days"]),
        ("partner", EVE | {"days": "7"}, ["days"]),
        ("partner", EVE | {"reason": "why"}, ["reason"]),
        ("partner", EVE | {"email": "ben@example.nhs.uk"}, ["email"]),
        ("opinion", {"words": "Right."}, ["outcome"]),
        ("opinion", SAID | {"outcome": "maybe"}, ["outcome"]),
        ("opinion", SAID | {"words": ""}, ["words"]),
        ("withdrawal", {}, ["reason"]),
    ]
    for path, wrong_one, fields in answers:
        answer = ben.post(f"{opinion}/{path}", wrong_one)
        assert (answer.status, answer.fields) == (422, fields), path
