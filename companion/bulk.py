"""How are many rows read, taken or written at once? One statement for all on PostgreSQL, whatever their number."""

import json
from binascii import b2a_base64
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
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
    Subquery,
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
from sqlalchemy.types import TypeEngine, UserDefinedType

from companion import keys
from companion.db import Base
from companion.sealed import seal_rows

Rows = Sequence[Mapping[str, Any]]
Shape = tuple[tuple[str, bool], ...]

# No statement may have a parameter with the name of a column that it writes.
_PREFIX = "given_"


class _Ids(UserDefinedType[Collection[UUID]]):
    """Ids as one parameter that PostgreSQL reads once, as an array.

    Sent as text and cast to an array in the statement, they would be read again for each row that is compared.
    """

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_settings: object) -> str:
        return "UUID[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Collection[UUID] | None], str]:
        # As one word: psycopg, which looks at each value of a list by itself, takes ten times as long.
        return lambda values: "{" + ",".join([value.hex for value in values or ()]) + "}"


def among(session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether the column's value is one of these: on PostgreSQL one parameter, planned once for any number of them."""
    if not _on_postgresql(session):
        return column.in_(values)
    if isinstance(column.type, Uuid):
        return column == any_(literal(values, _Ids()))
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
        shape = _shape(rows)
        session.execute(_insertion(table, shape), _sent(session, table, rows, shape))
    else:
        session.execute(insert(table), rows)


def insert_if_absent(session: Session, model: type[Base], rows: Rows) -> None:
    """Insert rows that all name the same columns, leaving out each one that a unique key of the table already has.
    What is sealed of them is given in words."""
    if not rows:
        return
    table = _table(model)
    rows = seal_rows(keys.of(session), model, rows)
    if _at_once(session, table, rows):
        shape = _shape(rows)
        absent = _insertion(table, shape).on_conflict_do_nothing()
        session.execute(absent, _sent(session, table, rows, shape))
    else:
        make = postgresql.insert if _on_postgresql(session) else sqlite.insert
        session.execute(make(table).on_conflict_do_nothing(), rows)


def update_each(
    session: Session, model: type[Base], rows: Rows, *conditions: ColumnElement[bool], **same: Any
) -> set[UUID]:
    """Give each row, named by its `id`, values of its own and the `same` ones, if it fulfils the conditions.

    All rows name the same columns; what is sealed of them is given in words. Returns the ids of those that were
    changed. On SQLite, one UPDATE per row (no network round trip).
    """
    if not rows:
        return set()
    table = _table(model)
    rows = seal_rows(keys.of(session), model, rows)
    names = [name for name in rows[0] if name != "id"]
    change = update(table).where(*conditions).values(same).returning(table.c.id)
    if _on_postgresql(session):
        shape = _shape(rows)
        given = _given(table, shape)
        change = change.where(table.c.id == given.c.id).values({name: given.c[name] for name in names})
        return set(session.scalars(change, _sent(session, table, rows, shape)))
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


def _shape(rows: Rows) -> Shape:
    """The columns that the rows name, and whether all of them have the same value there. The first counts the rows."""
    first, *others = rows[0].items()
    return ((first[0], False), *((name, all(row[name] is value for row in rows)) for name, value in others))


# Made once for each shape: SQLAlchemy takes longer over a statement than over all that is done with it afterwards.
@lru_cache(maxsize=256)
def _insertion(table: Any, shape: Shape) -> postgresql.Insert:
    return postgresql.insert(table).from_select([name for name, _ in shape], _given(table, shape).element)


@lru_cache(maxsize=256)
def _given(table: Any, shape: Shape) -> Subquery:
    """The rows that `_sent` sends, as something to select from."""
    columns = []
    for name, same in shape:
        kind, key = table.columns[name].type, _PREFIX + name
        value = bindparam(key, type_=kind) if same else _unnested(kind, bindparam(key, type_=String()))
        columns.append(value.label(name))
    return select(*columns).subquery("given")


def _unnested(kind: TypeEngine[Any], words: ColumnElement[str]) -> ColumnElement[Any]:
    """One column's values, a row each."""
    unnested: ColumnElement[Any] = func.json_array_elements_text(cast(words, postgresql.JSON()))
    if issubclass(kind.python_type, bytes):
        return func.decode(unnested, "base64", type_=kind)
    # Words are not cast: PostgreSQL would cut what is too long for the column, where it has to refuse it.
    return unnested if issubclass(kind.python_type, str) else cast(unnested, kind)


def _sent(session: Session, table: Any, rows: Rows, shape: Shape) -> dict[str, Any]:
    """The rows' values, a column at a time, as that costs PostgreSQL least."""
    dialect, sent = session.get_bind().dialect, {}
    for name, same in shape:
        values = [row[name] for row in rows]
        sent[_PREFIX + name] = values[0] if same else _words(table.columns[name].type, values, dialect)
    return sent


def _words(kind: TypeEngine[Any], values: list[Any], dialect: Dialect) -> str:
    """One column's values as JSON: psycopg takes twice as long over arrays."""
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
    return json.dumps(words)
