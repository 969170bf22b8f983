"""Can an operator see under which keys everything lies, and bring it under another, by commands alone?"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import update

from api.app import create_app
from api.settings.config import Config
from api.settings.field_key import DEFAULT_FIELD_KEYS, FieldKeys
from companion.db import db, transaction
from companion.models import Patient
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.commands.test_cli import run
from tests.support.world import World

OLD, NEW = DEFAULT_FIELD_KEYS[1], b"the newest key, of thirty-two by."[:32]


@contextmanager
def by(database_url: str, settings: FieldKeys) -> Iterator[Flask]:
    """The same database, by a process that has these keys."""
    app = create_app(Config(database_url=database_url, field_keys=settings), SimulatorGateway())
    with app.app_context():
        yield app
        db.engine.dispose()


def test_a_key_is_changed_in_three_steps(world: World, database_url: str) -> None:
    with by(database_url, FieldKeys({1: OLD, 2: NEW})) as app:
        assert "Key 1 (seals): " in run(app, "keys", "status").output
        refused = run(app, "keys", "rotate")
        assert (refused.exit_code, "put the newest key first" in refused.output) == (1, True)
    with by(database_url, FieldKeys({2: NEW, 1: OLD})) as app:
        assert "Key 2 (seals): 0 values." in run(app, "keys", "status").output
        rotated = run(app, "keys", "rotate")
        assert rotated.exit_code == 0
        assert "values were sealed again." in rotated.output
        status = run(app, "keys", "status").output
        assert status.startswith("Key 2 (seals): ")
        assert "Key 1" not in status
    with by(database_url, FieldKeys({2: NEW})) as app:
        assert run(app, "keys", "status").exit_code == 0
        assert world.amina().given_name == "Amina"


def test_a_key_that_is_missing_is_named(world: World, database_url: str) -> None:
    with by(database_url, FieldKeys({2: NEW})) as app:
        status = run(app, "keys", "status")
        assert status.exit_code == 1
        assert "values, AND IT IS MISSING." in status.output
        rotated = run(app, "keys", "rotate")
        assert rotated.exit_code == 1
        assert f"patient.mobile of {world.people.amina.id} does not open: its key 01 is not among" in rotated.output


def test_what_does_not_open_is_named_and_not_shown(app: Flask, world: World, database_url: str) -> None:
    with transaction() as session:
        change = update(Patient).where(Patient.id == world.people.amina.id)
        session.execute(change.values(given_name_sealed=Patient.family_name_sealed))
    with by(database_url, FieldKeys({2: NEW, 1: OLD})) as other:
        rotated = run(other, "keys", "rotate")
    assert rotated.exit_code == 1
    assert f"patient.given_name of {world.people.amina.id} does not open" in rotated.output
    assert "Yusuf" not in rotated.output


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("n\n", 1)])
def test_a_new_index_asks_whether_the_service_is_stopped(app: Flask, world: World, said: str, code: int) -> None:
    result = run(app, "keys", "reindex", typed=said)
    assert result.exit_code == code
    assert "Have you stopped the service?" in result.output
    assert ("values were indexed again" in result.output) is (code == 0)
