"""Checks and migrates the database's schema. The only adapter of flask_migrate and alembic."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import DatabaseError

from companion.lazy import lazy

flask_migrate = lazy("flask_migrate")
runtime = lazy("alembic.runtime.migration")
scripts = lazy("alembic.script")

_HOST_WITH_MORE = re.compile(r"'[^']*@")
FOLDER = Path(__file__).parents[2] / "migrations"


class _Database(click.Command):
    """`flask db …`, which is flask_migrate's group of commands: loaded when it is called."""

    def __init__(self, app: Flask) -> None:
        super().__init__("db", help="Perform database migrations.")
        self._app = app

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Hand over to the group itself, with its options and its commands."""
        found: click.Context = _migrating(self._app).make_context(info_name, args, parent, **extra)
        return found


class _Later:
    """Stands where flask_migrate looks for its settings of the app, until somebody reads one of them."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        _migrating(self._app)
        return getattr(self._app.extensions["migrate"], name)


def attach(app: Flask) -> None:
    """Hang `flask db …` onto the app, for the tables of its database."""
    app.cli.add_command(_Database(app))
    app.extensions["migrate"] = _Later(app)


def _migrating(app: Flask) -> Any:
    """flask_migrate's commands, with the app set up for them."""
    if isinstance(app.extensions["migrate"], _Later):
        flask_migrate.Migrate(app, app.extensions["sqlalchemy"], directory=str(FOLDER), render_as_batch=True)
    return app.cli.commands["db"]


def bring_up_to_date() -> None:
    """Take the current app's database through every migration that it has not seen.

    Raises:
        ClickException: it does not answer, cannot be written, or has seen migrations of a newer release.
    """
    with _told():
        _missing()
        _migrating(current_app._get_current_object())  # type: ignore[attr-defined]
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
    _migrating(current_app._get_current_object())  # type: ignore[attr-defined]
    flask_migrate.downgrade(revision="base")


def why(error: DatabaseError) -> str:
    """What is wrong with the database and what mends it, in one sentence that repeats no row and no password."""
    words = str(error.orig).strip().partition("\n")[0].rpartition("failed: ")[2]
    # A password with an @ in it makes half of itself part of the host.
    words = _HOST_WITH_MORE.sub("'…@", words)
    if "locked" in words:
        return "Another program is writing to the database. Stop it, or try again in a minute."
    if current_app.extensions["sqlalchemy"].engine.dialect.name == "sqlite":
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
    script = scripts.ScriptDirectory(str(FOLDER))
    with current_app.extensions["sqlalchemy"].engine.connect() as connection:
        seen = set(runtime.MigrationContext.configure(connection).get_current_heads())
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
