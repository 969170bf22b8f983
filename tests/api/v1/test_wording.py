"""Does no wording count before a named clinician has approved it, once?"""

from functools import partial

from flask import Flask

from tests.api.caller import Caller, at_once
from tests.api.ward import draft_wordings
from tests.support.world import World


def test_a_clinician_approves_a_wording_once(app: Flask, world: World, ben: Caller, chandra: Caller) -> None:
    other = Caller(app.test_client(), ben.token)
    for waiting in map(str, draft_wordings(world, 5)):
        [draft] = [item for item in chandra.get("/v1/wordings").json["items"] if item["id"] == waiting]
        assert (draft["approved_at"], draft["approved_by"]) == (None, None)
        address = f"/v1/wordings/{waiting}/approval"
        assert chandra.post(address).status == 403
        answers = at_once(*(partial(who.post, address) for who in (ben, other)))
        assert sorted(answer.status for answer in answers) == [200, 409]
        [approved] = [answer.json for answer in answers if answer.status == 200]
        assert approved["approved_by"] == str(world.people.ben.id)
        assert approved in ben.get("/v1/wordings").json["items"]
