"""Is what could help nearby found, told apart by evidence, checked in time, and counted without naming anybody?"""

from datetime import timedelta
from typing import Any

import pytest

from api.schemas.resource import FactsSchema
from companion.domain.resource import CheckFound, ResourceEventKind, fold
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.models import Patient
from companion.upkeep import resource as upkeep
from companion.use_cases import care_plan, message, patient, resource, resource_event, restriction, task
from companion.use_cases.resource_event import PointsAt
from tests.api import body
from tests.api.caller import Caller
from tests.companion.domain.test_plan_difference import whole
from tests.support import cast
from tests.support.world import World

NOT_FOUND = "00000000-0000-4000-8000-000000000000"


def add(who: Caller, **changes: Any) -> dict[str, Any]:
    made = who.post("/v1/resources", body.resource(**changes))
    assert made.status == 201, made.text
    found: dict[str, Any] = made.json
    return found


def names(who: Caller, query: str) -> list[str]:
    answer = who.get(f"/v1/resources?{query}")
    assert answer.status == 200, answer.text
    return [item["name"] for item in answer.json["items"]]


@pytest.mark.usefixtures("world")
def test_words_are_found_whatever_their_accents_and_capitals(ben: Caller, eve: Caller) -> None:
    add(ben, name="Caffi'r Môr", description="Straße 100% ŵyl_fawr, Ελληνικά")
    add(ben, name="Yoga", description="On a chair")
    for words in ("caffi'r mor", "CAFFI'R MÔR", "strasse", "wyl", "ΕΛΛΗΝΙΚΆ", "100%25", "wyl_", "mor caffi", "leisure"):
        assert "Caffi'r Môr" in names(ben, f"words={words}"), words
    # A mark that means something to a database means itself here.
    assert names(ben, "words=%25") == ["Caffi'r Môr"]
    assert names(ben, "words=_") == ["Caffi'r Môr"]
    assert names(ben, "words=chair mor") == []
    assert names(eve, "words=yoga") == []


@pytest.mark.usefixtures("world")
def test_the_nearest_come_first_and_what_is_too_far_does_not_come(ben: Caller) -> None:
    add(ben, name="anywhere", outward=None, reach=[])
    add(ben, name="far", outward="SW1A", reach=["SW", "SE"])
    add(ben, name="reaches", outward="L1", reach=["PR", "L"])
    add(ben, name="area", outward="PR4", reach=["PR"])
    add(ben, name="here", outward="PR8", reach=["PR"])
    assert names(ben, "near=PR8") == ["here", "area", "reaches", "anywhere"]
    assert names(ben, "near=PR") == ["area", "here", "reaches", "anywhere"]
    assert names(ben, "near=P") == ["anywhere"]
    assert names(ben, "near=L1") == ["reaches", "anywhere"]
    page = ben.get("/v1/resources?near=PR8&page=2&page_size=3").json
    assert ([item["name"] for item in page["items"]], page["total"]) == (["anywhere"], 4)


def test_of_those_as_near_what_was_checked_last_comes_first(world: World, ben: Caller) -> None:
    made = {name: add(ben, name=name) for name in ("a never", "b old", "c new")}
    for name in ("b old", "c new"):
        assert ben.post(f"/v1/resources/{made[name]['id']}/checks", {"found": "correct"}).status == 201
    assert names(ben, "near=PR8") == ["c new", "b old", "a never"]
    [looked] = ben.get(f"/v1/resources/{made['b old']['id']}/checks").json["items"]
    assert (looked["found"], looked["checked_by"]) == ("correct", str(world.people.ben.id))
    told = {item["name"]: item["is_stale"] for item in ben.get("/v1/resources").json["items"]}
    assert told == {"a never": True, "b old": False, "c new": False}


@pytest.mark.usefixtures("world")
def test_whether_it_was_checked_is_always_fresh_each_time(ben: Caller) -> None:
    at = f"/v1/resources/{add(ben)['id']}"
    first = ben.get(at)
    assert first.json["is_stale"] is True
    ben.post(f"{at}/checks", {"found": "correct"})
    again = ben.get(at, headers={"If-None-Match": first.tag})
    assert (again.status, again.json["is_stale"]) == (200, False)


@pytest.mark.usefixtures("world")
def test_need_cost_kind_and_status_are_asked_for(ben: Caller) -> None:
    add(ben, name="bath", kind="hydrotherapy", cost="paid", needs=["physical"])
    add(ben, name="talk", kind="talking-therapy", cost="free", needs=["psychological", "social"])
    add(ben, name="draft", status="draft")
    for query, expected in {
        "need=social": ["talk"],
        "need=physical&cost=paid": ["bath"],
        "kind=talking-therapy": ["talk"],
        "cost=low-cost": [],
        "status=draft": ["draft"],
        "": ["bath", "talk"],
    }.items():
        assert names(ben, query) == expected, query


@pytest.mark.usefixtures("world")
def test_what_is_wrong_is_named_and_nothing_is_kept(ben: Caller) -> None:
    for changes, field in (
        ({"evidence": "nice-recommended"}, "evidence_source"),
        ({"phone": None}, "status"),
        ({"web": "javascript:alert(1)"}, "web"),
        ({"web": "https:// walks.example"}, "web"),
        ({"web": "ftp://walks.example"}, "web"),
        ({"outward": "PR8 1AA"}, "outward"),
        ({"outward": "pr8"}, "outward"),
        ({"kind": "homeopathy"}, "kind"),
        ({"name": "a\nb"}, "name"),
        ({"surprise": 1}, "surprise"),
    ):
        answer = ben.post("/v1/resources", body.resource(**changes))
        assert (answer.status, answer.fields) == (422, [field]), changes
    assert ben.post("/v1/resources", body.resource(reach=["pr"])).status == 422
    # A whole postcode may be one person's house: it is not taken into an address.
    assert ben.get("/v1/resources?near=PR8 1AA").fields == ["near"]
    assert ben.get("/v1/resources?words=%00").fields == ["words"]
    assert ben.get("/v1/resources").json["total"] == 0


@pytest.mark.usefixtures("world")
def test_who_changes_an_old_version_is_told(ben: Caller, eve: Caller) -> None:
    at = f"/v1/resources/{add(ben)['id']}"
    changed = ben.put(at, body.resource(name="Walkers"), '"1"')
    assert (changed.status, changed.tag, changed.json["name"]) == (200, '"2"', "Walkers")
    assert ben.put(at, body.resource(name="Others"), '"1"').status == 412
    assert eve.put(at, body.resource(name="Others"), '"2"').status == 404
    assert ben.get(at).json["name"] == "Walkers"
    assert names(ben, "words=southport") == []
    assert ben.post(f"{at}/checks", {"found": "gone"}).status == 201
    assert (ben.get(at).json["status"], ben.get(at).tag) == ("withdrawn", '"3"')


@pytest.mark.usefixtures("world")
def test_what_is_wrong_is_offered_to_nobody_until_it_is_put_right(ben: Caller) -> None:
    made = add(ben)
    at = f"/v1/resources/{made['id']}"
    assert ben.post(f"{at}/checks", {"found": "wrong"}).status == 201
    found = ben.get(at)
    assert (found.json["status"], found.tag, names(ben, "near=PR8")) == ("draft", '"2"', [])
    assert ben.put(at, body.resource(), found.tag).json["status"] == "listed"
    assert names(ben, "near=PR8") == [made["name"]]


def test_an_offer_points_at_any_line_of_the_plan(world: World) -> None:
    people, made = world.people, resource.add(world.people.ben, _facts(), world.now)
    plan = people.agree_plan(whole()).plan
    for line in whole().lines:
        at = PointsAt(plan.id, line.line)
        resource_event.write(people.ben, people.amina.id, made.resource.id, ResourceEventKind.OFFERED, at, world.now)


def test_an_old_directory_makes_one_task_until_somebody_has_looked(world: World) -> None:
    people, now = world.people, world.now
    made = resource.add(people.ben, _facts(), now)
    resource.add(people.ben, _facts(status="draft"), now)
    assert upkeep.ask_for_checks(now + timedelta(days=183)) == 0
    late = now + timedelta(days=184)
    assert [upkeep.ask_for_checks(late), upkeep.ask_for_checks(late)] == [1, 0]
    [waits] = world.tasks(kind=TaskKind.CHECK_DIRECTORY)
    assert (waits.pain_service_id, waits.patient_id) == (people.service_id, None)
    task.complete(people.ben, waits.id, "Looked at them", late)
    assert upkeep.ask_for_checks(late) == 1
    [again] = world.tasks(kind=TaskKind.CHECK_DIRECTORY, status="requested")
    task.complete(people.ben, again.id, "Looked at them", late)
    resource.check(people.ben, made.resource.id, CheckFound.CORRECT, late)
    assert upkeep.ask_for_checks(late) == 0


def _facts(**changes: Any) -> Any:
    return FactsSchema().load(body.resource(**changes))


def test_what_came_of_an_offer_is_kept_in_its_order(world: World, ben: Caller, eve: Caller) -> None:
    people = world.people
    plan = people.agree_plan().plan
    text = message.write(people.ben, people.dee.id, "Hello", world.now)
    at, made = f"/v1/patients/{people.amina.id}/resource-events", add(ben)

    def say(kind: str, **more: Any) -> Any:
        return ben.post(at, {"resource_id": made["id"], "kind": kind, **more})

    assert say("taken-up").status == 409
    assert say("offered", care_plan_id=str(plan.id)).fields == ["line"]
    assert say("offered", care_plan_id=str(plan.id), line="swim").fields == ["line"]
    assert say("offered", message_id=str(text.id)).fields == ["message_id"]
    dees = care_plan.draft(people.ben, people.dee.id, cast.plan_content(), world.now).plan
    assert say("offered", care_plan_id=str(dees.id), line="walk").fields == ["line"]
    assert say("offered", care_plan_id=str(plan.id), line="walk").status == 201
    assert say("helped").status == 409
    assert [say(kind).status for kind in ("taken-up", "helped")] == [201, 201]
    told = ben.get(at).json["items"]
    assert {item["kind"] for item in told} == {"offered", "taken-up", "helped"}
    assert [item["line"] for item in told if item["kind"] == "offered"] == ["walk"]
    theirs = add(eve)
    assert ben.post(at, {"resource_id": theirs["id"], "kind": "offered"}).status == 404
    assert eve.post(at, {"resource_id": theirs["id"], "kind": "offered"}).status == 404
    assert ben.post(at, {"resource_id": NOT_FOUND, "kind": "offered"}).status == 404
    hidden = add(ben, status="draft")
    assert ben.post(at, {"resource_id": hidden["id"], "kind": "offered"}).status == 409
    assert ben.get(f"/v1/patients/{people.dee.id}/resource-events").json["items"] == []


def test_managers_see_counts_and_no_small_ones(world: World, chandra: Caller, ben: Caller, eve: Caller) -> None:
    people, made = world.people, add(ben)
    resource_id = resource.search(people.ben, resource.Wanted(), 0, 1, world.now).items[0].resource.id
    everybody: list[Patient] = [people.amina, people.dee]
    for number in range(4):
        sound = body.nth_enrolment(300 + number)
        mobile = f"+44{sound['mobile'].replace(' ', '')[1:]}"
        enrolled = cast.enrolment(nhs_number=sound["nhs_number"], mobile=mobile)
        everybody.append(patient.enrol(people.ben, enrolled, world.now))
    for place, each in enumerate(everybody):
        # Twice offered is one person; four of them took it up.
        for kind in ("offered", "offered", *["taken-up"] * (place < 4)):
            resource_event.write(people.ben, each.id, resource_id, ResourceEventKind(kind), PointsAt(), world.now)
    [told] = chandra.get("/v1/resource-figures").json["items"]
    assert told["resource_id"] == made["id"]
    assert told["people"] == {"offered": 6, "taken-up": None, "declined": 0, "helped": 0, "did-not-help": 0}
    restriction.impose(people.ben, people.dee.id, RestrictionGround.OBJECTION, world.now)
    [told] = chandra.get("/v1/resource-figures").json["items"]
    assert told["people"]["offered"] == 5
    restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, world.now)
    [told] = chandra.get("/v1/resource-figures").json["items"]
    assert told["people"]["offered"] is None
    assert ben.get("/v1/resource-figures").status == 403
    assert eve.get("/v1/resource-figures").json["items"] == []


@pytest.mark.usefixtures("world")
def test_folding_is_the_same_twice() -> None:
    for words in ("Ŵyl Môr", "ǅ İstanbul ſ", "ﬁt", "e\u0301\u0323"):
        assert fold(fold(words)) == fold(words)
