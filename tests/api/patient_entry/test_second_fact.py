"""Does the phone alone open nothing: in a partner's hands, shared, or with a number that is somebody else's now?"""

import pytest
from sqlalchemy import select

from api.app import create_app
from api.settings.config import Config
from companion.db import db, reading
from companion.models import AuditEntry
from companion.use_cases import patient
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import patient_signed_in, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.support.cast import AMINA_NHS
from tests.support.moving import Moment
from tests.support.world import World

BORN, ENDING = "1968-04-17", AMINA_NHS[-4:]


@pytest.fixture
def known(entrance: Entrance) -> Entrance:
    """Her date of birth is known."""
    people = entrance.world.people
    ben = signed_in(entrance.app, people.ben)
    address = f"/v1/patients/{people.amina.id}"
    amended = ben.patch(address, {"birth_date": BORN}, ben.get(address).tag)
    assert (amended.status, amended.json["birth_date"]) == (200, BORN)
    return entrance


def test_a_date_of_birth_that_is_known_is_what_counts(known: Entrance) -> None:
    code = known.code()
    assert known.use(code, nhs_number_ending=ENDING).status == 401
    assert known.use(code, birth_date="1968-04-18").status == 401
    assert known.use(code, birth_date=BORN).status == 201
    link = texted(known)
    browser = known.nobody
    assert browser.submit(link, link, {"digits": ENDING}).status == 401
    assert browser.submit(link, link, {"day": "18", "month": "4", "year": "1968"}).status == 401
    assert browser.submit(link, link, {"day": "17", "month": "04", "year": "1968"}).status == 303


def test_where_it_is_not_known_the_end_of_the_nhs_number_counts(entrance: Entrance) -> None:
    code = entrance.code()
    assert entrance.use(code, birth_date=BORN).status == 401
    assert entrance.use(code, nhs_number_ending="0019").status == 401
    assert entrance.use(code).status == 201


def test_who_has_the_phone_and_guesses_is_stopped_and_she_sees_it(entrance: Entrance) -> None:
    tried = []
    for _ in range(2):
        code = entrance.code()
        tried += [entrance.use(code, nhs_number_ending=f"{guess:04}").status for guess in range(3)]
    assert tried == [401] * 5 + [429]
    entrance.wait(minutes=16)
    assert entrance.use(entrance.code()).status == 201
    looks = patient_signed_in(entrance.app, entrance.world.people.amina).get("/v1/me/record-access").json["items"]
    assert "tried to sign in with a wrong answer, or too late" in [each["what"] for each in looks]


def test_strangers_without_the_code_do_not_keep_her_out(entrance: Entrance) -> None:
    code = entrance.code()
    assert [entrance.use("000000" if code != "000000" else "1" * 6).status for _ in range(4)] == [401] * 4
    assert entrance.use(code).status == 201


def test_a_number_that_is_somebody_else_s_now_opens_nothing_of_hers(known: Entrance) -> None:
    """The network gave it to a stranger, who reads the code off their own phone."""
    code = known.code()
    assert [known.use(code, birth_date=f"19{year}-01-01").status for year in (70, 80, 90)] == [401] * 3
    assert known.use(code).status == 401


@pytest.mark.parametrize(
    "fact",
    [{}, {"birth_date": "1899-12-31"}, {"birth_date": "17.4.1968"}, {"nhs_number_ending": "12345"}, {"birth_date": 7}],
)
def test_what_is_no_fact_is_named(entrance: Entrance, fact: dict[str, object]) -> None:
    sent = {"mobile": "07700 900101", "code": "123456", **fact}
    answer = entrance.nobody.post("/v1/patient-sign-ins/codes", sent)
    assert answer.status == 422
    assert set(answer.fields) <= {"birth_date", "nhs_number_ending"}


def test_staff_s_correction_changes_what_counts(known: Entrance) -> None:
    people, now = known.world.people, known.moment.now
    version = patient.read(people.ben, people.amina.id, now).version
    patient.amend(people.ben, people.amina.id, version, {"birth_date": None}, now)
    assert known.use(known.code(), nhs_number_ending=ENDING).status == 201


def texted(entrance: Entrance) -> str:
    """A link that Ben has texted to her."""
    ben = signed_in(entrance.app, entrance.world.people.ben)
    assert ben.post(f"/v1/patients/{entrance.world.people.amina.id}/sign-in-links").status == 202
    [link] = [text for text in entrance.texts() if "/link/" in text]
    return "/link/" + link.partition("/link/")[2][:36]


def test_behind_a_balancer_the_trail_names_the_client(
    database_url: str, world: World, gateway: SimulatorGateway, moment: Moment
) -> None:
    """And whoever writes into the header what they like is not believed: only what our own proxy added counts."""
    made = create_app(Config(database_url=database_url, proxies=1), gateway, lambda: moment.now)
    with made.app_context():
        ben = signed_in(made, world.people.ben)
        ben.get(f"/v1/patients/{world.people.amina.id}", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
        with reading() as session:
            newest = session.scalars(select(AuditEntry.origin).order_by(AuditEntry.id.desc()).limit(1)).one()
        db.engine.dispose()
    assert newest == "api 198.51.100.7"
