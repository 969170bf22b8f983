"""Can the service do its work with a role that cannot change the tables? deploy/roles.sql (ASVS 13.2.2)"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ProgrammingError

from api.app import create_app
from api.settings.config import Config
from companion.db import db
from companion.use_cases import audit, patient
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast
from tests.support.postgres import Postgres
from tests.support.world import World

ROLES = (Path(__file__).parent.parent / "deploy" / "roles.sql").read_text(encoding="utf-8")
OWNER, SERVICE = "companion_owner", "companion"


@pytest.fixture
def address(server: Postgres) -> Iterator[URL]:
    """A database in which an administrator has made the two roles."""
    name = f"t{uuid4().hex}"
    server.create(name)
    url = make_url(server.url(name))
    with administrator(url) as connection:
        connection.execute(ROLES.encode())
    yield url
    server.drop(name)


def administrator(url: URL) -> psycopg.Connection:
    """A connection of the database's own administrator."""
    return psycopg.connect(
        host=str(url.query["host"]), port=5432, user="postgres", dbname=url.database, autocommit=True
    )


def product(url: URL, role: str) -> Flask:
    """The product, signed in to its database in this role."""
    address = url.set(username=role).render_as_string()
    return create_app(Config(database_url=address), SimulatorGateway(), lambda: cast.MONDAY)


def migrate(url: URL) -> None:
    """As the owner."""
    app = product(url, OWNER)
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture
def service(address: URL) -> Iterator[Flask]:
    """The product at work, after the owner's migrations."""
    migrate(address)
    app = product(address, SERVICE)
    with app.app_context():
        yield app
        db.engine.dispose()


def test_texts_go_and_answers_come_and_the_trail_holds(service: Flask) -> None:
    world = World(SimulatorGateway(), cast.assemble())
    world.people.agree_plan()
    world.pass_time(timedelta(days=2), timedelta(hours=1))
    world.texts("7")
    patient.read(world.people.ben, world.people.amina.id, world.now)
    assert [text.attempts for text in world.messages(kind="nudge")] != []
    wrong, _ = audit.verify({}, lambda _count: None)
    assert wrong == []


FORBIDDEN = (
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "TRUNCATE audit_entry",
    "DROP TABLE message",
    "ALTER TABLE consent_event ADD COLUMN more text",
    "CREATE TABLE more (id int)",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_service_cannot_change_what_holds_it(address: URL, service: Flask, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, db.engine.begin() as connection:
        connection.execute(text(statement))
    assert isinstance(refusal.value.orig, InsufficientPrivilege), refusal.value


def test_a_service_that_ran_with_one_role_is_brought_over(server: Postgres, address: URL) -> None:
    with administrator(address) as connection:
        connection.execute(b"ALTER SCHEMA public OWNER TO companion; GRANT CREATE ON SCHEMA public TO companion")
    app = product(address, SERVICE)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    with administrator(address) as connection:
        connection.execute(ROLES.encode())
    app = product(address, SERVICE)
    with app.app_context():
        with pytest.raises(ProgrammingError), engine().begin() as held:
            held.execute(text("DROP TABLE message"))
        cast.assemble()
        db.engine.dispose()


def engine() -> Engine:
    """Of the app whose context is open."""
    return db.engine
