"""Can a care plan be written, agreed, revised and ended, and only in the ways in which it may?"""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from companion import clock
from companion.use_cases import care_plan
from tests.api import body
from tests.api.caller import Answer, Caller, at_once
from tests.support import cast
from tests.support.world import World

HEALTHY = {"behaviour": "healthy"}
# What is changed in a sound content, and the fields that are then named.
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"what_matters": " \n "}, ["what_matters"]),
    ({"what_matters": "x" * 5_001}, ["what_matters"]),
    ({"what_matters": None}, ["what_matters"]),
    ({"please_do": ""}, ["please_do"]),
    ({"goals": []}, ["goals"]),
    ({"goals": [body.goal()] * 51}, ["goals"]),
    ({"goals": {"0": body.goal()}}, ["goals"]),
    ({"goals": [body.goal(importance=11)]}, ["goals.0.importance"]),
    ({"goals": [body.goal(), {"words": "x", "importance": "9", "hope": 1}]}, ["goals.1.hope", "goals.1.importance"]),
    ({"goals": ["To walk"]}, ["goals.0"]),
    ({"goals": [body.goal(line="School")]}, ["goals.0.line"]),
    ({"goals": [body.goal(line="school\n")]}, ["goals.0.line"]),
    ({"goals": [body.goal(line="s" * 41)]}, ["goals.0.line"]),
    ({"goals": [body.goal(line="")]}, ["goals.0.line"]),
    # Rules between lines:
    ({"goals": [body.goal(), body.goal()], "activities": []}, ["goals.1.line"]),
    ({"goals": [body.goal(line="lunch-walk")], "activities": []}, ["goals.0.line"]),
    ({"activities": [body.activity(**HEALTHY)]}, ["activities.0.already_helps_line"]),
    ({"activities": [body.activity(**HEALTHY, already_helps_line="school")]}, ["activities.0.already_helps_line"]),
    ({"activities": [body.activity(), body.activity(goal_line="lunch-walk")]}, ["activities.1.goal_line"]),
    ({"activities": [body.activity(goal_line="elsewhere")]}, ["activities.0.goal_line"]),
    ({"activities": [body.activity(behaviour="lazy")]}, ["activities.0.behaviour"]),
    ({"activities": [body.activity(days_of_week=[])]}, ["activities.0.days_of_week"]),
    ({"activities": [body.activity(time_of_day="25:00")]}, ["activities.0.time_of_day"]),
    ({"activities": [body.activity(status="done")]}, ["activities.0.status"]),
]


def drafted(ben: Caller, world: World, **changes: Any) -> Answer:
    """A plan for Amina that waits for her yes."""
    made = ben.post(f"/v1/patients/{world.people.amina.id}/care-plans", body.content(**changes))
    assert made.status == 201, made.text
    return made


def address(plan: Answer, more: str = "") -> str:
    """Where the plan is found."""
    return f"/v1/care-plans/{plan.json['plan']['id']}{more}"


def agree(ben: Caller, plan: Answer, **more: Any) -> Answer:
    """Record Amina's yes to what `plan` shows."""
    return ben.send("POST", address(plan, "/agreement"), json={"how": "phone"} | more, version=plan.tag)


def test_a_plan_is_written_agreed_revised_and_ended(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    assert (draft.json["plan"]["status"], draft.json["agreement"], draft.tag) == ("draft", None, '"1"')
    assert draft.json["revision"]["goals"] == [{**body.goal(), "confidence": None}]
    assert draft.json["revision"]["author_id"] == str(world.people.ben.id)

    agreed = agree(ben, draft)
    assert agreed.status == 201
    assert (agreed.json["plan"]["status"], agreed.json["plan"]["agreed_revision"]) == ("active", 1)
    assert agreed.json["agreement"]["how"] == "phone"

    changed = body.revision(what_matters="Being there for my family, and the garden")
    revised = ben.send("POST", address(draft, "/revisions"), json=changed, version=agreed.tag)
    assert revised.status == 201
    plan = revised.json["plan"]
    assert (plan["current_revision"], plan["agreed_revision"], plan["status"]) == (2, 1, "active")
    assert (revised.json["revision"]["reason"], revised.json["agreement"]) == ("Walking has become easier", None)
    assert revised.json["revision"]["what_matters"].endswith("the garden")

    # The revision before stays as it was, with its agreement.
    first = ben.get(address(draft, "/revisions/1")).json
    assert first["revision"] == draft.json["revision"]
    assert first["agreement"] == agreed.json["agreement"]
    both = ben.get(address(draft, "/revisions")).json["items"]
    assert [one["revision"]["number"] for one in both] == [2, 1]
    assert both[1]["revision"] == first["revision"]

    again = agree(ben, revised)
    held = ben.patch(address(draft), {"status": "on-hold"}, again.tag)
    resumed = ben.patch(address(draft), {"status": "active"}, held.tag)
    completed = ben.patch(address(draft), {"status": "completed"}, resumed.tag)
    assert [one.status for one in (again, held, resumed, completed)] == [201, 200, 200, 200]
    assert ben.get(address(draft)).json == completed.json
    listed = ben.get(f"/v1/patients/{world.people.amina.id}/care-plans").json["items"]
    assert listed == [completed.json["plan"]]

    for refused in (
        ben.patch(address(draft), {"status": "active"}, completed.tag),
        ben.send("POST", address(draft, "/revisions"), json=changed, version=completed.tag),
        agree(ben, completed),
    ):
        assert refused.status == 409


def test_an_unsound_plan_is_refused_with_every_fault(world: World, ben: Caller) -> None:
    plans = f"/v1/patients/{world.people.amina.id}/care-plans"
    answers = [(changes, ben.post(plans, body.content(**changes))) for changes, _ in REFUSED]
    assert [(changes, answer.fields) for changes, answer in answers] == REFUSED
    assert {answer.status for _, answer in answers} == {422}
    assert ben.get(plans).json == {"items": []}
    # In a revision the same stands within 'content'.
    draft = drafted(ben, world)
    for changes, fields in REFUSED:
        refused = ben.send("POST", address(draft, "/revisions"), json=body.revision(**changes), version=draft.tag)
        assert (changes, refused.fields) == (changes, [f"content.{field}" for field in fields])
    assert ben.get(address(draft)).json == draft.json


def test_lines_without_a_name_get_one_that_stays(world: World, ben: Caller) -> None:
    nameless = [{"words": "tea"}, {"words": "music", "line": "helps-999999999"}, {"words": "sun", "line": "x-7"}]
    draft = drafted(ben, world, already_helps=nameless, goals=[{"words": "walk"}], activities=[body.activity()])
    revision = draft.json["revision"]
    names = [line["line"] for part in ("already_helps", "goals", "activities") for line in revision[part]]
    assert len(set(names)) == 5
    assert all(names)
    # Even numbers that no database holds are only names.
    for number in (9, 99, 2**31, 2**63, 10**30):
        activities = [body.activity(line=f"activity-{number}"), body.activity()]
        changed = body.revision(activities=activities)
        draft = ben.send("POST", address(draft, "/revisions"), json=changed, version=draft.tag)
        assert draft.status == 201, draft.text
        assert len({line["line"] for line in draft.json["revision"]["activities"]}) == 2


def test_two_plans_that_are_agreed_at_once_do_not_both_become_active(world: World, ben: Caller) -> None:
    drafts = [drafted(ben, world) for _ in range(3)]
    answers = at_once(
        *(partial(agree, Caller(ben.client.application.test_client(), ben.token), draft) for draft in drafts)
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    listed = ben.get(f"/v1/patients/{world.people.amina.id}/care-plans").json["items"]
    assert sorted(plan["status"] for plan in listed) == ["active", "draft", "draft"]


def test_one_plan_is_active_at_a_time(world: World, ben: Caller) -> None:
    first = agree(ben, drafted(ben, world))
    second = drafted(ben, world)
    refused = agree(ben, second)
    assert refused.status == 409
    assert "active plan" in refused.json["detail"]
    assert ben.get(address(second)).json == second.json, "half of an agreement was kept"
    held = ben.patch(address(first), {"status": "on-hold"}, first.tag)
    assert agree(ben, second).status == 201
    back = ben.patch(address(first), {"status": "active"}, held.tag)
    assert back.status == 409
    assert "active plan" in back.json["detail"]
    assert ben.get(address(first)).json == held.json


def test_nobody_agrees_to_what_they_did_not_see(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    shown = draft.tag
    ben.send("POST", address(draft, "/revisions"), json=body.revision(), version=shown)
    refused = agree(ben, draft)
    assert refused.status == 412
    assert refused.json["current_version"] == 2
    assert ben.get(address(draft)).json["agreement"] is None
    # Twice the same yes is one.
    current = ben.get(address(draft))
    assert agree(ben, current).status == 201
    assert agree(ben, current).status == 412
    assert agree(ben, ben.get(address(draft))).status == 409


def test_an_agreement_is_of_a_day_that_has_been(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    now = clock.now()
    for wrong in ((now + timedelta(days=1)).isoformat(), now.replace(tzinfo=None).isoformat(), "soon", 0):
        refused = agree(ben, draft, agreed_at=wrong)
        assert (wrong, refused.status, refused.fields) == (wrong, 422, ["agreed_at"])
    assert agree(ben, draft, how="telepathy").fields == ["how"]
    earlier = (now - timedelta(days=3)).replace(microsecond=0)
    agreed = agree(ben, draft, agreed_at=earlier.isoformat())
    assert agreed.json["agreement"]["agreed_at"] == earlier.isoformat()
    # Of what was said before the first revision stood, nothing is a yes to the second.
    people, plan_id = world.people, UUID(draft.json["plan"]["id"])
    care_plan.revise(people.ben, plan_id, 2, cast.plan_content(what_matters="The garden"), "Her wish", clock.now())
    assert agree(ben, ben.get(address(draft)), agreed_at=earlier.isoformat()).fields == ["agreed_at"]
    assert agree(ben, ben.get(address(draft))).status == 201


def test_a_draft_becomes_active_by_agreement_alone(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    for status in ("active", "on-hold", "completed", "draft"):
        assert ben.patch(address(draft), {"status": status}, draft.tag).status == 409
    assert ben.patch(address(draft), {"status": "entered-in-error"}, draft.tag).fields == ["status"]
    assert ben.patch(address(draft), {"status": "revoked"}, draft.tag).json["plan"]["status"] == "revoked"


def test_a_revision_that_is_not_there_is_not_found(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    for number in ("0", "2", "1000001", "99999999999999999999", "9" * 4_500, "-1", "1.0", "one", "%00"):
        missing = ben.get(address(draft, f"/revisions/{number}"))
        assert (number, missing.status) == (number, 404)
        assert missing.mimetype == "application/problem+json"
    assert ben.get(f"/v1/care-plans/{uuid4()}/revisions/1").status == 404
    assert ben.get("/v1/care-plans/not-a-uuid").status == 404
