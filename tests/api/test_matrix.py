"""Is everybody kept to their own role, their own pain service and their own record, at every address there is?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Blueprint, Flask

from api import house
from api.settings.config import Config, Notify, Twilio
from companion.domain.access import Role, system
from companion.domain.access_grant import AccessKind
from companion.use_cases import patient, phone
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.access_document import DOCUMENT, written
from tests.api.body import nth_enrolment
from tests.api.line import Line
from tests.api.matrix import TABLE
from tests.api.records import Records
from tests.api.rule import EVERYBODY, LIST, SEE, YES, Asker, Site, Whose
from tests.api.walk import BASE, Walk, Who, staff_of, undeclared
from tests.support import cast
from tests.support.apps import app_on, for_test
from tests.support.databases import both
from tests.support.notify_account import API_KEY, CALLBACK_TOKEN, TEMPLATE_ID
from tests.support.tiers import deep
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.support.world import World

CLINICIAN, MANAGER, ADMINISTRATOR = Role.CLINICIAN, Role.SERVICE_MANAGER, Role.ADMINISTRATOR


def let_in_to_one(kind: AccessKind, *roles: Role) -> Who:
    """Staff who ask under an access to the record of the first patient alone, whatever their roles are."""
    return Who((Asker(kind.replace("-", "_")),), frozenset({Whose.OWN}), frozenset(roles), kind)


WHO: dict[str, Who] = {
    "signed out": Who((Asker.NOBODY,)),
    "provider": Who((Asker.PROVIDER,)),
    "patient": Who((Asker.PATIENT,), frozenset({Whose.OWN})),
    "clinician": staff_of(CLINICIAN),
    "manager": staff_of(MANAGER),
    "administrator": staff_of(ADMINISTRATOR),
    "clinician and manager": staff_of(CLINICIAN, MANAGER),
    "clinician and administrator": staff_of(CLINICIAN, ADMINISTRATOR),
    "manager and administrator": staff_of(MANAGER, ADMINISTRATOR),
    "all three": staff_of(CLINICIAN, MANAGER, ADMINISTRATOR),
    "administrator who broke the glass": let_in_to_one(AccessKind.BREAK_GLASS, ADMINISTRATOR),
    "all three who broke the glass": let_in_to_one(AccessKind.BREAK_GLASS, CLINICIAN, MANAGER, ADMINISTRATOR),
    "partner": let_in_to_one(AccessKind.PARTNER, CLINICIAN, MANAGER),
}
# Who between them get every kind of answer that the table knows.
EVERY_DAY = (
    "signed out",
    "provider",
    "patient",
    "clinician",
    "manager",
    "administrator",
    "administrator who broke the glass",
    "partner",
)


def provided(database_url: str) -> Config:
    """The settings of the product where texts really go, on the same rows."""
    return Config(
        database_url=database_url,
        public_base_url=BASE,
        twilio=Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID),
        notify=Notify(API_KEY, TEMPLATE_ID, CALLBACK_TOKEN),
    )


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The product with its simulator, on the morning on which the tests are set."""
    with for_test(request.node)(Config(database_url=database_url), gateway, lambda: cast.MONDAY) as made:
        yield made


@pytest.fixture
def sites(app: Flask, database_url: str) -> Iterator[Mapping[Site, Flask]]:
    """Both ways in which it is set up."""
    with app_on(provided(database_url), SimulatorGateway(), lambda: cast.MONDAY) as other:
        yield {Site.SIMULATED: app, Site.PROVIDED: other}


@pytest.fixture
def records(sites: Mapping[Site, Flask], world: World) -> Records:
    """Three people to ask about."""
    return Records(world)


def refute(sites: Mapping[Site, Flask], records: Records, name: str) -> None:
    """Ask everything there is in somebody's name, and fail wherever the table says otherwise."""
    found = list(Walk(sites, records, WHO[name]).faults(TABLE))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("name", EVERY_DAY)
def test_each_kind_of_person_gets_what_the_table_says(sites: Mapping[Site, Flask], records: Records, name: str) -> None:
    refute(sites, records, name)


@deep
@both
@pytest.mark.parametrize("name", WHO)
def test_everybody_gets_what_the_table_says(sites: Mapping[Site, Flask], records: Records, name: str) -> None:
    refute(sites, records, name)


def test_every_address_is_declared(sites: Mapping[Site, Flask]) -> None:
    assert undeclared(sites, TABLE) == []
    assert len({line.address for line in TABLE}) == len(TABLE)


def test_the_document_says_the_same() -> None:
    """`python -m tests.api.access_document` writes it again."""
    assert DOCUMENT.read_text(encoding="utf-8") == written()


PLANTED = Line("GET /planted/<uuid:patient_id>", SEE)
SILENT = Line("GET /silent/<uuid:patient_id>", replace(SEE, clinician=YES))


def plant(app: Flask) -> None:
    """Two careless views: whoever asks, one reads the record in the system's name, and one leaves no entry of it."""
    door = Blueprint("planted", __name__)

    @door.get("/planted/<uuid:patient_id>")
    def show(patient_id: UUID) -> str:
        owner = phone.pain_service_of(patient_id)
        return patient.read(system(owner), patient_id, house.now()).family_name if owner else ""

    @door.get("/silent/<uuid:patient_id>")
    def say_nothing(patient_id: UUID) -> str:
        return str(phone.pain_service_of(patient_id))

    app.register_blueprint(door)


@pytest.mark.own_app
def test_a_planted_trespass_is_found(sites: Mapping[Site, Flask], records: Records) -> None:
    plant(sites[Site.SIMULATED])
    planted = [PLANTED, SILENT]
    assert undeclared(sites, TABLE) == [f"{line.address} stands in no line of tests/api/matrix.py" for line in planted]
    assert undeclared(sites, (*TABLE, *planted)) == []
    assert len(list(Walk(sites, records, WHO["clinician"]).faults([SILENT]))) == 3
    for name, trespasses in (("signed out", 3), ("manager", 3), ("clinician", 1)):
        found = list(Walk(sites, records, WHO[name]).faults([PLANTED]))
        assert len([each for each in found if ": 200, not " in each]) == trespasses, found
        assert any("the answer holds Farmark" in each for each in found)


def test_a_line_that_says_too_much_or_leads_nowhere_is_found(sites: Mapping[Site, Flask], records: Records) -> None:
    gone = Line("GET /v1/nowhere", SEE)
    assert undeclared(sites, (*TABLE, gone)) == ["GET /v1/nowhere is declared, and not there"]
    wrong = replace(SEE, manager="yes", clinician="yes yes yes")
    generous = Line("GET /v1/patients/<uuid:patient_id>", wrong)
    assert len(list(Walk(sites, records, WHO["manager"]).faults([generous]))) == 3
    (found,) = Walk(sites, records, WHO["clinician"]).faults([generous])
    assert "patient of another pain service: 404, not yes" in found


def test_what_is_refused_and_done_all_the_same_is_found(sites: Mapping[Site, Flask], records: Records) -> None:
    """The status alone proves little: what counts is that no row has changed."""
    answer = Line("POST /v1/sign-ins", replace(EVERYBODY, manager="403"), {})
    harmless = list(Walk(sites, records, WHO["manager"]).faults([answer]))
    assert [each for each in harmless if "left its trace" in each] == []
    refused = replace(LIST, administrator="403")
    enrolled = Line("POST /v1/patients", refused, nth_enrolment(900))
    assert "left its trace" in list(Walk(sites, records, WHO["administrator"]).faults([enrolled]))[-1]
