"""Does the API tell a person's way as a story: refer, assess, plan, agree, review, close; and say what is wrong?"""

from tests.api import body
from tests.api.caller import Answer, Caller
from tests.support.world import World


def moves(answer: Answer) -> str:
    return f"/v1/pathways/{answer.json['pathway']['id']}/moves"


def test_the_whole_story(world: World, ben: Caller, chandra: Caller, eve: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}/pathways"
    referred = ben.post(address, {"reason": "new-from-gp", "words": "Poen cefn 🙂"})
    assert (referred.status, referred.json["status"], referred.tag) == (201, "waitlist", '"1"')
    way = moves(referred)
    seen = ben.post(way, {"to_step": "assessment", "reason": "accepted"}, version=referred.tag)
    assert (seen.status, seen.json["status"]) == (201, "active")
    planned = {"to_step": "active-plan", "reason": "plan-agreed", "review_on": "2099-02-22"}
    assert ben.post(way, planned, version=seen.tag).status == 409, "she has agreed to nothing yet"
    world.people.agree_plan()
    assert ben.post(way, planned, version=referred.tag).status == 412
    assert ben.post(way, planned).status == 428
    active = ben.post(way, planned, version=seen.tag)
    assert (active.json["pathway"]["step"], active.json["pathway"]["review_on"]) == ("active-plan", "2099-02-22")
    hospital = ben.post(way.replace("moves", "hospital-referrals"), body.hospital_referral())
    assert [each["tried_first"] for each in hospital.json["hospital_referrals"]] == ["Three months of physiotherapy"]
    counted = {each["step"]: each["people"] for each in chandra.get("/v1/pathway-figures").json["items"]}
    assert counted == {"referral": 0, "assessment": 0, "active-plan": 1, "review": 0, "open-contact": 0}
    closed = ben.post(way, {"to_step": "closed", "reason": "their-wish"}, version=active.tag)
    assert "ring us on 01632 960123" in closed.json["contact"]
    wrong = {"right": None, "words": "Somebody else's wish", "review_on": "2099-02-22"}
    put_right = ben.post(way.replace("moves", "corrections"), wrong, version=closed.tag)
    assert (put_right.status, put_right.json["pathway"]["step"]) == (201, "active-plan")
    assert (len(put_right.json["moves"]), put_right.json["standing"]) == (5, [1, 2, 3])
    [read] = ben.get(address).json["items"]
    assert (read, read["moves"][0]["words"]) == (put_right.json, "Poen cefn 🙂")
    page = ben.get(address.replace("pathways", "export.html")).text
    for words in (
        "Poen cefn 🙂",
        "your care with us ended (you asked for it)",
        "to put right what stood there",
        "Three months of physio",
    ):
        assert words in page, words
    assert ben.get(f"{address}?known_at=2020-01-01T00:00:00Z").json["items"] == []
    assert eve.get(address).status == 404
    assert chandra.get(address).status == 403


def test_what_is_wrong_is_named(world: World, ben: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}/pathways"
    for sent, fields in (
        ({}, ["reason"]),
        ({"reason": "died"}, ["reason"]),
        ({"reason": "new-from-gp", "words": "\u200b"}, ["words"]),
        ({"reason": "new-from-gp", "effective_at": "2199-01-01T00:00:00Z"}, ["effective_at"]),
        ({"reason": "new-from-gp", "to_step": "closed"}, ["to_step"]),
    ):
        refused = ben.post(address, sent)
        assert (refused.status, refused.fields) == (422, fields), sent
    referred = ben.post(address, {"reason": "existing-patient"})
    assert ben.post(address, {"reason": "existing-patient"}).status == 409
    for sent, fields in (
        ({"to_step": "assessment", "reason": "died"}, ["reason"]),
        ({"to_step": "assessment", "reason": "accepted", "effective_at": "2001-01-01T00:00:00Z"}, ["effective_at"]),
        ({"to_step": "closed", "reason": "died", "review_on": "2099-01-01"}, ["review_on"]),
        ({"to_step": "gone", "reason": "died"}, ["to_step"]),
    ):
        refused = ben.post(moves(referred), sent, version=referred.tag)
        assert (refused.status, refused.fields) == (422, fields), sent
    corrections, hospital = (moves(referred).replace("moves", name) for name in ("corrections", "hospital-referrals"))
    for wrong, names in (
        (body.pathway_correction(words=" "), ["words"]),
        ({"words": "It never was"}, ["right"]),
        ({"right": {"to_step": "referral"}, "words": "Another"}, ["right.reason"]),
    ):
        refused = ben.post(corrections, wrong, version=referred.tag)
        assert (refused.status, refused.fields) == (422, names), wrong
    for field in ("to", "reason", "tried_first"):
        refused = ben.post(hospital, body.hospital_referral(**{field: " "}))
        assert (refused.status, refused.fields) == (422, [field])
    assert ben.post(hospital, body.hospital_referral(referred_at="2199-01-01T00:00:00Z")).fields == ["referred_at"]
    [read] = ben.get(address).json["items"]
    assert read == referred.json
