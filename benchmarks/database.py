"""On which database is everybody measured? The same PostgreSQL, one that keeps what it has committed."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import psycopg
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

from api.app import create_app
from api.settings.config import Config
from benchmarks import people
from companion.clock import now
from companion.db import db
from tests.support.postgres import Postgres

# As PostgreSQL comes, and as it must be where nothing may be lost; the tests' own is run without.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "timezone": "UTC"}

# Seconds; what has been due for much longer is a late text, of which a patient gets one a day at a moment of its own.
DUE_FOR = 300.0
# Seconds; a connection that is closed takes milliseconds to end.
LEFT_WITHIN = 10.0


class DurablePostgres(Postgres):
    """The tests' server, with every commit on the disk before it counts."""

    def _spawn(self, command: list[str], output: IO[bytes], stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        if Path(command[0]).name == "postgres":  # the last word on a setting is the one that holds
            command = [*command, *(word for name, value in DURABLE.items() for word in ("-c", f"{name}={value}"))]
        return super()._spawn(command, output, stdin)


class Databases:
    """Copies of one filled database: a fresh one for each run, whoever runs."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._template: dict[int, float] = {}

    @contextmanager
    def fresh(self, patients: int) -> Iterator[str]:
        """The address of a database in which so many nudges are due; removed afterwards."""
        filled, template = self._template.get(patients), f"due_{patients}"
        if filled is None or time.monotonic() - filled > DUE_FOR:
            self._server.drop(template)
            self._server.create(template)
            _fill(self._server.url(template), patients)
            self._template[patients] = time.monotonic()
        name = f"run_{uuid4().hex}"
        self._server.create(name, template=template)
        try:
            yield self._server.url(name)
        finally:
            self._server.drop(name)


def _fill(url: str, patients: int) -> None:
    app = create_app(Config(database_url=url))
    with app.app_context():
        upgrade()
        people.fill(patients, now())
        db.engine.dispose()
    execute(url, "VACUUM ANALYZE")


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A plain connection that commits each statement."""
    address = make_url(url)
    query = {name: str(value) for name, value in address.query.items()}
    return psycopg.connect(dbname=address.database, user=address.username, autocommit=True, **query)  # type: ignore[arg-type]


def execute(url: str, statement: str, values: Sequence[object] = ()) -> None:
    """One statement."""
    with connect(url) as connection:
        connection.execute(statement.encode(), values)


def number(url: str, question: str) -> int:
    """The one number that a question has for an answer."""
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
        return int(row[0]) if row else 0


def rows_read(url: str) -> int:
    """How many rows of our tables the database has read since it was made, once everybody else has left it."""
    _wait_until_left(url)
    return number(url, "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_user_tables")


def read_whole(url: str) -> dict[str, int]:
    """By table, how many of its rows were read by going through all of it, once everybody else has left."""
    _wait_until_left(url)
    with connect(url) as connection:
        return dict(connection.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables").fetchall())


def _wait_until_left(url: str) -> None:
    # A connection reports what it has read at the latest when it ends.
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    give_up = time.monotonic() + LEFT_WITHIN
    while number(url, f"{others} AND backend_type = 'client backend'"):
        if time.monotonic() > give_up:
            raise RuntimeError("Somebody is still connected to the database.")
        time.sleep(0.01)
