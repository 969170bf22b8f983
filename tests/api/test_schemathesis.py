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
from sqlalchemy import select

from api.app import create_app
from api.config import Config
from companion.db import db, reading
from companion.models import CarePlan, Patient, Preference
from nudges.simulator_gateway import SimulatorGateway
from tests.api.caller import signed_in
from tests.api.ward import fill
from tests.conftest import Template
from tests.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Request = Case[Any]
CONFIGURATION = Path(__file__).parent.parent.parent / "schemathesis.toml"
EXAMPLES = 10
BEN, CHANDRA = "the-token-of-ben", "the-token-of-chandra"


class Entrance:
    """Leads to the app. Requests are made up before there is a database, and asked when there is one."""

    def __init__(self) -> None:
        self.app = create_app(Config(database_url="sqlite://"))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.app(environ, start_response)


ENTRANCE = Entrance()


def _schema(token: str | None, examples: int) -> Any:
    """The description, to be asked about with that token; `examples` by chance besides those that go by the book."""
    settings = tomllib.loads(CONFIGURATION.read_text())
    settings["generation"] = {"max-examples": max(examples, 1)}
    settings["phases"] = {"fuzzing": {"enabled": examples > 0}}
    # Each of these asks twice more, signed out and with a wrong token: once, for the clinician, is enough.
    settings["checks"]["ignored_auth"] = {"enabled": token == BEN}
    if token is not None:
        settings["auth"] = {"openapi": {"staff": {"bearer": token}}}
    return schemathesis.openapi.from_wsgi("/openapi.json", ENTRANCE, config=SchemathesisConfig.from_dict(settings))


as_clinician = _schema(BEN, EXAMPLES)
as_manager = _schema(CHANDRA, 0)
signed_out = _schema(None, 0)


class Ward:
    """A pain service with something in every list, and what is needed to ask about it."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app = app
        made = fill(world)
        self.ids = {"patient_id": made.patient_id, "plan_id": made.plan_id, "task_id": made.task_id}
        self.ids["wording_id"] = made.wording_id
        self.draft_id = made.draft_id

    def furnish(self, case: Request) -> None:
        """Put what is really there into a made-up request: mostly, and never where it is wrong on purpose."""
        found = case.path_parameters or {}
        ids = self.ids | ({"plan_id": self.draft_id} if case.path.endswith("agreement") else {})
        for name, real in ids.items():
            if name in found and _is_uuid(found[name]) and not str(found[name]).startswith("0"):
                found[name] = str(real)
        if case.headers and case.headers.get("If-Match", '"').strip('"').isdecimal():
            case.headers["If-Match"] = f'"{self._version(case)}"'

    def _version(self, case: Request) -> int:
        with self.app.app_context(), reading() as session:
            if "plan_id" in case.path_parameters:
                wanted = select(CarePlan.version).where(CarePlan.id == UUID(case.path_parameters["plan_id"]))
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


@pytest.fixture(scope="module")
def ward(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Ward:
    """The ward, and its database as it was at first."""
    folder = tmp_path_factory.mktemp("ward")
    shutil.copy(sqlite_template.peopled, folder / "ward.sqlite3")
    gateway = SimulatorGateway()
    app = create_app(Config(database_url=f"sqlite:///{folder / 'ward.sqlite3'}"), gateway)
    with app.app_context():
        world = World(gateway, sqlite_template.everybody)
        made = Ward(app, world)
        signed_in(app, world.people.ben, BEN)
        signed_in(app, world.people.chandra, CHANDRA)
        db.engine.dispose()
    shutil.copy(folder / "ward.sqlite3", folder / "first.sqlite3")
    ENTRANCE.app = app
    return made


@pytest.fixture
def as_at_first(ward: Ward) -> Iterator[None]:
    """Whoever signed out is in again, and no plan has been revoked."""
    with ward.app.app_context():
        file = Path(db.engine.url.database or "")
        shutil.copy(file.with_name("first.sqlite3"), file)
    yield
    with ward.app.app_context():
        db.engine.dispose()


@as_clinician.parametrize()  # type: ignore[untyped-decorator]
@pytest.mark.usefixtures("as_at_first")
def test_a_clinician_gets_what_the_description_says(case: Request, ward: Ward) -> None:
    ward.furnish(case)
    case.call_and_validate()


@as_manager.parametrize()  # type: ignore[untyped-decorator]
@pytest.mark.usefixtures("as_at_first")
def test_a_manager_gets_what_the_description_says(case: Request, ward: Ward) -> None:
    ward.furnish(case)
    case.call_and_validate()


@signed_out.parametrize()  # type: ignore[untyped-decorator]
@pytest.mark.usefixtures("as_at_first")
def test_nobody_gets_in(case: Request, ward: Ward) -> None:
    ward.furnish(case)
    response = case.call_and_validate()
    assert response.status_code >= 400 or not response.content  # OPTIONS says which methods there are, to anybody
