"""Does NHS login let in whom it proved, and nobody for whom a single thing is wrong?"""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from api.app import create_app
from api.settings.config import Config
from api.settings.openid import OpenIdClient
from companion.db import db, reading, transaction
from companion.domain.device import DeviceKind
from companion.domain.patient import PatientStatus
from companion.models import Device, NhsLoginErrand, Patient
from companion.use_cases import patient
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, Caller
from tests.api.patient_entry.conftest import Entrance
from tests.support import cast
from tests.support.issuer_double import CLIENT_ID, Double, key_of, nhs_login, running
from tests.support.moving import Moment

BEGIN, BACK, PAGE = "/own/nhs-login", "/own/nhs-login/return", "/own/plan"


@pytest.fixture
def nhs() -> Iterator[Double]:
    with running(nhs_login) as double:
        yield double


@pytest.fixture
def app(database_url: str, gateway: SimulatorGateway, moment: Moment, nhs: Double) -> Iterator[Flask]:
    key = key_of("ours").as_pem(private=True).decode()
    settings = Config(database_url=database_url, nhs_entry=OpenIdClient(nhs.address, CLIENT_ID, client_key=key))
    made = create_app(settings, gateway, lambda: moment.now)
    with made.app_context():
        yield made
        db.engine.dispose()


def come_back(entrance: Entrance, nhs: Double, browser: Caller | None = None, **claims: Any) -> tuple[Caller, Answer]:
    """Somebody goes there, signs in, and comes back."""
    browser = browser or entrance.nobody
    sent = browser.get(BEGIN)
    assert sent.status == 303, sent.text
    claims = {"nhs_number": cast.AMINA_NHS} | claims
    return browser, browser.get(nhs.sign_in(sent.headers["Location"], int(entrance.moment.now.timestamp()), **claims))


def devices() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Device)) or 0


def test_amina_comes_in_by_nhs_login(entrance: Entrance, nhs: Double) -> None:
    assert "Continue with NHS login" in entrance.nobody.get("/own/way-in").text
    browser, answer = come_back(entrance, nhs)
    assert (answer.status, answer.headers["Location"]) == (303, PAGE)
    assert "Hello Amina" in browser.get(PAGE).text
    with reading() as session:
        assert session.scalars(select(Device.kind)).all() == [DeviceKind.PAGE]


def test_what_it_did_not_sign_it_is_asked_for(entrance: Entrance, nhs: Double) -> None:
    nhs.told = {"nhs_number": cast.AMINA_NHS, "identity_proofing_level": "P9"}
    browser, answer = come_back(entrance, nhs, nhs_number=None, identity_proofing_level=None)
    assert answer.headers["Location"] == PAGE
    assert "Hello Amina" in browser.get(PAGE).text
    nhs.told["sub"] = "somebody-else"
    assert come_back(entrance, nhs, nhs_number=None)[1].status == 400


WRONG: list[tuple[dict[str, Any], int]] = [
    ({"iss": "https://elsewhere.example"}, 400),
    ({"aud": "another-client"}, 400),
    ({"aud": None}, 400),
    ({"nonce": "another"}, 400),
    ({"nonce": None}, 400),
    ({"exp": 1_000_000_000}, 400),
    ({"exp": None}, 400),
    ({"iat": None}, 400),
    ({"sub": None}, 400),
    ({"identity_proofing_level": "P5"}, 403),
    ({"identity_proofing_level": "P0"}, 403),
    ({"nhs_number": "9990000042"}, 404),
    ({"nhs_number": "1234567890"}, 400),
    ({"nhs_number": "' OR 1=1 --"}, 400),
    ({"nhs_number": ["9990000018"]}, 400),
]


@pytest.mark.parametrize(("claims", "status"), WRONG)
def test_one_thing_wrong_lets_nobody_in(entrance: Entrance, nhs: Double, claims: dict[str, Any], status: int) -> None:
    if claims.get("sub", "") is None:
        claims = claims | {"sub": ""}
    browser, answer = come_back(entrance, nhs, **claims)
    assert (answer.status, answer.mimetype) == (status, "text/html")
    assert "You are not signed in" in answer.text
    assert browser.get(PAGE).status == 303
    assert devices() == 0


@pytest.mark.parametrize(
    ("algorithm", "signed_by"), [("RS512", "ours"), ("RS256", "nhs"), ("HS512", "nhs"), ("none", "nhs")]
)
def test_only_its_own_signature_counts(entrance: Entrance, nhs: Double, algorithm: str, signed_by: str) -> None:
    nhs.algorithm, nhs.signing_key = algorithm, key_of(signed_by)
    assert come_back(entrance, nhs)[1].status == 400
    assert devices() == 0


def test_a_return_counts_once_and_in_the_browser_that_went(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    there = browser.get(BEGIN).headers["Location"]
    back = nhs.sign_in(there, int(entrance.moment.now.timestamp()), nhs_number=cast.AMINA_NHS)
    assert entrance.nobody.get(back).status == 400, "somebody else's browser, lured there"
    assert browser.get(back).status == 303
    assert browser.get(back).status == 400, "again"
    assert devices() == 1


def test_a_wrong_state_lets_nobody_in(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    there = browser.get(BEGIN).headers["Location"]
    back = nhs.sign_in(there, int(entrance.moment.now.timestamp()), nhs_number=cast.AMINA_NHS)
    for wrong in (f"{back}x", back[:-1], BACK, f"{BACK}?code=x", f"{BACK}?state=&code=x", back.split("&")[0]):
        assert browser.get(wrong).status == 400, wrong
    other = entrance.nobody
    other.get(BEGIN)
    assert other.get(back).status == 400, "swapped"
    assert browser.get(back).status == 303


def test_who_was_away_too_long_or_gave_up_begins_again(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    there = browser.get(BEGIN).headers["Location"]
    back = nhs.sign_in(there, int(entrance.moment.now.timestamp()), nhs_number=cast.AMINA_NHS)
    entrance.wait(minutes=15)
    assert browser.get(back).status == 400
    browser = entrance.nobody
    state = browser.get(BEGIN).headers["Location"].split("state=")[1].split("&")[0]
    gave_up = browser.get(f"{BACK}?error=access_denied&state={state}")
    assert gave_up.status == 400
    assert "did not sign in at NHS login" in unescape(gave_up.text)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(NhsLoginErrand)) == 0


def test_a_code_of_nobody_s_lets_nobody_in(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    state = browser.get(BEGIN).headers["Location"].split("state=")[1].split("&")[0]
    assert browser.get(f"{BACK}?code=made-up&state={state}").status == 400


def test_when_it_does_not_answer_we_say_so(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    back = nhs.sign_in(browser.get(BEGIN).headers["Location"], int(entrance.moment.now.timestamp()))
    nhs.broken = True
    answers = [browser.get(back)]
    entrance.wait(minutes=5)
    answers.append(entrance.nobody.get(BEGIN))
    for answer in answers:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert "does not answer" in answer.text


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": 7},
        {"authorization_endpoint": "http://pain.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"userinfo_endpoint": "file:///etc/passwd"},
    ],
)
def test_a_description_that_leads_astray_is_not_followed(
    entrance: Entrance, nhs: Double, metadata: dict[str, Any]
) -> None:
    nhs.metadata = metadata
    assert entrance.nobody.get(BEGIN).status == 503


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_endpoint_that_sends_us_elsewhere_is_not_followed(entrance: Entrance, nhs: Double, status: int) -> None:
    """With a 307 the code and our proof would go along, to wherever it names."""
    nhs.redirect = (status, f"{nhs.address}/elsewhere")
    browser, answer = come_back(entrance, nhs)
    assert (answer.status, browser.get(PAGE).status, devices()) == (503, 303, 0)
    assert nhs.posted == ["/token"]


def test_an_answer_that_names_another_issuer_is_refused(entrance: Entrance, nhs: Double) -> None:
    browser = entrance.nobody
    location = browser.get(BEGIN).headers["Location"]
    back = nhs.sign_in(location, int(entrance.moment.now.timestamp()), nhs_number=cast.AMINA_NHS)
    assert browser.get(f"{back}&iss=https://elsewhere.example").status == 400
    assert devices() == 0


def test_who_is_finished_or_cared_for_twice_is_told_another_way(entrance: Entrance, nhs: Double) -> None:
    people = entrance.world.people
    patient.enrol(people.eve, cast.enrolment(mobile="+447700900150"), entrance.moment.now)
    assert come_back(entrance, nhs)[1].status == 409
    with transaction() as session:
        session.execute(update(Patient).where(Patient.id == people.amina.id).values(status=PatientStatus.FINISHED))
    browser, answer = come_back(entrance, nhs)
    assert answer.status == 303
    assert "Fylde Pain Service" in browser.get(PAGE).text
    with transaction() as session:
        session.execute(update(Patient).values(status=PatientStatus.FINISHED))
    assert come_back(entrance, nhs)[1].status == 404


def test_it_is_not_there_where_it_is_not_set_up(database_url: str, gateway: SimulatorGateway, moment: Moment) -> None:
    made = create_app(Config(database_url=database_url), gateway, lambda: moment.now)
    with made.app_context():
        nobody = Caller(made.test_client())
        assert nobody.get(BEGIN).status == nobody.get(BACK).status == 404
        assert "NHS login" not in nobody.get("/own/way-in").text
        db.engine.dispose()
