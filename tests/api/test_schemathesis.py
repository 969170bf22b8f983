"""Does every operation keep to what /openapi.json says of it, whatever it is asked, and by whomever?

Schemathesis makes up the requests: sound ones, and ones that break the description in one place. `make fuzz` asks
far more of them.
"""

import shutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from sqlalchemy import select, update

from api.app import create_app
from api.config import Config
from companion.db import db, reading, transaction
from companion.models import CarePlan, Patient, Preference, SignIn
from nudges.simulator_gateway import SimulatorGateway
from tests.api import made_up
from tests.api.caller import signed_in
from tests.conftest import Template
from tests.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONFIGURATION = Path(__file__).parent.parent.parent / "schemathesis.toml"
EXAMPLES = 12
BEN, CHANDRA = "the-token-of-ben", "the-token-of-chandra"


class Entrance:
    """Leads to the app. Requests are made up before there is a database, and asked when there is one."""

    def __init__(self) -> None:
        self.app = create_app(Config(database_url="sqlite://"))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.app(environ, start_response)


ENTRANCE = Entrance()


def _schema(token: str | None, examples: int) -> Any:
    """The description, to be asked about with that token."""
    settings = tomllib.loads(CONFIGURATION.read_text())
    settings["generation"] = {"max-examples": examples}
    if token is not None:
        settings["auth"] = {"openapi": {"staff": {"bearer": token}}}
    return schemathesis.openapi.from_wsgi("/openapi.json", ENTRANCE, config=SchemathesisConfig.from_dict(settings))


as_clinician = _schema(BEN, EXAMPLES)
as_manager = _schema(CHANDRA, EXAMPLES)
signed_out = _schema(None, EXAMPLES)


class Ward:
    """A pain service with something in every list, and what is needed to ask about it."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app = app
        plan = world.people.agree_plan()
        world.texts("My knee hurts on the stairs")
        self.ids = {
            "patient_id": world.people.amina.id,
            "plan_id": plan.plan.id,
            "task_id": world.tasks()[0].id,
        }

    def furnish(self, case: Case) -> None:
        """Put what is really there into a made-up request: mostly, and never where it is wrong on purpose."""
        found = case.path_parameters or {}
        for name, real in self.ids.items():
            if name in found and _is_uuid(found[name]) and not str(found[name]).startswith("0"):
                found[name] = str(real)
        if case.headers and case.headers.get("If-Match", '"').strip('"').isdecimal():
            case.headers["If-Match"] = f'"{self._version(case)}"'
        if case.meta is not None and not case.meta.is_negative_at(ParameterLocation.BODY):
            case.body = _without_controls(case.body)

    def _version(self, case: Case) -> int:
        with self.app.app_context(), reading() as session:
            if "plan_id" in case.path_parameters:
                wanted = select(CarePlan.version).where(CarePlan.id == self.ids["plan_id"])
            elif case.path.endswith("preferences"):
                wanted = select(Preference.version).where(Preference.patient_id == self.ids["patient_id"])
            else:
                wanted = select(Patient.version).where(Patient.id == self.ids["patient_id"])
            return session.scalar(wanted) or 0


def _is_uuid(text: object) -> bool:
    try:
        return str(UUID(str(text))) == str(text).lower()
    except ValueError:
        return False


def _without_controls(value: Any) -> Any:
    """The one thing about words that the description says in words: no control characters."""
    if isinstance(value, str):
        return "".join("·" if not char.isprintable() and ord(char) < 160 else char for char in value)
    if isinstance(value, list):
        return [_without_controls(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_controls(item) for name, item in value.items()}
    return value


@pytest.fixture(scope="module")
def ward(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    file = tmp_path_factory.mktemp("ward") / "ward.sqlite3"
    shutil.copy(sqlite_template.peopled, file)
    gateway = SimulatorGateway()
    app = create_app(Config(database_url=f"sqlite:///{file}"), gateway)
    with app.app_context():
        world = World(gateway, sqlite_template.everybody)
        made = Ward(app, world)
        signed_in(app, world.people.ben, BEN)
        signed_in(app, world.people.chandra, CHANDRA)
    ENTRANCE.app = app
    yield made
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def signed(ward: Ward) -> None:
    """Whoever signed out during the test before is in again."""
    with ward.app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(revoked_at=None))


@as_clinician.parametrize()
@pytest.mark.usefixtures("signed")
def test_a_clinician_gets_what_the_description_says(case: Case, ward: Ward) -> None:
    ward.furnish(case)
    case.call_and_validate()


@as_manager.parametrize()
@pytest.mark.usefixtures("signed")
def test_a_manager_gets_what_the_description_says(case: Case, ward: Ward) -> None:
    ward.furnish(case)
    case.call_and_validate()


@signed_out.parametrize()
def test_nobody_gets_in(case: Case, ward: Ward) -> None:
    ward.furnish(case)
    response = case.call_and_validate()
    assert response.status_code >= 400 or not response.content  # OPTIONS says which methods there are, to anybody
