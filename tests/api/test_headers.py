"""Does every answer, of whatever kind, tell the browser what it must not do?"""

import re

import pytest
from flask import Flask

from api.app import create_app
from api.config import Config
from api.headers import CONTENT_SECURITY_POLICY
from tests.api.caller import Answer, Caller
from tests.world import World

SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True)
PAGES = ("/", "/docs", "/simulator")


def assert_guarded(answer: Answer) -> None:
    """All that every answer says."""
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@SQLITE
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


@SQLITE
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
