"""Do the simulator's phones text the way real ones do, and can nobody else's page make them?"""

import re
from datetime import timedelta

from flask import Flask

from api.app import create_app
from api.settings.config import Config
from companion.db import db
from companion.domain.message import MessageKind
from companion.use_cases import nudge
from nudges import planner
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, Caller
from tests.support import cast, dispatched
from tests.support.world import World


def text(nobody: Caller, phone: object, words: str, site: str | None = "same-origin") -> Answer:
    """What the page's form sends."""
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    return nobody.submit("/simulator", f"/simulator/{phone}/texts", {"body": words}, headers=headers)


def test_a_phone_texts_by_the_way_every_text_takes(world: World, nobody: Caller, ben: Caller) -> None:
    amina = world.people.amina.id
    sent = text(nobody, amina, "My knee hurts\r\non the stairs")
    assert (sent.status, sent.headers["Location"]) == (303, f"/simulator#phone-{amina}")
    [kept] = world.messages(kind=MessageKind.INBOUND)
    assert (kept.body, kept.number, kept.gateway) == ("My knee hurts\non the stairs", cast.AMINA_MOBILE, "simulator")
    [item] = ben.get("/v1/inbox").json["items"]
    assert item["message"]["id"] == str(kept.id)
    text(nobody, amina, "STOP")
    assert ben.get(f"/v1/patients/{amina}").json["text_consent"] == "withdrawn"
    assert "Texts are stopped" in nobody.get("/simulator").text
    # Twice the same words are two texts, as on a real phone.
    text(nobody, amina, "Hello?")
    text(nobody, amina, "Hello?")
    assert len(world.messages(body="Hello?")) == 2


def test_whatever_is_typed_is_kept(world: World, nobody: Caller) -> None:
    amina = world.people.amina.id
    typed = ("", " ", "x" * 1_600, "👍🏽", "Sut wyt ti? ŵŷ مرحبا", "<script>alert(1)</script>", "{{ 7 * 7 }}")
    for words in typed:
        assert text(nobody, amina, words).status == 303
    assert [message.body for message in world.messages(kind=MessageKind.INBOUND)] == list(typed)
    assert text(nobody, amina, "a\x00b").status == 303
    assert world.messages(body="a\ufffdb"), "a NUL must not lose the words around it"
    page = nobody.get("/simulator").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    refused = text(nobody, amina, "x" * 1_601)
    assert (refused.status, refused.mimetype) == (422, "text/html")
    assert "1600" in refused.text


def test_a_number_nobody_knows_reaches_somebody(world: World, nobody: Caller, ben: Caller, eve: Caller) -> None:
    assert text(nobody, "unknown", "Is this the clinic?").status == 303
    found = [item for who in (ben, eve) for item in who.get("/v1/inbox").json["items"]]
    assert [item["kind"] for item in found] == ["unknown-number"]
    assert "Is this the clinic?" in nobody.get("/simulator/unknown/screen").text


def test_no_other_sites_page_can_text(world: World, nobody: Caller) -> None:
    amina = world.people.amina.id
    for site in ("cross-site", "same-site", "", "Same-Origin"):
        refused = text(nobody, amina, "STOP", site)
        assert (site, refused.status, refused.mimetype) == (site, 403, "text/html")
        for address in ("/simulator/unknown/texts", f"/simulator/{amina}/nudge"):
            assert nobody.submit("/simulator", address, headers={"Sec-Fetch-Site": site}).status == 403
    assert world.messages() == []
    for usual in ("same-origin", "none", None):
        assert text(nobody, amina, "Hello", usual).status == 303
    assert nobody.get("/simulator", headers={"Sec-Fetch-Site": "cross-site"}).status == 200, "a link leads here"


def test_a_screen_is_sent_again_when_it_has_changed(world: World, nobody: Caller) -> None:
    page = nobody.get("/simulator")
    screens = re.findall(r'data-screen-url="([^"]+)" data-version="([^"]+)"', page.text)
    assert len(screens) == 3
    for address, version in screens:
        same = nobody.get(address, headers={"If-None-Match": f'"{version}"'})
        assert (address, same.status) == (address, 304)
    text(nobody, world.people.amina.id, "Hello")
    changed = [nobody.get(address, headers={"If-None-Match": f'"{version}"'}).status for address, version in screens]
    assert sorted(changed) == [200, 304, 304]


def test_the_next_nudge_can_be_brought_forward(world: World, database_url: str, gateway: SimulatorGateway) -> None:
    made = create_app(Config(database_url=database_url), gateway, lambda: world.now)
    nobody = Caller(made.test_client())
    address = f"/simulator/{world.people.amina.id}/nudge"
    none = nobody.submit("/simulator", address)
    assert (none.status, none.mimetype) == (404, "text/html")
    world.people.agree_plan()
    planner.plan(world.now)
    first = world.nudges()[0]
    assert first.due_at > world.now
    assert nobody.submit("/simulator", address).status == 303
    with made.app_context():
        db.engine.dispose()
    [moved] = [nudge for nudge in world.nudges() if nudge.due_at == world.now]
    assert moved.slot_on == first.slot_on


def test_a_phone_that_is_not_there_is_a_page_that_says_so(app: Flask, nobody: Caller) -> None:
    for path in ("/simulator/00000000-0000-4000-8000-000000000000/screen", "/simulator/x/screen", "/simulator/unknown"):
        missing = nobody.get(path)
        assert (path, missing.status, missing.mimetype) == (path, 404, "text/html")
    # Before the first pain service is opened, too.
    assert "There are no phones yet" in nobody.get("/simulator").text
    assert nobody.get("/simulator/unknown/screen").status == 404
    assert text(nobody, "unknown", "Hello").status == 403, "no form, no token"


def test_a_nudge_that_is_put_off_says_why(world: World, nobody: Caller) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    world.now = world.now.replace(hour=7)
    nudge.bring_forward(world.people.system, world.people.amina.id, world.now)
    dispatched.dispatch(world.now)
    page = nobody.get("/simulator").text
    assert "It was delayed: it would fall outside the person" in page
    assert "Next nudge: Monday 23 November at 9am" in page


def test_an_answer_stands_below_what_it_answers(world: World, nobody: Caller, ben: Caller) -> None:
    amina = world.people.amina.id
    for _ in range(4):
        for word in ("STOP", "START"):
            world.now += timedelta(minutes=1)
            world.texts(word)
    world.send()
    page = nobody.get("/simulator").text
    bodies = re.findall(r"data-body>([^<]*)</p>", page)[:12]
    assert [body.split(",")[0] for body in bodies] == ["STOP", "START", "Amina"] * 4
    newest = ben.get(f"/v1/patients/{amina}/messages?page_size=3").json["items"]
    assert [item["kind"] for item in newest[:2]] == ["reply", "inbound"]
