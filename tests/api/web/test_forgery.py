"""Can another site's page make a browser do anything here with the cookies that it keeps for us?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf

from api import routes
from api.app import create_app
from api.auth import Audience
from api.settings.config import Config
from api.web import forgery
from tests.api.caller import Answer, Caller
from tests.api.form import TOKEN, forms_of, token_of
from tests.support.world import World

TEMPLATES = Path(forgery.__file__).parents[1] / "templates"
AS_OUR_PAGES_HAVE_IT = "{{ csrf_token() }}"


def without_field(source: str) -> list[str]:
    """The forms of a template that change something and do not show that they are ours."""
    posting = [form for form in forms_of(source) if form.method != "get"]
    return [form.action for form in posting if form.hidden.get(TOKEN) != AS_OUR_PAGES_HAVE_IT]


def test_every_form_that_changes_something_has_its_field() -> None:
    sources = {file.name: file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")}
    assert sum(len(forms_of(source)) for source in sources.values()) >= 3
    assert {name: found for name, source in sources.items() if (found := without_field(source))} == {}
    planted = '<form method="POST" action="/x"><input type="hidden" name="csrf_token" value="1"></form>'
    assert without_field(planted) == ["/x"]
    assert without_field('<form method="post" action="/y"></form>') == ["/y"]


def guarded(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of whatever a cookie can open and a request can change."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        if blueprint in routes.WITHOUT_COOKIES:
            continue
        known = {name: 1 if name == "number" else uuid4() for name in rule.arguments}
        for method in (rule.methods or set()) - forgery.CHANGES_NOTHING:
            yield rule.endpoint, method, app.url_map.bind("localhost").build(rule.endpoint, known, method)


@pytest.mark.usefixtures("world")
def test_no_cookie_alone_opens_a_door_that_changes_anything(app: Flask, nobody: Caller) -> None:
    token = token_of(nobody.get("/simulator").text)
    nobody.client.set_cookie("__Host-sign-in", "kept by the browser")
    asked = 0
    for endpoint, method, address in guarded(app):
        without = nobody.send(method, address, data={})
        assert (endpoint, without.status) == (endpoint, 403), "a form of another site's would have got in"
        elsewhere = nobody.send(method, address, data=token, headers={"Sec-Fetch-Site": "cross-site"})
        assert (endpoint, elsewhere.status) == (endpoint, 403)
        ours = nobody.send(method, address, data=token)
        assert (endpoint, ours.status) != (endpoint, 403), "our own form is refused"
        asked += 1
    assert asked > 12


def test_only_programs_are_let_off() -> None:
    """Who cannot be let off: any page, whoever it is for."""
    for door in (*routes.V1, *routes.OTHERS, routes.SIMULATOR):
        let_off = door.blueprint.name in routes.WITHOUT_COOKIES
        signs_in = door.blueprint.name in ("sign-in", "patient-sign-in")
        assert let_off == (door.audience is Audience.PROVIDER or signs_in), door
        assert (door in routes.V1) or door.blueprint.name not in routes.BY_BEARER


def test_a_program_with_its_own_token_needs_no_other(world: World, ben: Caller, nobody: Caller) -> None:
    ben.client.set_cookie("__Host-sign-in", "kept by the browser")
    made = ben.post(f"/v1/patients/{world.people.amina.id}/consents", {"status": "withdrawn"})
    assert made.status == 201, made.text
    basic = {"Authorization": "Basic YmVuOng="}  # which a browser does send of itself
    nobody.client.set_cookie("__Host-sign-in", "kept by the browser")
    assert nobody.post("/v1/patients", {}, headers=basic).status == 403


def texted(nobody: Caller, fields: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
    """A text from the number that nobody knows."""
    return nobody.send("POST", "/simulator/unknown/texts", data={"body": "Hello", **fields}, headers=headers)


def test_only_the_token_of_this_visit_counts(world: World, app: Flask, nobody: Caller) -> None:
    ours = token_of(nobody.get("/simulator").text)
    theirs = token_of(Caller(app.test_client()).get("/simulator").text)
    wrong: tuple[dict[str, str], ...] = (
        {},
        {TOKEN: ""},
        theirs,
        {TOKEN: ours[TOKEN][:-1]},
        {TOKEN: ours[TOKEN].upper()},
        {TOKEN: "\u202e\x00é👍"},
        {TOKEN: "A" * 9_000},
        {"Csrf_Token": ours[TOKEN]},
    )
    for fields in wrong:
        refused = texted(nobody, fields)
        assert (refused.status, refused.mimetype) == (403, "text/html"), fields
        assert "reload the page" in refused.text
    assert texted(Caller(app.test_client()), ours).status == 403, "the token without the cookie"
    in_the_address = nobody.send("POST", f"/simulator/unknown/texts?{TOKEN}={ours[TOKEN]}", data={"body": "Hello"})
    assert in_the_address.status == 403
    assert world.messages() == []
    assert texted(nobody, ours).status == 303
    assert texted(nobody, {}, {"X-CSRFToken": ours[TOKEN]}).status == 303, "a script of ours"
    assert len(world.messages()) == 2


@pytest.mark.usefixtures("world")
def test_an_older_browser_names_the_page_that_asks(nobody: Caller) -> None:
    token = token_of(nobody.get("/simulator").text)
    own = ("http://127.0.0.1:8000", "http://localhost")  # the public address, and the one it was asked at
    for origin in own:
        assert (origin, texted(nobody, token, {"Origin": origin}).status) == (origin, 303)
    for origin in ("https://evil.example", "null", "", "http://localhost:81", "http://localhost.evil.example", "\xff"):
        assert (origin, texted(nobody, token, {"Origin": origin}).status) == (origin, 403)


def test_the_cookie_is_this_hosts_alone() -> None:
    for address, name in (("https://pain.example.nhs.uk", "__Host-visit"), ("http://127.0.0.1:8000", "visit")):
        app = create_app(Config(database_url="sqlite://", public_base_url=address))
        app.add_url_rule("/form", view_func=generate_csrf)
        said = Caller(app.test_client()).get("/form").headers["Set-Cookie"]
        assert said.startswith(f"{name}=")
        assert set(said.split("; ")[1:]) >= {"HttpOnly", "Path=/", "SameSite=Lax"}
        assert ("Secure" in said) == address.startswith("https")
        assert "Domain" not in said
