"""Does every answer, of whatever kind, tell the browser what it must not do?"""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from api.app import create_app
from api.settings.config import Config
from api.web.headers import ALWAYS, WITHOUT_TRUSTED_TYPES
from tests.api.caller import Answer, Caller
from tests.api.ward import fill
from tests.support.world import World

PAGES = ("/", "/docs", "/simulator")


def assert_guarded(answer: Answer) -> None:
    """All that every answer says."""
    policy = policy_of(answer)
    for what in ("default-src", "base-uri", "frame-ancestors"):
        assert policy[what] == ["'none'"]
    if answer.mimetype == "text/html":
        assert policy["form-action"] == policy["connect-src"] == policy["style-src"] == ["'self'"]
        assert re.fullmatch(r"'none'|'nonce-[\w-]{24}'", " ".join(policy["script-src"])), policy["script-src"]
    else:
        assert answer.headers["Content-Security-Policy"] == ALWAYS["Content-Security-Policy"]
        assert set(policy) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert (
        answer.headers["Cross-Origin-Opener-Policy"] == answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    )
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(answer.headers["Permissions-Policy"].split(", "))
    assert "Access-Control-Allow-Origin" not in answer.headers


def policy_of(answer: Answer) -> dict[str, list[str]]:
    """The Content-Security-Policy, by directive."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split("; "))
    return {name: allowed for name, *allowed in parts}


def gets(app: Flask, world: World) -> Iterator[tuple[str, str]]:
    """Endpoint and address of whatever can be read, with ids of what is there, and then of what is not."""
    made = fill(world)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()):
            continue
        for there in (True, False):
            known: dict[str, object] = {
                name: made[name][0] if there and name in made else uuid4() for name in rule.arguments
            }
            known |= {
                "number": 1,
                "filename": "site.css" if there else "nothing.css",
                "phone_id": world.people.amina.id,
            }
            wanted = {name: known[name] for name in rule.arguments}
            yield rule.endpoint, app.url_map.bind("localhost").build(rule.endpoint, wanted)


@pytest.mark.own_app
def test_every_answer_is_guarded(app: Flask, world: World, ben: Caller, nobody: Caller) -> None:
    def broken() -> str:
        raise LookupError

    app.add_url_rule("/broken", view_func=broken)
    amina = f"/v1/patients/{world.people.amina.id}"
    tag = ben.get(amina).tag
    answers = {
        200: [ben.get(amina), nobody.get("/openapi.json"), nobody.get("/health/live"), *map(nobody.get, PAGES)],
        304: [ben.get(amina, headers={"If-None-Match": tag})],
        401: [nobody.get(amina)],
        404: [ben.get("/nothing"), ben.get("/static/nothing"), ben.get("/simulator/nothing")],
        405: [ben.send("DELETE", amina)],
        413: [ben.send("POST", "/v1/patients", data=b" " * 70_000, content_type="application/json")],
        415: [ben.send("POST", "/v1/patients", data=b"{}")],
        422: [ben.post("/v1/patients", {})],
        428: [ben.patch(amina, {})],
        500: [nobody.get("/broken")],
        503: [nobody.get("/health/ready")],
    }
    for status, expected in answers.items():
        for answer in expected:
            assert answer.status == status, answer.text
            assert_guarded(answer)
            assert answer.headers.get("Set-Cookie", "visit=").startswith("visit="), "only a page with a form sets one"
            assert ("Set-Cookie" in answer.headers) == ("csrf_token" in answer.text)
            assert answer.headers["Cache-Control"] == "no-store", "what is about people stays in a cache"
    for file in ("site.css", "simulator.js", "swagger-ui/swagger-ui-bundle.js"):
        served = nobody.get(f"/static/{file}")
        assert served.status == 200
        assert_guarded(served)
        assert served.headers["Cache-Control"] == "no-cache"


def test_every_route_is_guarded(app: Flask, world: World, ben: Caller, nobody: Caller) -> None:
    asked = set()
    for endpoint, address in gets(app, world):
        for caller in (ben, nobody):
            answer = caller.get(address)
            assert answer.status < 500 or endpoint == "home.ready", answer.text
            assert_guarded(answer)
            kept = endpoint == "static" and answer.status == 200
            assert answer.headers["Cache-Control"] == ("no-cache" if kept else "no-store"), endpoint
            asked.add((endpoint, answer.status))
    assert len(asked) > 40
    assert {status for endpoint, status in asked if endpoint == "static"} == {200, 404}


@pytest.mark.usefixtures("world")
def test_only_the_files_a_page_names_run_as_script(nobody: Caller) -> None:
    """And no two responses know each other's nonce."""
    known = set()
    for path in (*PAGES, *PAGES):
        page = nobody.get(path)
        scripts = re.findall(r"<script\b([^>]*)>", page.text)
        nonces = {nonce for script in scripts for nonce in re.findall(r' nonce="([^"]*)"', script)}
        assert all(' nonce="' in script for script in scripts)
        assert policy_of(page)["script-src"] == ([f"'nonce-{nonce}'" for nonce in nonces] or ["'none'"])
        known |= nonces
    assert len(known) == 4
    assert policy_of(nobody.get("/"))["require-trusted-types-for"] == ["'script'"]
    assert {"home.docs", "simulator.show"} == WITHOUT_TRUSTED_TYPES, "one more page makes HTML out of words"


@pytest.mark.usefixtures("world")
def test_pages_hold_nothing_that_the_policy_forbids(nobody: Caller) -> None:
    for path in (*PAGES, "/simulator/nothing"):
        page = nobody.get(path).text
        for script in re.findall(r"<script\b([^>]*)>", page):
            assert ' src="/static/' in script, "an inline script does nothing here"
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", page), path
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", page), (
            "something is fetched from elsewhere"
        )
        for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            assert nobody.get(address).status == 200, address


def test_a_service_on_https_stays_there() -> None:
    """Also where a proxy ends TLS, and the request itself comes in plain."""
    for address, kept in (("https://pain.example.nhs.uk", True), ("http://127.0.0.1:8000", False)):
        app = create_app(Config(database_url="sqlite://", public_base_url=address))
        assert ("Strict-Transport-Security" in Caller(app.test_client()).get("/health/live").headers) == kept
