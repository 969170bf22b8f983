"""How is one record opened in an emergency, or shown to a partner, over HTTP?"""

from datetime import timedelta

from tests.api.caller import Caller
from tests.support import cast
from tests.support.world import World

WHY = "She called, faint, and nobody else is in"


def under(answer_id: str) -> dict[str, str]:
    """The header that names an access."""
    return {"Access-Grant": answer_id}


def test_a_manager_opens_a_record_in_an_emergency(world: World, chandra: Caller, ben: Caller, ada: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}"
    assert chandra.get(address).status == 403
    made = chandra.post("/v1/access-grants/break-glass", {"nhs_number": "999 000 0018", "reason": WHY})
    assert made.status == 201
    assert (made.json["kind"], made.json["holder"], made.json["reason"]) == ("break-glass", "Chandra Rao", WHY)
    assert made.json["patient_id"] == str(world.people.amina.id)
    header = under(made.json["id"])
    assert chandra.get(address, headers=header).json["given_name"] == "Amina"
    assert chandra.get(f"{address}/messages", headers=header).status == 200
    assert chandra.get(address).status == 403, "without it she is a manager"
    assert chandra.get("/v1/engagement?from_on=2026-11-01&to_on=2026-11-02", headers=header).status == 403
    refused = chandra.send("POST", f"{address}/messages", json={"body": "Hello"}, headers=header)
    assert (refused.status, "read-only" in refused.json["detail"]) == (403, True)
    assert chandra.send("DELETE", "/v1/sign-ins/current", headers=header).status == 403
    (urgent,) = ben.get("/v1/inbox").json["items"]
    assert (urgent["kind"], urgent["priority"], urgent["patient"]["given_name"]) == (
        "emergency-access",
        "urgent",
        "Amina",
    )
    assert chandra.get("/v1/access-grants/mine").json["items"] == [made.json]
    (seen,) = ada.get("/v1/access-grants").json["items"]
    assert (seen["holder"], seen["patient_id"], seen["reason"]) == ("Chandra Rao", None, None)
    ended = ada.post(f"/v1/access-grants/{made.json['id']}/end")
    assert (ended.status, ended.json["ended_at"] is None) == (200, False)
    assert chandra.get(address, headers=header).status == 403
    assert ada.post(f"/v1/access-grants/{made.json['id']}/end").status == 409


def test_a_partner_reads_one_record_and_no_other(world: World, ben: Caller, eve: Caller) -> None:
    amina, dee = (f"/v1/patients/{who.id}" for who in (world.people.amina, world.people.dee))
    plan = world.people.agree_plan().plan.id
    made = ben.post(f"{amina}/partners", {"email": "Eve@Example.NHS.uk ", "reason": "A second opinion on her sleep"})
    assert made.status == 201
    (mine,) = eve.get("/v1/access-grants/mine").json["items"]
    assert mine == made.json
    header = under(mine["id"])
    assert eve.get(amina, headers=header).json["family_name"] == "Yusuf"
    assert eve.get(f"/v1/care-plans/{plan}", headers=header).status == 200
    assert eve.get("/v1/patients", headers=header).json["total"] == 1
    assert eve.get(dee, headers=header).status == 404
    assert eve.get(amina).status == 404
    assert ben.post(f"/v1/access-grants/{mine['id']}/end").status == 200
    assert eve.get(amina, headers=header).status == 403
    assert eve.get("/v1/access-grants/mine").json["items"] == []


def test_what_is_wrong_is_named(world: World, ben: Caller, ada: Caller) -> None:
    address, patient_id = "/v1/access-grants/break-glass", str(world.people.amina.id)
    for sent, fields in (
        ({"patient_id": patient_id}, ["reason"]),
        ({"patient_id": patient_id, "reason": "too short"}, ["reason"]),
        ({"patient_id": patient_id, "reason": "  too   short  "}, ["reason"]),
        ({"reason": WHY}, ["patient_id"]),
        ({"patient_id": patient_id, "nhs_number": cast.AMINA_NHS, "reason": WHY}, ["patient_id"]),
        ({"patient_id": "1", "reason": WHY}, ["patient_id"]),
        ({"nhs_number": "9990000019", "reason": WHY}, ["nhs_number"]),
        ({"patient_id": patient_id, "reason": WHY, "days": 2}, ["days"]),
    ):
        refused = ada.post(address, sent)
        assert (refused.status, refused.fields) == (422, fields), sent
    partners, good = f"/v1/patients/{patient_id}/partners", {"email": "eve@example.nhs.uk", "reason": WHY}
    for changes, fields in (
        ({"email": "ben@example.nhs.uk"}, ["email"]),
        ({"email": "ben@example.nhs.uk", "reason": "short"}, ["email", "reason"]),
        ({"days": 0}, ["days"]),
        ({"days": 91}, ["days"]),
        ({"days": 1.5}, ["days"]),
    ):
        refused = ben.post(partners, good | changes)
        assert (refused.status, refused.fields) == (422, fields), changes
    assert ben.get("/v1/access-grants").json["total"] == 0
    made = ben.post(partners, good | {"days": 90}).json
    assert made["until_at"] > (world.now + timedelta(days=60)).isoformat()
