"""Who else is let in to a record, and what may its person ask for: a marker in every field."""

from datetime import timedelta

from flask import Flask

from companion.domain.access import Actor, ActorKind, Role
from companion.use_cases import erasure, staff
from nudges import planner
from nudges.settling import redaction
from tests.api import body
from tests.api.caller import signed_in
from tests.api.webhooks.test_twilio import Watch
from tests.marker.heard import Heard, Listener
from tests.support import cast
from tests.support.world import World

WHY = "Zqopened: she called, faint, and nobody else is in"
LATER = timedelta(days=8)


def be_let_in(app: Flask, world: World, heard: Heard, patient_id: str) -> None:
    """By breaking the glass, and as a partner."""
    ben, chandra, eve = (
        Listener(signed_in(app, who), heard) for who in (world.people.ben, world.people.chandra, world.people.eve)
    )
    address = f"/v1/patients/{patient_id}"
    asked = {"patient_id": patient_id, "reason": WHY}
    opened = chandra.send("POST", "/v1/access-grants/break-glass", json=asked)
    assert opened.status == 201, opened.text
    assert chandra.send("POST", "/v1/access-grants/break-glass", json=asked | {"reason": "Zqopened"}).status == 422
    asked_in = ben.send("POST", f"{address}/partners", json={"email": "eve@example.nhs.uk", "reason": WHY})
    assert asked_in.status == 201, asked_in.text
    ben.send("POST", f"{address}/partners", json={"email": "zqmail@example.nhs.uk", "reason": WHY})
    for who, made in ((chandra, opened), (eve, asked_in)):
        under = {"Access-Grant": made.json["id"]}
        for path in ("", "/messages", "/care-plans"):
            assert who.send("GET", address + path, headers=under).status == 200
        assert who.send("PATCH", address, json={"family_name": "Zqfamily"}, headers=under, version="*").status >= 400
        who.send("GET", "/v1/access-grants/mine")
    ben.send("GET", "/v1/inbox")
    ben.send("GET", "/v1/access-grants")
    ben.send("GET", f"{address}/record-access")


def use_rights(app: Flask, world: World, watch: Watch, heard: Heard, patient_id: str) -> None:
    """A copy in each form, something put right, and erasures: one refused, one carried out to its certificate."""
    member = staff.add(world.people.system, "Zqdecider", "zqdecider@example.nhs.uk", cast.PASSWORD,
                       [Role.ADMINISTRATOR], watch.now)  # fmt: skip
    zq = Actor(ActorKind.STAFF, world.people.service_id, member.id, frozenset({Role.ADMINISTRATOR}))
    ben, decider = (Listener(signed_in(app, who), heard) for who in (world.people.ben, zq))
    address = f"/v1/patients/{patient_id}"
    wish = ben.send("POST", f"{address}/corrections", json={"words": "Zqwish"})
    answer = f"/v1/corrections/{wish.json['id']}/answer"
    assert ben.send("POST", answer, json={"status": "Zqwish", "answer": "Zqputright"}).status == 422
    assert ben.send("POST", answer, json={"status": "made", "answer": "Zqputright"}).status == 200
    asked = ben.send("POST", f"{address}/erasures").json["id"]
    assert decider.send("POST", f"/v1/erasures/{asked}/refusal", json={"answer": "Zqkept"}).status == 200
    assert ben.send("GET", f"/v1/erasures/{asked}/letter").status == 200
    for form in ("", ".html", ".fhir"):
        assert ben.send("GET", f"{address}/export{form}").status == 200
    other = ben.send("POST", "/v1/patients", json=body.nth_enrolment(9, given_name="Zqgiven", family_name="Zqfamily"))
    assert other.status == 201, other.text
    gone = ben.send("POST", f"/v1/patients/{other.json['id']}/erasures").json["id"]
    approved = decider.send("POST", f"/v1/erasures/{gone}/approval", json={"ground": "wrongly-enrolled"})
    assert approved.status == 200, approved.text
    planner.plan(watch.now)
    assert erasure.carry_out(watch.now) == 1
    redaction.redact(world.gateway, watch.now + LATER)
    assert erasure.complete(watch.now) == 1
    for path in (f"certificates/{gone}", f"certificates/{gone}/page", "erasures"):
        assert decider.send("GET", f"/v1/{path}").status == 200
