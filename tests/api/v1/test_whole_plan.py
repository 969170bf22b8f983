"""Does the API take a whole plan, refuse what is unsound in it, compare and restore its revisions, and lose no edit?"""

from datetime import date, timedelta
from typing import Any

from companion import clock
from companion.domain.local_words import day_words
from tests.api import body
from tests.api.caller import Answer, Caller
from tests.support.world import World

TODAY = clock.now().date()
SOON, PAST = (TODAY + timedelta(days=30)).isoformat(), (TODAY - timedelta(days=30)).isoformat()
RECURS = {"done_by": "carer", "recurrence": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "starts_on": SOON, "due_on": None}
WHOLE: dict[str, Any] = {
    "important_people": "Fy merch, Nia \U0001f469\u200d\U0001f467",
    "communicate_how": "\u0627\u0644\u0643\u062a\u0627\u0628\u0629 \u0623\u0641\u0636\u0644",
    "needs": [
        {"line": "sleep-need", "kind": "physical", "words": "Sleeps badly", "condition": "Chronic pain"},
        {"line": "low", "kind": "psychological", "words": "Worries", "condition": "Depression"},
        {"line": "food", "kind": "nutritional", "words": "Skips meals", "condition": None},
    ],
    "activities": [body.activity(line="sleep", **RECURS)],
    "medicines_to_review": [{"line": "codeine", "words": "Codeine", "why": "It makes her drowsy"}],
    "contacts": [{"line": "brother", "kind": "carer", "words": "Her brother", "phone": "07700 900123"}],
    "flare_early_signs": "Stiff mornings",
    "flare_first_steps": "Rest, then a short walk",
    "flare_avoid": "A day in bed",
    "flare_contact": "The pain service",
    "flare_urgent_help": "Numb legs: 999",
    "review_on": SOON,
}
DAYLESS = {"behaviour": "curious", "words": "Notice my sleep"}
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"activities": [body.activity(due_on=PAST)]}, ["activities.0.due_on"]),
    ({"activities": [body.activity(due_on="soon")]}, ["activities.0.due_on"]),
    ({"activities": [body.activity(recurrence="FREQ=MONTHLY;BYMONTHDAY=32")]}, ["activities.0.recurrence"]),
    ({"activities": [body.activity(recurrence="FREQ=SECONDLY")]}, ["activities.0.recurrence"]),
    ({"activities": [body.activity(recurrence="FREQ=WEEKLY;BYDAY=MO")]}, ["activities.0.recurrence"]),
    ({"activities": [body.activity(done_by="a robot")]}, ["activities.0.done_by"]),
    ({"activities": [DAYLESS]}, ["activities.0.days_of_week"]),
    ({"review_on": PAST}, ["review_on"]),
    ({"goals": [body.goal(words="\u200b ")], "activities": []}, ["goals.0.words"]),
    ({"goals": [body.goal(words="x" * 10_000)], "activities": []}, ["goals.0.words"]),
    ({"important_people": "x" * 10_000}, ["important_people"]),
    ({"needs": [{"kind": "financial", "words": "x"}]}, ["needs.0.kind"]),
    ({"medicines_to_review": [{"words": "Codeine 30mg"}]}, ["medicines_to_review.0.words"]),
    ({"contacts": [{"kind": "carer", "words": "x", "phone": "07700\n900123"}]}, ["contacts.0.phone"]),
    ({"flare_avoid": "Bed"}, ["flare_first_steps", "flare_urgent_help"]),
    ({"reviewer_id": "11111111-1111-4111-8111-111111111111", "review_on": SOON}, ["reviewer_id"]),
]


def drafted(ben: Caller, world: World, **changes: Any) -> Answer:
    made = ben.post(f"/v1/patients/{world.people.amina.id}/care-plans", body.content(**changes))
    assert made.status == 201, made.text
    return made


def address(plan: Answer, more: str = "") -> str:
    return f"/v1/care-plans/{plan.json['plan']['id']}{more}"


def test_a_whole_plan_comes_back_as_it_was_written(world: World, ben: Caller) -> None:
    sound = body.content(**WHOLE, reviewer_id=str(world.people.ben.id), goals=[body.goal(confidence=5)])
    revision = drafted(ben, world, **sound).json["revision"]
    assert sound["activities"][0].items() <= revision["activities"][0].items()
    assert {name: revision[name] for name in sound if name != "activities"} == {
        name: value for name, value in sound.items() if name != "activities"
    }


def test_a_recurrence_alone_may_be_spoken_of_on_any_day_and_counts_from_today(world: World, ben: Caller) -> None:
    made = drafted(ben, world, activities=[DAYLESS | {"recurrence": "FREQ=DAILY;INTERVAL=3"}])
    activity = made.json["revision"]["activities"][0]
    assert activity["days_of_week"] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert activity["starts_on"] is not None


def test_what_is_unsound_is_named_and_nothing_of_it_is_kept(world: World, ben: Caller) -> None:
    plans = f"/v1/patients/{world.people.amina.id}/care-plans"
    answers = [(changes, ben.post(plans, body.content(**changes))) for changes, _ in REFUSED]
    assert [(changes, answer.fields) for changes, answer in answers] == REFUSED
    assert {answer.status for _, answer in answers} == {422}
    assert ben.get(plans).json == {"items": []}
    draft = drafted(ben, world)
    for changes, fields in REFUSED:
        refused = ben.send("POST", address(draft, "/revisions"), json=body.revision(**changes), version=draft.tag)
        assert (changes, refused.fields) == (changes, [f"content.{field}" for field in fields])
    assert ben.get(address(draft)).json == draft.json


def test_a_stale_edit_is_told_what_others_changed_and_changes_nothing(world: World, ben: Caller) -> None:
    draft = drafted(ben, world)
    mine = body.revision(goals=[body.goal(confidence=2)])
    theirs = body.revision(goals=[body.goal(confidence=7)], please_do="Ring first")
    assert ben.send("POST", address(draft, "/revisions"), json=theirs, version=draft.tag).status == 201
    stale = ben.send("POST", address(draft, "/revisions"), json=mine, version=draft.tag)
    assert (stale.status, stale.json["current_version"]) == (412, 2)
    ring = {"name": "please_do", "before": None, "after": "Ring first"}
    surer = {"name": "confidence", "before": None, "after": "7"}
    assert stale.json["differences"] == [
        {"part": "plan", "line": None, "change": "changed", "fields": [ring]},
        {"part": "goals", "line": "school", "change": "changed", "fields": [surer]},
    ]
    now = ben.get(address(draft))
    assert now.json["revision"]["goals"][0]["confidence"] == 7
    # If only the status moved since then, there is no difference in what the plan says.
    assert ben.send("POST", address(draft, "/agreement"), json={"how": "phone"}, version=now.tag).status == 201
    assert ben.send("POST", address(draft, "/revisions"), json=mine, version=now.tag).json["differences"] == []
    # Of a version that there never was nothing is known.
    for version in ('"77"', '"0"', "*"):
        unknown = ben.send("POST", address(draft, "/revisions"), json=mine, version=version)
        assert (unknown.status, "differences" in unknown.json) == (412, False)


def test_any_two_revisions_are_compared_and_one_is_restored(world: World, ben: Caller) -> None:
    draft = drafted(ben, world, **WHOLE)
    revised = ben.send("POST", address(draft, "/revisions"), json=body.revision(), version=draft.tag)
    there = ben.get(address(draft, "/revisions/2/differences-from/1")).json
    assert (there["base"], there["other"]) == (1, 2)
    assert {"part": "contacts", "line": "brother", "change": "removed"}.items() <= there["differences"][-1].items()
    back = ben.get(address(draft, "/revisions/1/differences-from/2")).json
    assert len(back["differences"]) == len(there["differences"])
    assert ben.get(address(draft, "/revisions/2/differences-from/2")).json["differences"] == []
    assert ben.get(address(draft, "/revisions/3/differences-from/1")).status == 404

    asked = {"number": 1, "reason": "It was better"}
    current = ben.send("POST", address(draft, "/restorations"), json=asked | {"number": 2}, version=revised.tag)
    missing = ben.send("POST", address(draft, "/restorations"), json=asked | {"number": 9}, version=revised.tag)
    assert (current.status, missing.status) == (409, 404)
    again = ben.send("POST", address(draft, "/restorations"), json=asked, version=revised.tag)
    assert (again.status, again.tag, again.json["revision"]["number"]) == (201, '"3"', 3)
    own = ("number", "reason", "recorded_at")
    before, after = ({k: v for k, v in each.json["revision"].items() if k not in own} for each in (draft, again))
    assert after == before
    listed = ben.get(address(draft, "/revisions")).json["items"]
    assert [each["differences"] for each in listed] == [back["differences"], there["differences"], []]


def test_another_service_s_clinician_finds_nothing(world: World, ben: Caller, eve: Caller) -> None:
    """That each refusal leaves an entry is shown for every route by the matrix."""
    draft = drafted(ben, world)
    asked = {"number": 1, "reason": "x"}
    assert eve.get(address(draft, "/revisions/1/differences-from/1")).status == 404
    assert eve.send("POST", address(draft, "/restorations"), json=asked, version=draft.tag).status == 404
    stale = eve.send("POST", address(draft, "/revisions"), json=body.revision(), version='"9"')
    assert (stale.status, "differences" in stale.json) == (404, False)


def test_the_copies_that_a_person_gets_have_every_part(world: World, ben: Caller) -> None:
    drafted(ben, world, **WHOLE, reviewer_id=str(world.people.ben.id))
    record = f"/v1/patients/{world.people.amina.id}"
    page = ben.get(f"{record}/export.html").text
    for words in (
        "Nia",
        "Skips meals",
        "Depression",
        "Codeine",
        "Her brother",
        "07700 900123",
        "Numb legs",
        day_words(date.fromisoformat(SOON)),
    ):
        assert words in page
    assert [need["words"] for need in ben.get(f"{record}/export").json["records"]["need"]].count("Skips meals") == 1
    bundle = ben.get(f"{record}/export.fhir").json
    plan = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "CarePlan")
    assert plan["addresses"][0] == {"display": "Sleeps badly (physical; with Chronic pain)"}
    detail = plan["activity"][0]["detail"]
    assert detail["scheduledTiming"] == {
        "repeat": {"boundsPeriod": {"start": SOON}},
        "code": {"text": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
    }
    assert detail["performer"] == [{"display": "A carer"}]
    assert {"text": "When to seek urgent help: Numb legs: 999"} in plan["note"]
