"""How does a migration reach the database? Alembic runs this file for every `flask db …`."""

import logging

from alembic import context
from flask import current_app

from companion.db import db

log = logging.getLogger("alembic.env")


def run() -> None:
    """Run the migrations on the app's own engine, or on a connection that a test hands over."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _configure_and_run(given)
        return
    with db.engine.connect() as connection:
        _configure_and_run(connection)
        connection.commit()


def _configure_and_run(connection: object) -> None:
    options = current_app.extensions["migrate"].configure_args
    context.configure(connection=connection, target_metadata=db.metadata, **options)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database, not into a file.")
run()
