"""The engine, the declarative base and one transaction. The only adapter of flask_sqlalchemy."""

import select as ready
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Select,
    String,
    TypeDecorator,
    Uuid,
    event,
    false,
    func,
    select,
    text,
    true,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from companion.domain.access import Actor
from companion.domain.working_hours import WEEK, Weekday

T = TypeVar("T", bound="Base")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. A naive value is refused; SQLite, which drops zones, gives UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A naive datetime cannot be stored.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DaysOfWeek(TypeDecorator[frozenset[Weekday]]):
    """A set of weekdays as one short text, Monday first: 'mon wed fri'."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: frozenset[Weekday] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(day for day in WEEK if day in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Weekday] | None:
        return None if value is None else _days(value)


# The column that names the patient, where it is not called patient_id.
NAMES_A_PATIENT = {"patient": "id"}


@cache
def _days(words: str) -> frozenset[Weekday]:
    return frozenset(Weekday(day) for day in words.split())


# Rows that are ordered by their number. SQLite counts by itself only in columns it calls INTEGER.
Counter = BigInteger().with_variant(Integer, "sqlite")


def one_of(words: type[StrEnum], name: str | None = None) -> Enum:
    """A column that holds one of the enum's published words, held to them by a check in the schema.

    `name` is the check's own, where a table has two columns of the same words.
    """
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or words.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid, frozenset[Weekday]: DaysOfWeek}  # noqa: RUF012


# Our own Base types better than db.Model and knows nothing of Flask; the extension brings the engine and its settings.
# hide_parameters: a database error must not carry a patient's words into a log.
db = SQLAlchemy(metadata=Base.metadata, engine_options={"hide_parameters": True})
# Seconds after which a connection that nobody used is replaced: what lies between may have dropped it in silence.
UNUSED_FOR = 60.0
_RESTS_SINCE = "rests_since"


@event.listens_for(Engine, "checkin")
def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _require_alive(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that the server has ended: the first request after the database was restarted may be a STOP.

    A server that goes says so, or its end of the socket is closed: of a connection at rest that alone makes it
    readable. Asking the socket costs no round trip, as a ping does for each transaction.
    """
    server = getattr(connection, "pgconn", None)
    if server is None:
        return
    asked = ready.poll()
    asked.register(server.socket, ready.POLLIN)
    if asked.poll(0) or time.monotonic() - record.info.get(_RESTS_SINCE, time.monotonic()) > UNUSED_FOR:
        record.info.pop(_RESTS_SINCE, None)
        raise DisconnectionError


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, SqliteConnection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        "busy_timeout = 15000",
        "foreign_keys = ON",
        "journal_mode = WAL",
        "recursive_triggers = ON",  # or INSERT OR REPLACE would walk round the triggers that refuse changes
        "secure_delete = ON",  # what was erased is not left in the file where others may find it
        "synchronous = FULL",  # an attempt that is forgotten after a power cut would be made twice (P3)
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


_LAST = "last"


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work that changes rows: committed whole at the end, or not at all.

    On SQLite it takes the one write lock at once, so that what is read stays true until the commit.
    """
    with Session(db.engine, expire_on_commit=False, info={_LAST: {}}) as session, session.begin():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        for step in session.info[_LAST]:
            session.flush()
            step(session)


@contextmanager
def keyed_transaction() -> Iterator[Session]:
    """One transaction that looks up the rows of one batch, or of one patient, by their keys.

    PostgreSQL uses the index of each key, whatever its statistics say. For a table that has just grown they say that a
    batch is most of it: each batch would read the whole table, and the job would cost the square of its rows. Checks
    of foreign keys are planned here too, and kept with the connection. Never for what reads a table as a whole.
    """
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            # A table without an index for the question is read all the same, at a cost that would call for JIT.
            settings = (func.set_config("enable_seqscan", "off", true()), func.set_config("jit", "off", true()))
            session.execute(select(*settings))
        yield session


def at_the_end(session: Session, step: Callable[[Session], None]) -> None:
    """Have something done once, last of all in this transaction, right before its commit. For what others wait for:
    the later a row is held, the shorter."""
    session.info[_LAST][step] = None


@contextmanager
def reading() -> Iterator[Session]:
    """One look at the rows; nothing is written. What was read stays readable after it is closed.

    On PostgreSQL, where each statement of such a transaction would see the newest rows anyway, there is none: that
    saves two round trips. On SQLite all statements see the same rows.
    """
    with Session(db.engine, expire_on_commit=False, autoflush=False) as session:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session
        session.commit()


@contextmanager
def snapshot() -> Iterator[Session]:
    """One look at rows as they stood at its beginning, whatever is written meanwhile; they may come by a cursor of the
    database's, a few at a time. On SQLite every look is one."""
    with Session(db.engine, expire_on_commit=False, autoflush=False) as session:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
        # After a rollback psycopg forgets every statement that PostgreSQL has prepared for it.
        session.commit()


def scoped(model: type[T], actor: Actor) -> Select[T]:
    """Every row of a table that the actor's pain service owns: where each query of a use case begins.

    For a patient, and for staff who were let in to one record alone, the rows of that patient; of a table that is not
    of patients, none. A query may join what is tied to those rows, and every table of a patient's is tied to the
    patient and the pain service by a key.
    """
    columns = model.__table__.c
    wanted = select(model).where(columns.pain_service_id == actor.pain_service_id)
    if actor.only_patient is None:
        return wanted
    patient_id = columns.get(NAMES_A_PATIENT.get(model.__tablename__, "patient_id"))
    return wanted.where(false() if patient_id is None else patient_id == actor.only_patient)


def analyse(session: Session, model: type[Base]) -> None:
    """Let PostgreSQL see how large a table has grown in this very transaction.

    It checks foreign keys by a plan from when the table was small, and without this reads all of it for each new row.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {model.__tablename__}"))
