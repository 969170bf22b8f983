"""What does every test stand on? The real databases, a migrated copy for each test, and what could not be had."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from api.app import create_app
from api.config import Config
from companion.db import db
from nudges.simulator_gateway import SimulatorGateway
from tests import postgres
from tests.postgres import Postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def _migrate(url: str) -> None:
    app = create_app(Config(database_url=url))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every migration in it, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own, with a migrated database named 'template'."""
    reason = postgres.why_not()
    if reason is not None:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}")
    with Postgres() as running:
        running.create("template")
        _migrate(running.url("template"))
        yield running


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated, empty database: each test that asks for it runs on both."""
    if request.param == SQLITE:
        file = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    running: Postgres = request.getfixturevalue("server")
    name = f"t{uuid4().hex}"
    running.create(name, template="template")
    yield running.url(name)
    running.drop(name)


@pytest.fixture
def gateway() -> SimulatorGateway:
    """The phones."""
    return SimulatorGateway()


@pytest.fixture
def app(database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The whole product on a fresh database, with its context open."""
    made = create_app(Config(database_url=database_url), gateway)
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody with a browser or a program; not signed in."""
    return app.test_client()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly at the end what was not tested, and why."""
    reasons = {
        str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in terminalreporter.getreports("skipped")
    }
    if reasons:
        terminalreporter.section("NOT TESTED HERE", sep="!", red=True, bold=True)
        for reason in sorted(reasons):
            terminalreporter.line(reason.removeprefix("Skipped: "), yellow=True)
