"""Do the migrations lead from nothing to exactly the tables that the models describe, and back?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Connection, event, inspect, text

from api.server.migration import FOLDER
from companion.db import Base, db
from tests.support.databases import both

pytestmark = both

SCRIPTS = ScriptDirectory(str(FOLDER))
# What of a database's shape an inspector tells, table by table.
PARTS = ("columns", "pk_constraint", "unique_constraints", "foreign_keys", "check_constraints", "indexes")
TRIGGERS = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
        "UNION ALL SELECT '', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    ),
}

Shape = dict[str, Any]


def shape() -> Shape:
    """Everything there is to know of the database but its rows: each table's parts, and all triggers."""
    inspector = inspect(db.engine)
    found: Shape = {}
    for part in PARTS:
        for (_, table), told in getattr(inspector, f"get_multi_{part}")().items():
            found.setdefault(table, {})[part] = sorted(map(said, parts(told)))
    found.pop("alembic_version", None)
    with db.engine.connect() as connection:
        found["triggers"] = sorted(map(tuple, connection.execute(text(TRIGGERS[connection.dialect.name]))))
    return found


def parts(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def said(value: Any) -> str:
    """A value of the inspector in words: its own would compare types and conditions by identity."""
    if isinstance(value, dict):
        return str({key: said(each) for key, each in sorted(value.items()) if key != "comment"})
    return str([said(each) for each in value]) if isinstance(value, list) else str(value)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    given: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        given.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield given
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def revision() -> str | None:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@pytest.fixture
def head(app: Flask) -> Shape:
    """A database that was taken from nothing to the newest revision; the shape it then has."""
    return shape()


def test_one_migration_follows_another_in_the_order_of_their_numbers() -> None:
    steps = list(SCRIPTS.walk_revisions())[::-1]
    assert [step.revision for step in steps] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
    assert all(re.search(rf"/{step.revision}_[a-z_]+\.py$", step.path) and step.doc for step in steps)


@pytest.mark.usefixtures("head")
def test_alembic_finds_nothing_to_do() -> None:
    assert revision() == SCRIPTS.get_current_head()
    options = current_app.extensions["migrate"].configure_args | {"compare_type": True, "compare_server_default": True}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_database_has_every_check_of_the_models_by_name(head: Shape) -> None:
    inspector = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        # The naming convention is applied as the table is written; here the names are still without it.
        wanted = {name if name.startswith("ck_") else f"ck_{table.name}_{name}" for name in wanted}
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} == wanted, table.name


def test_back_to_nothing_and_the_same_shape_from_the_models_and_again_from_the_migrations(head: Shape) -> None:
    downgrade(revision="base")
    assert shape() == {"triggers": []}
    db.metadata.create_all(db.engine)
    from_models = shape()
    assert from_models.pop("triggers") == []
    assert from_models == {name: parts for name, parts in head.items() if name != "triggers"}
    db.metadata.drop_all(db.engine)
    upgrade()
    assert shape() == head
    assert len(head) > 20
    assert head["triggers"]


def test_each_step_can_be_taken_back_and_again(head: Shape) -> None:
    after = head
    for step in SCRIPTS.walk_revisions():
        downgrade(revision=str(step.down_revision or "base"))
        before = shape()
        assert before != after, f"{step.revision} changes nothing"
        upgrade(revision=step.revision)
        assert shape() == after, step.revision
        downgrade(revision=str(step.down_revision or "base"))
        after = before
    upgrade()
    assert shape() == head


def test_a_database_that_is_up_to_date_is_left_alone(head: Shape) -> None:
    with db.engine.begin() as connection:
        row = "('send', 'somewhere/1', '2026-11-23 09:00:00+00:00')"
        connection.execute(text(f"INSERT INTO heartbeat (beat, worker, beaten_at) VALUES {row}"))  # noqa: S608
    with statements() as given:
        upgrade()
    changes = [each for each in given if not each.lstrip().upper().startswith(("SELECT", "PRAGMA", "SHOW", "BEGIN"))]
    assert changes == []
    assert shape() == head
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT worker FROM heartbeat")) == "somewhere/1"


def test_the_shape_sees_a_condition_that_differs(head: Shape) -> None:
    """Neither checks nor conditions of indexes are compared by Alembic: without this, the tests above say nothing."""
    postgresql = db.engine.dialect.name == "postgresql"
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_nudge_one_live"))
        connection.execute(
            text("CREATE UNIQUE INDEX uq_nudge_one_live ON nudge (care_plan_id, line, slot_on) WHERE status = 'sent'")
        )
    changed = shape()
    assert [table for table in head if head[table] != changed[table]] == ["nudge"]
    if postgresql:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE answer DROP CONSTRAINT ck_answer_number"))
            connection.execute(text("ALTER TABLE answer ADD CONSTRAINT ck_answer_number CHECK (number <= 10)"))
        assert head["answer"] != shape()["answer"]
