"""A patient signs in, looks at everything of theirs, and gets some of it wrong."""

from flask import Flask

from companion.domain.export import Part
from companion.use_cases import code
from tests.api.caller import Caller, signed_in
from tests.api.webhooks.test_twilio import Watch
from tests.marker.heard import Heard, Listener
from tests.marker.marks import BORN, MOBILE, MOBILE_WRITTEN
from tests.support.world import World

OF_NOBODY = "07700 900666"


def sign_in(app: Flask, world: World, watch: Watch, heard: Heard) -> None:
    """By a code; and a number that nobody has asks for one, which the worker has yet to look at."""
    nobody = Listener(Caller(app.test_client()), heard)
    assert nobody.send("POST", "/v1/patient-sign-ins", json={"mobile": MOBILE_WRITTEN}).status == 202
    code.take_up(watch.now)
    digits = world.messages(kind="sign-in", number=MOBILE)[-1].body[:6]
    sent = {"mobile": MOBILE_WRITTEN, "code": digits, "birth_date": BORN, "device": "Zqdevice"}
    for wrong in (
        sent | {"birth_date": "1937-11-28"},
        sent | {"device": "Zqdevice" * 20},
        sent | {"birth_date": f"{BORN}x"},
    ):
        assert nobody.send("POST", "/v1/patient-sign-ins/codes", json=wrong).status in (401, 422)
    entered = nobody.send("POST", "/v1/patient-sign-ins/codes", json=sent)
    assert entered.status == 201, entered.text
    me = Listener(Caller(app.test_client(), entered.json["access_token"]), heard)
    for path in (
        "",
        "/devices",
        "/care-plan",
        "/care-plan/letter",
        "/care-plan/letter.pdf",
        "/record-access",
        "/export",
        "/export.html",
        "/export.fhir",
        "/corrections",
    ):
        assert me.send("GET", f"/v1/me{path}").status in (200, 404)
    for part in Part:
        assert me.send("GET", f"/fhir/{part}").status == 200
        for query in (f"?_lastUpdated={BORN}x", f"?patient={MOBILE}", f"?_count={MOBILE}&_cursor=Zqdevice"):
            # What somebody puts into an address is theirs; that it is said back would be ours.
            refused = me.caller.get(f"/fhir/{part}{query}")
            heard.errors.append(refused.text)
            assert refused.status == 400
    me.send("POST", "/v1/me/corrections", json={"words": "Zqwish"})
    plan = me.send("GET", "/v1/me/care-plan").json
    suggested = {"care_plan_id": plan["care_plan_id"], "revision_number": plan["number"], "words": "Zqsuggested"}
    for wrong in ({"line": "Zqsuggested"}, {"revision_number": "Zqsuggested"}, {"line": "zqsuggested"}):
        assert me.send("POST", "/v1/me/suggestions", json=suggested | wrong).status == 422
    made = me.send("POST", "/v1/me/suggestions", json=suggested)
    assert made.status == 201, made.text
    ben = Listener(signed_in(app, world.people.ben), heard)
    refusal = f"/v1/suggestions/{made.json['id']}/refusal"
    assert ben.send("POST", refusal, json={"answer": "Zqnotnow" * 300}).status == 422
    assert ben.send("POST", refusal, json={"answer": "Zqnotnow"}).status == 200
    assert me.send("GET", "/v1/me/suggestions").status == 200
    eve = Listener(signed_in(app, world.people.eve), heard)
    ask_for_an_opinion(me, ben, eve, plan["care_plan_id"])
    assert nobody.send("POST", "/v1/patient-sign-ins", json={"mobile": OF_NOBODY}).status == 202


def ask_for_an_opinion(me: Listener, ben: Listener, eve: Listener, plan_id: str) -> None:
    """Of a partner, who gives it; and each step wrong before it is right."""
    question = {"care_plan_id": plan_id, "question": "Zqquestion"}
    for wrong in ({"care_plan_id": "Zqquestion"}, {"question": "Zqquestion" * 300}):
        assert me.send("POST", "/v1/me/second-opinions", json=question | wrong).status == 422
    made = me.send("POST", "/v1/me/second-opinions", json=question)
    assert made.status == 201, made.text
    assert me.send("POST", "/v1/me/second-opinions", json=question).status == 409
    opinion = f"/v1/second-opinions/{made.json['id']}"
    said = {"outcome": "change", "words": "Zqopinion"}
    assert eve.send("POST", f"{opinion}/opinion", json=said).status == 404
    asked = {"email": "eve@example.nhs.uk", "reason": "Zqopened: what does she think?"}
    assert ben.send("POST", f"{opinion}/partner", json=asked | {"email": "zqmail@example.nhs.uk"}).status == 422
    assert ben.send("POST", f"{opinion}/partner", json=asked).status == 201
    assert eve.send("POST", f"{opinion}/opinion", json=said | {"outcome": "Zqopinion"}).status == 422
    assert eve.send("POST", f"{opinion}/opinion", json=said).status == 201
    for path in ("/v1/me/second-opinions", "/v1/me/record-access"):
        assert me.send("GET", path).status == 200
