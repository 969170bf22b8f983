"""Does somebody who comes to the front door find their way, and can a machine tell whether the service is well?"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from api.app import create_app
from api.demo import cast as demo
from api.pages import health
from api.settings.config import Config, Twilio
from companion import clock
from companion.db import transaction
from companion.domain.access import Role, system
from companion.domain.alarm import ALARM_WORDS, AlarmKind
from companion.records import alarm as records
from companion.upkeep import heartbeat
from companion.use_cases import pain_service, staff
from nudges.worker import DEAD_AFTER, EVERY, LATE_AFTER
from tests.api.caller import Caller
from tests.support import cast
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.support.world import World


def test_the_front_door_leads_everywhere(nobody: Caller) -> None:
    page = nobody.get("/")
    assert (page.status, page.mimetype) == (200, "text/html")
    for address in ("/simulator", "/docs", "/openapi.json", "/health/ready"):
        assert f'href="{address}"' in page.text
        assert nobody.get(address).status == (503 if address == "/health/ready" else 200)
    assert "Development only. Synthetic people." in page.text


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


def test_the_api_page_loads_from_here_alone(nobody: Caller) -> None:
    page = nobody.get("/docs")
    assert page.status == 200
    assert "/static/swagger-ui/swagger-ui-bundle.js" in page.text
    assert 'data-description-url="/openapi.json"' in page.text


def test_well_means_that_every_beat_has_come_round(app: Flask, nobody: Caller) -> None:
    assert nobody.get("/health/live").json == {"status": "pass"}
    assert nobody.get("/health/ready").status == 503
    now = clock.now()
    for name in EVERY:
        heartbeat.beat(name, "test", now)
    well = nobody.get("/health/ready")
    assert (well.status, well.json["status"]) == (200, "pass")
    assert set(well.json["beats"]) == set(EVERY)
    assert "Everything is working" in nobody.get("/").text
    heartbeat.beat("send", "test", now - DEAD_AFTER - timedelta(minutes=1))
    dead = nobody.get("/health/ready")
    assert (dead.status, dead.json["beats"]["send"]["status"], dead.json["beats"]["plan"]["status"]) == (
        503,
        "fail",
        "pass",
    )


def well_at(now: datetime) -> None:
    for name in EVERY:
        heartbeat.beat(name, "test", now)


def test_the_first_page_says_in_plain_words_what_is_wrong(app: Flask, world: World, nobody: Caller) -> None:
    assert "Something needs attention" in nobody.get("/").text
    assert "Is a worker running?" in nobody.get("/").text
    now = clock.now()
    well_at(now)
    heartbeat.beat("send", "test", now, LATE_AFTER + timedelta(minutes=5))
    page, ready = nobody.get("/"), nobody.get("/health/ready")
    assert "The oldest has waited for 20 minutes" in page.text
    assert "These have stopped" not in page.text, "late is not dead"
    assert (ready.status, ready.json["beats"]["send"]["lag_seconds"]) == (503, 1200.0)
    heartbeat.beat("send", "test", now, timedelta(minutes=2))
    assert nobody.get("/health/ready").status == 200
    with transaction() as session:
        records.raise_once(session, AlarmKind.ACCOUNT_FAULT, "twilio", "20003", now)
    page, ready = nobody.get("/"), nobody.get("/health/ready")
    assert ALARM_WORDS[AlarmKind.ACCOUNT_FAULT] in page.text
    assert (ready.status, [each["kind"] for each in ready.json["alarms"]]) == (503, ["account-fault"])
    for told in (page, ready):
        assert world.people.amina.family_name not in told.text
        assert cast.AMINA_MOBILE not in told.text
    with transaction() as session:
        records.clear(session, AlarmKind.ACCOUNT_FAULT, "twilio", now)
    assert "Everything is working" in nobody.get("/").text


def test_a_database_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "x.sqlite3"
    app = create_app(Config(database_url=f"sqlite:///{file}"))
    file.parent.rmdir()
    caller = Caller(app.test_client())
    page, ready = caller.get("/"), caller.get("/health/ready")
    assert page.status == 200
    assert "The database is not responding" in page.text
    assert (ready.status, ready.json["database"], ready.json["status"]) == (503, "fail", "fail")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1.9), "1 second"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=10, hours=5), "10 days"),
    ],
)
def test_a_length_of_time_in_words(time: timedelta, words: str) -> None:
    assert health.length(time) == words


def test_every_beat_has_words() -> None:
    assert set(health.BEAT_WORDS) == set(EVERY)
