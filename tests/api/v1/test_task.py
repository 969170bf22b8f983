"""Does everything that a person must read stand in the inbox until somebody says what came of it?"""

from functools import partial

from flask import Flask

from tests.api.caller import Caller, at_once
from tests.support.world import World

STRANGER = "+447700900777"


def test_a_task_waits_until_somebody_says_what_came_of_it(world: World, ben: Caller) -> None:
    world.texts("My knee hurts on the stairs")
    world.texts("I want to end my life")
    inbox = ben.get("/v1/inbox").json
    assert inbox["total"] == 2
    urgent, routine = inbox["items"]
    assert (urgent["priority"], routine["priority"]) == ("urgent", "routine")
    assert routine["message"]["body"] == "My knee hurts on the stairs"
    assert routine["patient"]["given_name"] == "Amina"
    assert routine["due_at"] > routine["created_at"]

    done = ben.post(f"/v1/inbox/{routine['id']}/completion", {"outcome": "Called her; she is well."})
    assert done.status == 200
    assert done.json["outcome"] == "Called her; she is well."
    assert (done.json["status"], done.json["completed_by"]) == ("completed", str(world.people.ben.id))
    assert ben.post(f"/v1/inbox/{routine['id']}/completion", {"outcome": "Again"}).status == 409
    assert [item["id"] for item in ben.get("/v1/inbox").json["items"]] == [urgent["id"]]
    assert ben.get("/v1/inbox?status=completed").json["items"] == [done.json]


def test_a_text_from_a_number_nobody_knows_shows_the_number(world: World, ben: Caller, eve: Caller) -> None:
    world.texts("Is this the clinic?", number=STRANGER)
    found = [item for who in (ben, eve) for item in who.get("/v1/inbox").json["items"]]
    assert len(found) == 1
    assert (found[0]["kind"], found[0]["patient"]) == ("unknown-number", None)
    assert found[0]["message"]["number"] == STRANGER


def test_an_outcome_is_words(world: World, ben: Caller) -> None:
    world.texts("Hello")
    [item] = ben.get("/v1/inbox").json["items"]
    for outcome in ("", " ", None, 1, "x" * 1_001):
        assert ben.post(f"/v1/inbox/{item['id']}/completion", {"outcome": outcome}).fields == ["outcome"]
    for status in ("", "draft", "REQUESTED"):
        assert ben.get(f"/v1/inbox?status={status}").fields == ["status"]
    assert ben.get("/v1/inbox").json["total"] == 1


def test_of_two_who_complete_a_task_at_once_one_is_told(app: Flask, world: World, ben: Caller) -> None:
    other = Caller(app.test_client(), ben.token)
    for outcome in ("first", "second", "third"):
        world.texts("Hello")
        [item] = ben.get("/v1/inbox").json["items"]
        address = f"/v1/inbox/{item['id']}/completion"
        answers = at_once(*(partial(who.post, address, {"outcome": outcome}) for who in (ben, other)))
        assert sorted(answer.status for answer in answers) == [200, 409]
