"""Reads the lines of plan revisions, from all their tables in one statement."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, cast, null, select, type_coerce, union_all
from sqlalchemy import literal_column as literal
from sqlalchemy.orm import Session

from companion import keys
from companion.db import Base
from companion.models import Activity, AlreadyHelps, Goal, MedicineToReview, Need, PlanContact
from companion.sealed import opened_with

Key = tuple[UUID, int]
Lines = dict[str, list[Any]]

# By part of a plan's content, the table of its lines.
TABLES: Mapping[str, type[Base]] = {
    "already_helps": AlreadyHelps,
    "goals": Goal,
    "activities": Activity,
    "needs": Need,
    "medicines_to_review": MedicineToReview,
    "contacts": PlanContact,
}
_KEY = ("care_plan_id", "revision_number", "position", "line", "words_sealed")


class _Own(NamedTuple):
    """A column that only one of the tables has. In the others' place of it stands nothing, of the same type."""

    table: str
    name: str


_OWN = [
    _Own(model.__tablename__, column.name)
    for model in TABLES.values()
    for column in model.__table__.columns
    if column.name not in _KEY
]


def _of_table(part: str, model: type[Base]) -> Any:
    table = model.__table__
    own: list[ColumnElement[Any]] = []
    for name in _OWN:
        column = Base.metadata.tables[name.table].c[name.name]
        own.append(column if column.table is table else type_coerce(cast(null(), column.type), column.type))
    labelled = [each.label("_".join(name)) for each, name in zip(own, _OWN, strict=True)]
    columns = [literal(f"'{part}'").label("part"), *(table.c[name] for name in _KEY), *labelled]
    return select(*columns).where(
        table.c.care_plan_id.in_(bindparam("plans", expanding=True)),
        table.c.revision_number.in_(bindparam("numbers", expanding=True)),
    )


_LINES = union_all(*(_of_table(part, model) for part, model in TABLES.items()))
# By part: the names of a row's values, and where they stand in a row of the statement.
_PLACES: Mapping[str, list[tuple[str, int]]] = {
    part: [
        *((name, place) for place, name in enumerate(_KEY, 1)),
        *((own.name, place) for place, own in enumerate(_OWN, 1 + len(_KEY)) if own.table == model.__tablename__),
    ]
    for part, model in TABLES.items()
}


def of_revisions(session: Session, wanted: Collection[Key]) -> dict[Key, Lines]:
    """The lines of these revisions by part, in their order. They are not the session's: a line never changes."""
    found: dict[Key, Lines] = {key: {part: [] for part in TABLES} for key in wanted}
    if not found:
        return found
    asked = {"plans": list({plan for plan, _ in wanted}), "numbers": list({number for _, number in wanted})}
    ring = keys.of(session)
    for row in session.execute(_LINES, asked):
        lines = found.get((row[1], row[2]))
        if lines is not None:
            lines[row[0]].append(opened_with(ring, _line(row)))
    for lines in found.values():
        for some in lines.values():
            some.sort(key=lambda line: line.position)
    return found


def _line(row: Row[Any]) -> Any:
    return TABLES[row[0]](**{name: row[place] for name, place in _PLACES[row[0]]})
