"""Does a plan begin with a template only when a second clinician approved it, and never blindly? On both databases."""

from typing import Any

import pytest
from flask import Flask

from companion.domain.access import Actor, ActorKind, Role, system
from companion.use_cases import staff
from tests.api import body
from tests.api.caller import Answer, Caller, at_once, signed_in
from tests.support import cast
from tests.support.world import World

LINES = ("notice", "group", "sleep", "tablets", "flare-first-steps", "flare-urgent-help")
OWN: dict[str, Any] = {"what_matters": "My garden", "goals": [{"words": "To dig again"}]}
ALL = "/v1/plan-templates"


@pytest.fixture
def fay(app: Flask, world: World) -> Caller:
    """A second clinician beside Ben, who has to read what he wrote."""
    at = world.people.service_id
    made = staff.add(system(at), "Fay Lund", "fay@example.nhs.uk", cast.PASSWORD, [Role.CLINICIAN], world.now)
    return signed_in(app, Actor(ActorKind.STAFF, at, made.id, frozenset({Role.CLINICIAN})))


def written(who: Caller, **changes: Any) -> str:
    """The address of a new template."""
    made = who.post(ALL, body.template(**changes))
    assert made.status == 201, made.text
    return f"{ALL}/{made.json['id']}"


def in_use(ben: Caller, fay: Caller, **changes: Any) -> str:
    """Written by Ben, approved by Fay, taken into use."""
    at = written(ben, **changes)
    assert fay.post(f"{at}/versions/1/approval").status == 200
    assert ben.patch(at, {"status": "active"}, '"2"').status == 200
    return at


def start(at: str, number: int = 1, decision: str = "kept", **decisions: str) -> dict[str, Any]:
    """What a plan says of the template that it begins with: the same of every line but these (with _ for -)."""
    said = dict.fromkeys(LINES, decision) | {line.replace("_", "-"): each for line, each in decisions.items()}
    made = [{"line": line, "decision": each} for line, each in said.items()]
    return {"template_id": at.rpartition("/")[2], "number": number, "decisions": made}


def begin(who: Caller, world: World, template: dict[str, Any] | None, **own: Any) -> Answer:
    return who.post(f"/v1/patients/{world.people.amina.id}/care-plans", {**OWN, **own, "template": template})


def test_a_plan_takes_what_was_kept_and_says_where_it_came_from(world: World, ben: Caller, fay: Caller) -> None:
    at = in_use(ben, fay)
    own = {"needs": [{"line": "sleep", "kind": "physical", "words": "I wake at four"}]}
    made = begin(ben, world, start(at, sleep="changed", group="left-out"), **own)
    assert made.status == 201, made.text
    plan, revision = made.json["plan"], made.json["revision"]
    assert (plan["status"], revision["what_matters"], revision["goals"][0]["words"]) == (
        "draft",
        "My garden",
        "To dig again",
    )
    assert [each["words"] for each in revision["needs"]] == ["I wake at four"]
    assert [each["line"] for each in revision["activities"]] == ["notice"]
    assert [each["words"] for each in revision["medicines_to_review"]] == ["Codeine"]
    assert revision["flare_urgent_help"] == "Numb legs: 999"
    told = made.json["template"]
    assert (told["name"], told["number"], told["template_id"]) == (body.template()["name"], 1, at.rpartition("/")[2])
    assert (told["changed"], told["left_out"]) == (["sleep"], ["group"])
    assert told["kept"] == ["notice", "tablets", "flare-first-steps", "flare-urgent-help"]
    there = f"/v1/care-plans/{plan['id']}"
    changed = ben.post(f"{there}/revisions", {"content": body.content(), "reason": "We talked"}, version='"1"')
    assert changed.status == 201
    assert changed.json["template"] == ben.get(there).json["template"] == told
    # The template changes; the plan keeps the version it started from.
    assert ben.post(f"{at}/versions", body.template_revision(name="Other"), version='"3"').status == 201
    assert ben.get(there).json["template"] == told
    looks = ben.get(f"/v1/patients/{world.people.amina.id}/record-access").text
    assert "wrote a care plan, starting from a template" in looks


def test_a_plan_without_a_template_says_so(world: World, ben: Caller) -> None:
    made = ben.post(f"/v1/patients/{world.people.amina.id}/care-plans", body.content())
    assert (made.status, made.json["template"]) == (201, None)


def test_nobody_starts_from_words_that_no_second_clinician_approved(
    world: World, ben: Caller, fay: Caller, eve: Caller, chandra: Caller
) -> None:
    at = written(ben)
    refused = begin(ben, world, start(at))
    assert refused.status == 409
    assert "No clinician has approved this version" in refused.json["detail"]
    assert ben.patch(at, {"status": "active"}, '"1"').status == 409
    own = ben.post(f"{at}/versions/1/approval")
    assert own.status == 409
    assert "Another clinician" in own.json["detail"]
    assert eve.post(f"{at}/versions/1/approval").status == 404
    assert chandra.post(f"{at}/versions/1/approval").status == 403
    assert fay.post(f"{at}/versions/2/approval").status == 404
    approved = fay.post(f"{at}/versions/1/approval")
    assert (approved.status, approved.tag, approved.json["approved_number"]) == (200, '"2"', 1)
    assert approved.json["approved_by"] != approved.json["author_id"]
    assert fay.post(f"{at}/versions/1/approval").status == 409
    not_yet = begin(ben, world, start(at))
    assert (not_yet.status, not_yet.json["detail"]) == (409, "A plan cannot start from a template that is draft.")
    assert ben.patch(at, {"status": "active"}, '"2"').status == 200
    assert begin(ben, world, start(at)).status == 201


def test_a_new_version_waits_and_the_approved_one_is_started_from(world: World, ben: Caller, fay: Caller) -> None:
    at = in_use(ben, fay)
    content = body.template(needs=[], flare_avoid="Bed")
    second = ben.post(f"{at}/versions", {"content": content, "reason": "Shorter"}, version='"3"')
    assert (second.status, second.json["number"], second.json["approved_at"]) == (201, 2, None)
    assert begin(ben, world, start(at, number=2)).status == 409
    assert begin(ben, world, start(at)).status == 201
    assert fay.post(f"{at}/versions/2/approval").status == 200
    old = begin(ben, world, start(at))
    assert (old.status, old.json["detail"]) == (409, "Version 2 has been approved since: start from that one.")
    assert [each["number"] for each in ben.get(f"{at}/versions").json["items"]] == [2, 1]
    assert ben.get(f"{at}/versions/1").json["content"]["needs"] != []
    compared = ben.get(f"{at}/versions/2/differences-from/1").json["differences"]
    assert [(each["part"], each["line"], each["change"]) for each in compared] == [
        ("plan", None, "changed"),
        ("needs", "sleep", "removed"),
    ]
    assert ben.get(f"{at}/versions/3").status == 404


def test_an_older_version_is_not_approved_over_a_newer_one(ben: Caller, fay: Caller) -> None:
    at = written(ben)
    assert ben.post(f"{at}/versions", body.template_revision(), version='"1"').status == 201
    assert fay.post(f"{at}/versions/2/approval").status == 200
    assert fay.post(f"{at}/versions/1/approval").status == 409


def test_what_is_retired_stays_so(world: World, ben: Caller, fay: Caller) -> None:
    at = in_use(ben, fay)
    assert ben.patch(at, {"status": "draft"}, '"3"').status == 409
    assert ben.patch(at, {"status": "retired"}, '"3"').status == 200
    refused = begin(ben, world, start(at))
    assert (refused.status, refused.json["detail"]) == (409, "A plan cannot start from a template that is retired.")
    assert ben.patch(at, {"status": "active"}, '"4"').status == 409
    assert ben.post(f"{at}/versions", body.template_revision(), version='"4"').status == 409
    assert ben.get(at).json["version"] == 4
    unread = written(ben)
    assert ben.patch(unread, {"status": "retired"}, '"1"').status == 200
    assert fay.post(f"{unread}/versions/1/approval").status == 409


def test_what_matters_is_asked_for_and_nothing_is_taken_blindly(world: World, ben: Caller, fay: Caller) -> None:
    at = in_use(ben, fay)
    plans = f"/v1/patients/{world.people.amina.id}/care-plans"
    for own, fields in (
        ({"goals": OWN["goals"]}, ["what_matters"]),
        ({"what_matters": "My garden"}, ["goals"]),
        ({"what_matters": " ", "goals": []}, ["goals", "what_matters"]),
    ):
        refused = ben.post(plans, {**own, "template": start(at)})
        assert (refused.status, refused.fields) == (422, fields)
    said = start(at)
    cases: tuple[tuple[dict[str, Any], dict[str, Any], list[str]], ...] = (
        ({"decisions": []}, {}, ["template.decisions"]),
        ({"decisions": said["decisions"][1:]}, {}, ["template.decisions"]),
        ({"decisions": [*said["decisions"], said["decisions"][0]]}, {}, ["template.decisions.6.line"]),
        ({"decisions": [*said["decisions"], {"line": "x", "decision": "kept"}]}, {}, ["template.decisions.6.line"]),
        ({"decisions": [{"line": "x", "decision": "all"}]}, {}, ["template.decisions.0.decision"]),
        (start(at, sleep="changed"), {}, ["template.decisions.2.decision"]),
        (said, {"flare_first_steps": "Rest"}, ["template.decisions.4.decision"]),
        (start(at, flare_urgent_help="left-out"), {}, ["flare_urgent_help"]),
        ({"number": 0}, {}, ["template.number"]),
        ({"surprise": 1}, {}, ["template.surprise"]),
    )
    for wrong, own, fields in cases:
        refused = begin(ben, world, said | wrong, **own)
        assert (refused.status, refused.fields) == (422, fields), wrong
    nowhere = said | {"template_id": "00000000-0000-4000-8000-000000000000"}
    assert begin(ben, world, nowhere).status == 404
    assert begin(ben, world, said | {"number": 2}).status == 404
    assert ben.get(plans).json["items"] == []


def test_what_is_wrong_with_a_template_is_named_and_nothing_is_kept(world: World, ben: Caller) -> None:
    before = ben.get(ALL).json["total"]
    healthy = [{"behaviour": "healthy", "words": "Walk", "days_of_week": ["mon"]}]
    for changes, field in (
        ({"prompts": {"goals": "What?"}}, "prompts.what_matters"),
        ({"prompts": {"what_matters": "What?"}}, "prompts.goals"),
        ({"goals": [{"words": "To walk"}]}, "goals"),
        ({"what_matters": "Family"}, "what_matters"),
        ({"review_on": "2027-01-01"}, "review_on"),
        ({"activities": healthy}, "activities.0.behaviour"),
        ({"activities": [body.activity(due_on="2027-01-01")]}, "activities.0.due_on"),
        ({"activities": [body.activity(recurrence="FREQ=DAILY;UNTIL=20270101")]}, "activities.0.recurrence"),
        ({"activities": [body.activity(recurrence="FREQ=SECONDLY")]}, "activities.0.recurrence"),
        ({"medicines_to_review": [{"words": "Codeine 30mg"}]}, "medicines_to_review.0.words"),
        ({"flare_urgent_help": None}, "flare_urgent_help"),
        ({"name": "a\nb"}, "name"),
        ({"suits": "x" * 10_000}, "suits"),
        ({"needs": [{"kind": "social", "words": "x"}] * 51}, "needs"),
    ):
        answer = ben.post(ALL, body.template(**changes))
        assert (answer.status, answer.fields) == (422, [field]), changes
    assert ben.get(ALL).json["total"] == before
    at = written(ben, name="Ŵyl 🙂", suits="\u0627\u0644\u0643\u062a\u0627\u0628\u0629")
    assert ben.get(at).json["content"]["suits"] == "\u0627\u0644\u0643\u062a\u0627\u0628\u0629"
    assert ben.post(f"{at}/versions", body.template_revision(suits=""), version='"1"').fields == ["content.suits"]
    unsound = body.template_revision(activities=healthy)
    assert ben.post(f"{at}/versions", unsound, version='"1"').fields == ["content.activities.0.behaviour"]
    assert ben.post(f"{at}/versions", body.template_revision()).status == 428


def test_a_stale_edit_is_told_what_it_missed(ben: Caller, fay: Caller, eve: Caller) -> None:
    at = written(ben)
    assert fay.post(f"{at}/versions", body.template_revision(suits="Everybody"), version='"1"').status == 201
    stale = ben.post(f"{at}/versions", body.template_revision(name="Mine"), version='"1"')
    assert (stale.status, stale.json["current_version"]) == (412, 2)
    [difference] = stale.json["differences"]
    assert (difference["part"], [each["name"] for each in difference["fields"]]) == ("template", ["suits"])
    assert eve.post(f"{at}/versions", body.template_revision(), version='"2"').status == 404
    assert ben.get(at).json["content"]["suits"] == "Everybody"


def test_of_two_saved_at_once_one_is_kept_and_the_other_is_told(app: Flask, ben: Caller, fay: Caller) -> None:
    at = written(ben)

    def save(number: int) -> Answer:
        who = Caller(app.test_client(), (ben if number % 2 else fay).token)
        return who.post(f"{at}/versions", body.template_revision(name=f"Name {number}"), version='"1"')

    answers = at_once(*(lambda number=number: save(number) for number in range(4)))
    assert sorted(each.status for each in answers) == [201, 412, 412, 412]
    [kept] = [each for each in answers if each.status == 201]
    assert [each["content"]["name"] for each in ben.get(f"{at}/versions").json["items"]] == [
        kept.json["content"]["name"],
        body.template()["name"],
    ]
    assert {each.json["current_version"] for each in answers if each.status == 412} == {2}


def test_a_pain_service_begins_with_a_draft_that_nobody_starts_from_yet(
    world: World, ben: Caller, chandra: Caller, eve: Caller
) -> None:
    [shipped] = chandra.get(f"{ALL}?status=draft").json["items"]
    assert (shipped["author_id"], shipped["approved_number"], shipped["status"]) == (None, None, "draft")
    at = f"{ALL}/{shipped['id']}"
    assert begin(ben, world, start(at)).status == 409
    assert chandra.get(f"{ALL}?status=active").json["total"] == 0
    assert eve.get(at).status == 404
    assert eve.get(f"{ALL}?page_size=1").json["items"][0]["id"] != shipped["id"]
    # Nobody here wrote it, so any clinician may stand for it.
    assert ben.post(f"{at}/versions/1/approval").status == 200
    again = ben.get(at)
    assert (again.tag, ben.get(at, headers={"If-None-Match": again.tag}).status) == ('"2"', 304)


def test_another_pain_service_s_template_is_not_there(world: World, ben: Caller, eve: Caller, fay: Caller) -> None:
    theirs = in_use_elsewhere(eve)
    refused = begin(ben, world, start(theirs))
    assert (refused.status, refused.json["detail"]) == (404, "There is no such plan template.")
    ours = in_use(ben, fay)
    assert begin(eve, world, start(ours)).status == 404


def in_use_elsewhere(eve: Caller) -> str:
    [shipped] = eve.get(ALL).json["items"]
    at = f"{ALL}/{shipped['id']}"
    assert eve.post(f"{at}/versions/1/approval").status == 200
    assert eve.patch(at, {"status": "active"}, '"2"').status == 200
    return at
