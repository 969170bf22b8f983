"""Does somebody who comes to the front door find their way, and can a machine tell whether the service is well?"""

from datetime import timedelta

import pytest
from flask import Flask

from api.app import create_app
from api.config import Config, Twilio
from api.demo import cast as demo
from companion import clock
from companion.domain.access import Role, system
from companion.use_cases import heartbeat, pain_service, staff
from nudges.worker import DEAD_AFTER, EVERY
from tests.api.caller import Caller
from tests.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID

SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True)


@SQLITE
def test_the_front_door_leads_everywhere(nobody: Caller) -> None:
    page = nobody.get("/")
    assert (page.status, page.mimetype) == (200, "text/html")
    for address in ("/simulator", "/docs", "/openapi.json", "/health/ready"):
        assert f'href="{address}"' in page.text
        assert nobody.get(address).status == (503 if address == "/health/ready" else 200)
    assert "Development only. Synthetic people." in page.text


@SQLITE
def test_the_demonstration_is_spoken_of_in_the_demonstration_alone(database_url: str, nobody: Caller) -> None:
    assert demo.PASSWORD not in nobody.get("/").text, "there is nobody yet who has it"
    now = clock.now()
    service = pain_service.create(demo.WEST_LANCASHIRE.opening, now)
    staff.add(system(service.id), "Ben Okafor", f"ben{demo.DOMAIN}", demo.PASSWORD, [Role.CLINICIAN], now)
    assert demo.PASSWORD in nobody.get("/").text
    real = Config(database_url=database_url, twilio=Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID))
    outside = Caller(create_app(real).test_client())
    page = outside.get("/").text
    assert demo.PASSWORD not in page
    assert "/simulator" not in page
    assert "Synthetic" not in page, "real people are not synthetic"
    missing = outside.get("/simulator")
    assert (missing.status, missing.mimetype) == (404, "text/html")
    assert outside.get("/docs").status == 200


@SQLITE
def test_the_api_page_loads_from_here_alone(nobody: Caller) -> None:
    page = nobody.get("/docs")
    assert page.status == 200
    assert "/static/swagger-ui/swagger-ui-bundle.js" in page.text
    assert 'data-description-url="/openapi.json"' in page.text


@SQLITE
def test_well_means_that_every_beat_has_come_round(app: Flask, nobody: Caller) -> None:
    assert nobody.get("/health/live").json == {"status": "pass"}
    assert nobody.get("/health/ready").status == 503
    now = clock.now()
    for name in EVERY:
        heartbeat.beat(name, "test", now)
    well = nobody.get("/health/ready")
    assert (well.status, well.json["status"]) == (200, "pass")
    assert set(well.json["beats"]) == set(EVERY)
    heartbeat.beat("send", "test", now - DEAD_AFTER - timedelta(minutes=1))
    dead = nobody.get("/health/ready")
    assert (dead.status, dead.json["beats"]["send"]["status"], dead.json["beats"]["plan"]["status"]) == (
        503,
        "fail",
        "pass",
    )
