"""How are many rows read, taken or written at once? One statement for all on PostgreSQL, whatever their number."""

import json
from binascii import b2a_base64
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Delete,
    Dialect,
    Enum,
    FromClause,
    Row,
    Select,
    String,
    Update,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from companion import keys
from companion.db import Base
from companion.sealed import seal_rows

Rows = Sequence[Mapping[str, Any]]


def among(session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether the column's value is one of these: on PostgreSQL one parameter, planned once for any number of them."""
    if not _on_postgresql(session):
        return column.in_(values)
    if isinstance(column.type, Uuid):
        # As one word: psycopg, which looks at each value of a list by itself, takes ten times as long.
        ids = "{" + ",".join([value.hex for value in values]) + "}"
        return column == any_(cast(literal(ids, String()), ARRAY(column.type)))
    return column == any_(literal(list(values), ARRAY(column.type)))


def claim(
    session: Session, wanted: Select[Any], change: Update | Delete, *columns: InstrumentedAttribute[Any]
) -> Sequence[Row[Any]]:
    """Take the rows that `wanted` names, before anybody else can: those that another transaction holds are passed over.

    Returns the columns of the rows that were changed or removed, and are ours until the commit.
    """
    key = change.table.c.id
    if _on_postgresql(session):
        # An array is looked up by the primary key; IN (SELECT …) has been seen to read the whole table.
        first = wanted.with_for_update(skip_locked=True).scalar_subquery()
        change = change.where(key == any_(func.array(first)))
    else:
        change = change.where(key.in_(wanted))
    return session.execute(change.returning(*columns)).all()


def insert_all(session: Session, model: type[Base], rows: Rows) -> None:
    """Insert rows that all name the same columns; what is sealed of them is given in words."""
    if not rows:
        return
    table = _table(model)
    rows = seal_rows(keys.of(session), model, rows)
    if _at_once(session, table, rows):
        chosen = _selected(session, table, rows)
        session.execute(insert(table).from_select(list(rows[0]), chosen))
    else:
        session.execute(insert(table), rows)


def insert_if_absent(session: Session, model: type[Base], rows: Rows) -> None:
    """Insert rows that all name the same columns, leaving out each one that a unique key of the table already has.
    What is sealed of them is given in words."""
    if not rows:
        return
    table = _table(model)
    rows = seal_rows(keys.of(session), model, rows)
    make = postgresql.insert if _on_postgresql(session) else sqlite.insert
    absent = make(table).on_conflict_do_nothing()
    if _at_once(session, table, rows):
        chosen = _selected(session, table, rows)
        session.execute(absent.from_select(list(rows[0]), chosen))
    else:
        session.execute(absent, rows)


def update_each(
    session: Session, model: type[Base], rows: Rows, *conditions: ColumnElement[bool], **same: Any
) -> set[UUID]:
    """Give each row, named by its `id`, values of its own and the `same` ones, if it fulfils the conditions.

    All rows name the same columns; what is sealed of them is given in words. Returns the ids of those that were
    changed. SQLite, which is next door, is told row by row.
    """
    if not rows:
        return set()
    table = _table(model)
    rows = seal_rows(keys.of(session), model, rows)
    names = [name for name in rows[0] if name != "id"]
    change = update(table).where(*conditions).values(same).returning(table.c.id)
    if _on_postgresql(session):
        given = _selected(session, table, rows).subquery("given")
        change = change.where(table.c.id == given.c.id).values({name: given.c[name] for name in names})
        return set(session.scalars(change))
    change = change.where(table.c.id == bindparam("row_id")).values({name: bindparam(f"new_{name}") for name in names})
    changed: set[UUID] = set()
    for row in rows:
        own = {f"new_{name}": row[name] for name in names}
        changed.update(session.scalars(change, {"row_id": row["id"], **own}))
    return changed


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _table(model: type[Base]) -> Any:
    return model.metadata.tables[model.__tablename__]


def _at_once(session: Session, table: FromClause, rows: Rows) -> bool:
    # A default that is made anew for each row of a list would for a SELECT be made once.
    made = any(name not in rows[0] and _is_made(column) for name, column in table.columns.items())
    return len(rows) > 1 and _on_postgresql(session) and not made


def _is_made(column: ColumnElement[Any]) -> bool:
    return isinstance(column, Column) and column.default is not None and column.default.is_callable


def _selected(session: Session, table: FromClause, rows: Rows) -> Select[Any]:
    """The rows as something to select from. PostgreSQL takes them a column at a time, as that costs least."""
    dialect = session.get_bind().dialect
    first, *others = rows[0]
    columns = [_unnested(table.columns[first].type, [row[first] for row in rows], dialect).label(first)]
    for name in others:
        kind, values = table.columns[name].type, [row[name] for row in rows]
        shared = all(value is values[0] for value in values)
        columns.append((literal(values[0], kind) if shared else _unnested(kind, values, dialect)).label(name))
    return select(*columns)


def _unnested(kind: TypeEngine[Any], values: list[Any], dialect: Dialect) -> ColumnElement[Any]:
    """One column's values, a row each. They go over as JSON: psycopg takes twice as long over arrays."""
    words: list[str | None]
    if issubclass(kind.python_type, bytes):
        words = [None if value is None else b2a_base64(value, newline=False).decode() for value in values]
    elif isinstance(kind, Uuid):
        words = [value and value.hex for value in values]  # a third of the time that its dashes take
    elif isinstance(kind, JSON):
        words = [json.dumps(value) for value in values]
    elif issubclass(kind.python_type, str) and not isinstance(kind, Enum):
        words = values
    else:
        process = kind.dialect_impl(dialect).bind_processor(dialect) or str
        words = []
        for at, value in enumerate(values):
            again = at > 0 and value is values[at - 1]
            words.append(words[-1] if again else None if value is None else str(process(value)))
    sent = cast(literal(json.dumps(words), String()), postgresql.JSON())
    unnested: ColumnElement[Any] = func.json_array_elements_text(sent)
    if issubclass(kind.python_type, bytes):
        return func.decode(unnested, "base64", type_=kind)
    # Words are not cast: PostgreSQL would cut what is too long for the column, where it has to refuse it.
    return unnested if issubclass(kind.python_type, str) else cast(unnested, kind)
