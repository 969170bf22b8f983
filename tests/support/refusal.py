"""Why does the database refuse a row? On both databases."""

from sqlalchemy import (
    Connection,
    Executable,
)
from sqlalchemy.exc import IntegrityError

from companion.db import db
from tests.support.rows import Rows
from tests.support.sound_rows import TABLES, Values

CHECK, UNIQUE, FOREIGN, NOT_NULL, APPEND_ONLY = "check", "unique", "foreign key", "not null", "append-only"
# By PostgreSQL's number and by SQLite's name.
KINDS = {
    "23514": CHECK,
    "SQLITE_CONSTRAINT_CHECK": CHECK,
    "23505": UNIQUE,
    "SQLITE_CONSTRAINT_UNIQUE": UNIQUE,
    "SQLITE_CONSTRAINT_PRIMARYKEY": UNIQUE,
    "23503": FOREIGN,
    "SQLITE_CONSTRAINT_FOREIGNKEY": FOREIGN,
    "23502": NOT_NULL,
    "SQLITE_CONSTRAINT_NOTNULL": NOT_NULL,
    "23001": APPEND_ONLY,
    "SQLITE_CONSTRAINT_TRIGGER": APPEND_ONLY,
}


def refusal(connection: Connection, statement: Executable) -> tuple[str, str] | None:
    """How the database refuses the statement: the kind of its reason, and its words on it. None if it does not."""
    savepoint = connection.begin_nested()
    try:
        connection.execute(statement)
    except IntegrityError as error:
        savepoint.rollback()
        kind = KINDS[getattr(error.orig, "sqlstate", None) or error.orig.sqlite_errorname]  # type: ignore[union-attr]
        return kind, str(error.orig)
    savepoint.rollback()
    return None


def refused(rows: Rows, table: str, values: Values) -> tuple[str, str] | None:
    return refusal(rows.connection, TABLES[table].insert().values(values))


def because(found: tuple[str, str] | None, kind: str, *names: str) -> bool:
    """Whether it was refused for that kind of reason, and by one of these names where the database tells one."""
    if found is None or found[0] != kind:
        return False
    told = db.engine.dialect.name == "postgresql" or kind == CHECK
    return not told or any(name in found[1] for name in names)
