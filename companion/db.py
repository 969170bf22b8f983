"""Where do the rows live, and what is one transaction? The one door to flask_sqlalchemy."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    FromClause,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    TypeDecorator,
    Update,
    Uuid,
    any_,
    bindparam,
    event,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

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
        return None if value is None else frozenset(Weekday(day) for day in value.split())


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
        "synchronous = FULL",  # an attempt that is forgotten after a power cut would be made twice (P3)
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work that changes rows: committed whole at the end, or not at all.

    On SQLite it takes the one write lock at once, so that what is read stays true until the commit.
    """
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """One look at the rows; nothing is written. What was read stays readable after it is closed."""
    with Session(db.engine, expire_on_commit=False, autoflush=False) as session:
        yield session


def scoped(model: type[T], actor: Actor) -> Select[T]:
    """Every row of a table that the actor's pain service owns: where each query of a use case begins."""
    return select(model).where(model.__table__.c.pain_service_id == actor.pain_service_id)


def insert_if_absent(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows, leaving out each one that a unique key of the table already has."""
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(model.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]


def among(session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether the column's value is one of these: on PostgreSQL one parameter, planned once for any number of them."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


def claim(
    session: Session, wanted: Select[tuple[UUID]], change: Update, *columns: ColumnElement[Any]
) -> list[Row[Any]]:
    """Take the rows that `wanted` names, before anybody else can: those that another transaction holds are passed over.

    Returns the columns of the rows that were changed, and are ours until the commit.
    """
    table = change.table
    if session.get_bind().dialect.name == "postgresql":
        # An array is looked up by the primary key; IN (SELECT …) has been seen to read the whole table.
        first = wanted.with_for_update(skip_locked=True).scalar_subquery()
        change = change.where(table.c.id == any_(func.array(first)))
    else:
        change = change.where(table.c.id.in_(wanted))
    return list(session.execute(change.returning(*columns)))


def insert_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; on PostgreSQL with one statement."""
    if not rows:
        return
    table = model.__table__
    if session.get_bind().dialect.name == "postgresql":
        session.execute(insert(table).from_select(list(rows[0]), _given(table, rows)))  # type: ignore[arg-type]
    else:
        session.execute(insert(table), rows)  # type: ignore[arg-type]


def update_each(
    session: Session,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *conditions: ColumnElement[bool],
    **same: Any,
) -> set[UUID]:
    """Give each row, named by its `id`, values of its own and the `same` ones, if it fulfils the conditions.

    All rows name the same columns. Returns the ids of those that were changed. One statement on PostgreSQL; on
    SQLite, which is next door, one for each.
    """
    if not rows:
        return set()
    table = model.__table__
    names = [name for name in rows[0] if name != "id"]
    change = update(table).where(*conditions).values(same).returning(table.c.id)  # type: ignore[arg-type]
    if session.get_bind().dialect.name == "postgresql":
        given = _given(table, rows).subquery("given")
        change = change.where(table.c.id == given.c.id).values({name: given.c[name] for name in names})
        return set(session.scalars(change))
    change = change.where(table.c.id == bindparam("row_id")).values({name: bindparam(f"new_{name}") for name in names})
    changed: set[UUID] = set()
    for row in rows:
        own = {f"new_{name}": row[name] for name in names}
        changed.update(session.scalars(change, {"row_id": row["id"], **own}))
    return changed


def _given(table: FromClause, rows: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """The rows as something to select from: one array a column, so that the statement is the same for any number."""
    columns = (literal([row[name] for row in rows], ARRAY(table.c[name].type)) for name in rows[0])
    return select(*(func.unnest(values).label(name) for name, values in zip(rows[0], columns, strict=True)))


def analyse(session: Session, model: type[Base]) -> None:
    """Let PostgreSQL see how large a table has grown in this very transaction.

    It checks foreign keys by a plan from when the table was small, and without this reads all of it for each new row.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {model.__tablename__}"))
