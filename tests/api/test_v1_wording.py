"""Does no wording count before a named clinician has approved it, once?"""

from functools import partial

from flask import Flask

from tests.api.caller import Caller, at_once
from tests.api.ward import fill
from tests.world import World


def test_a_clinician_approves_a_wording_once(app: Flask, world: World, ben: Caller, chandra: Caller) -> None:
    waiting = str(fill(world)["wording_id"][0])
    listed = {item["id"]: item for item in chandra.get("/v1/wordings").json["items"]}
    assert (listed[waiting]["approved_at"], listed[waiting]["approved_by"]) == (None, None)
    address = f"/v1/wordings/{waiting}/approval"
    assert chandra.post(address).status == 403
    other = Caller(app.test_client(), ben.token)
    answers = at_once(*(partial(who.post, address) for who in (ben, other)))
    assert sorted(answer.status for answer in answers) == [200, 409]
    [approved] = [answer.json for answer in answers if answer.status == 200]
    assert approved["approved_by"] == str(world.people.ben.id)
    assert approved in ben.get("/v1/wordings").json["items"]
