"""Checks and migrates the database's schema. The only adapter of flask_migrate and alembic."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy.exc import DatabaseError

_HOST_WITH_MORE = re.compile(r"'[^']*@")
FOLDER = Path(__file__).parents[2] / "migrations"


def attach(app: Flask, database: Any) -> None:
    """Hang `flask db …` onto the app, for the tables of its database."""
    flask_migrate.Migrate(app, database, directory=str(FOLDER), render_as_batch=True)


def bring_up_to_date() -> None:
    """Take the current app's database through every migration that it has not seen.

    Raises:
        ClickException: it does not answer, cannot be written, or has seen migrations of a newer release.
    """
    with _told():
        _missing()
        flask_migrate.upgrade()


def require_up_to_date() -> None:
    """Raise unless the current app's database has the schema this code expects.

    Raises:
        ClickException: it does not answer, or has another shape; the sentence names the mend.
    """
    with _told():
        if _missing():
            raise click.ClickException(
                "The database is older than this release. Upgrade it with 'flask --app wsgi db upgrade'."
            )


def empty() -> None:
    """Remove every table from the current app's database, with all that is in them."""
    flask_migrate.downgrade(revision="base")


def why(error: DatabaseError) -> str:
    """What is wrong with the database and what mends it, in one sentence that repeats no row and no password."""
    words = str(error.orig).strip().partition("\n")[0].rpartition("failed: ")[2]
    # A password with an @ in it makes half of itself part of the host.
    words = _HOST_WITH_MORE.sub("'…@", words)
    if "locked" in words:
        return "Another program is writing to the database. Stop it, or try again in a minute."
    if current_app.extensions["migrate"].db.engine.dialect.name == "sqlite":
        return (
            f"The database file of DATABASE_URL cannot be used ({words}): "
            "give this user write access to it and its folder, or use another file."
        )
    return f"The database of DATABASE_URL cannot be used ({words}): start it, or use another database."


def _missing() -> bool:
    """Whether there are migrations that the database has not seen.

    Raises:
        ClickException: it has seen some that are not here.
    """
    script = ScriptDirectory(str(FOLDER))
    with current_app.extensions["migrate"].db.engine.connect() as connection:
        seen = set(MigrationContext.configure(connection).get_current_heads())
    if seen - {revision.revision for revision in script.walk_revisions()}:
        raise click.ClickException(
            "The database was made by a newer release than this one: start that release, "
            "or let DATABASE_URL name another database."
        )
    return seen != set(script.get_heads())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise click.ClickException(why(error)) from error
