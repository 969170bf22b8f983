"""What does every test stand on? The real databases, a migrated copy for each test, and what could not be had."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from xdist.remote import Producer

from api.app import create_app
from api.settings.config import Config
from companion.clock import now
from companion.db import db
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast, databases, dealing, postgres
from tests.support.apps import for_test
from tests.support.cast import Cast
from tests.support.dealing import Dealer
from tests.support.postgres import Postgres
from tests.support.rows import Rows
from tests.support.world import World


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Dealer | None:
    """Who deals the tests out to processes, unless somebody asks for another way with --dist."""
    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return Dealer(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, or one process would still be at it when the others have nothing left to do."""
    items.sort(key=lambda item: not dealing.long(item))  # a stable sort: else the order is as random as it was


def _fill(url: str, *, people: bool) -> Cast | None:
    """Migrate the database, and let everybody in if there shall be `people`."""
    app = create_app(Config(database_url=url))
    with app.app_context():
        upgrade()
        everybody = cast.assemble() if people else None
        db.engine.dispose()
    return everybody


@dataclass(frozen=True)
class Template:
    """Migrated databases to be copied, empty and with everybody in them: creating them again takes far longer."""

    empty: str
    peopled: str
    everybody: Cast


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Two SQLite files."""
    folder = tmp_path_factory.mktemp("template")
    empty, peopled = str(folder / "empty.sqlite3"), str(folder / "peopled.sqlite3")
    _fill(f"sqlite:///{empty}", people=False)
    everybody = _fill(f"sqlite:///{peopled}", people=True)
    assert everybody is not None
    return Template(empty, peopled, everybody)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own."""
    reason = postgres.why_not()
    if reason is not None:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}")
    with Postgres(postgres.memory()) as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_template(server: Postgres) -> Template:
    """Two databases of that server."""
    for name in ("empty", "peopled"):
        server.create(name)
    _fill(server.url("empty"), people=False)
    everybody = _fill(server.url("peopled"), people=True)
    assert everybody is not None
    return Template("empty", "peopled", everybody)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that needs rows on PostgreSQL; on both databases, or on one of them, where its marker says so."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", databases.wanted(metafunc.definition))


@pytest.fixture
def template(request: pytest.FixtureRequest, database_kind: str) -> Template:
    """The databases to copy, of the kind that this run of the test is about."""
    found: Template = request.getfixturevalue(f"{database_kind}_template")
    return found


@pytest.fixture
def database_url(request: pytest.FixtureRequest, template: Template, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database: empty, or with everybody in it where a test asks for `world`."""
    original = template.peopled if "world" in request.fixturenames else template.empty
    if original.endswith(".sqlite3"):
        file = tmp_path / "test.sqlite3"
        shutil.copy(original, file)
        yield f"sqlite:///{file}"
        return
    running: Postgres = request.getfixturevalue("server")
    name = f"t{uuid4().hex}"
    running.create(name, template=original)
    yield running.url(name)
    running.drop(name)


@pytest.fixture
def gateway() -> SimulatorGateway:
    """The phones."""
    return SimulatorGateway()


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The whole product on a fresh database, with its context open."""
    with for_test(request.node)(Config(database_url=database_url), gateway, now) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody with a browser or a program; not signed in."""
    return app.test_client()


@pytest.fixture
def world(app: Flask, gateway: SimulatorGateway, template: Template) -> World:
    """Everybody is there, on a Monday morning; no plan yet."""
    return World(gateway, template.everybody)


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


@pytest.fixture
def rows(app: Flask) -> Iterator[Rows]:
    """Sound rows, in a transaction that is never committed."""
    with db.engine.connect() as connection:
        yield Rows(connection)
