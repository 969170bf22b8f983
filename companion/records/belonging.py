"""Which rows, in which tables, are one patient's? Found by the schema itself, so that no new table is forgotten.

Both the copy that a person gets of everything and the erasure of everything walk this way.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, MetaData, Table, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from companion.db import Base
from companion.models import Message, Patient

PATIENT = Patient.__tablename__


@dataclass(frozen=True, slots=True)
class Number:
    """A mobile as one pain service knows it: what it texted to another pain service is that one's own."""

    pain_service_id: UUID
    index: UUID


def tables(metadata: MetaData = Base.metadata) -> list[Table]:
    """Every table that holds rows of patients, parents before children."""
    found: list[Table] = []
    for table in metadata.sorted_tables:
        parents = [key.referred_table for key in table.foreign_key_constraints]
        if table.name == PATIENT or "patient_id" in table.c or any(parent in found for parent in parents):
            found.append(table)
    return found


def models() -> dict[str, type[Base]]:
    """The class of each table, by the table's name."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def theirs(table: Table, patient_id: UUID, number: Number | None = None) -> ColumnElement[bool]:
    """Whether a row of such a table is the patient's: it says so, or it hangs on one that is.

    number: the index of their mobile, where texts with it and no patient in that pain service count as theirs too.
    """
    if table.name == PATIENT:
        return table.c.id == patient_id
    if "patient_id" not in table.c:
        return or_(*_hangs_on(table, patient_id, number))
    column = table.c.patient_id
    if not column.nullable:
        return column == patient_id
    nobody_s = [*_hangs_on(table, patient_id, number)]
    if table.name == Message.__tablename__ and number is not None:
        ours = table.c.pain_service_id == number.pain_service_id
        nobody_s.append(and_(ours, table.c.number_index == number.index))
    return or_(column == patient_id, and_(column.is_(None), or_(*nobody_s))) if nobody_s else column == patient_id


def _hangs_on(table: Table, patient_id: UUID, number: Number | None) -> Iterator[ColumnElement[bool]]:
    known = tables()
    keys = [
        key
        for key in table.foreign_key_constraints
        # Keys that name the patient as well are empty wherever no patient is named.
        if (parent := key.referred_table) in known
        and parent is not table
        and parent.name != PATIENT
        and "patient_id" not in key.column_keys
    ]
    # A key that is never empty says whose the row is, and the index of it finds the row.
    sure = [key for key in keys if not any(element.parent.nullable for element in key.elements)]
    for key in sure or keys:
        parent = key.referred_table
        here = [element.parent for element in key.elements]
        there = select(*(element.column for element in key.elements)).where(theirs(parent, patient_id, number))
        yield tuple_(*here).in_(there) if len(here) > 1 else here[0].in_(there)


def rows(session: Session, table: Table, patient_id: UUID) -> Sequence[Any]:
    """The patient's rows of one table, as its class has them, in the order of their keys or of their coming. Where the
    database counts rows, its count is the order: a time was read before the row's turn came."""
    model = models()[table.name]
    is_counted = [isinstance(each.type, Integer) for each in table.primary_key] == [True]
    times = () if is_counted else ("recorded_at", "created_at", "asked_at", "due_at")
    order = [table.c[name] for name in times if name in table.c][:1]
    wanted = select(model).where(theirs(table, patient_id)).order_by(*order, *table.primary_key)
    return session.scalars(wanted).all()


def rows_of(session: Session, names: Collection[str], patient_id: UUID) -> dict[str, Sequence[Any]]:
    """The patient's rows of several tables, by the tables' names, parents before children."""
    return {table.name: rows(session, table, patient_id) for table in tables() if table.name in names}
