"""What does the database say to whoever has its keys? Every row of every table, its sealed words opened."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.db import Base, reading
from companion.sealed import said_by, sealed_tables, words_of


def words(without: str = "") -> dict[str, object]:
    """Every sealed word of every row, by the place where it stands; None where nothing does.

    without: a column that is left out, because it is known not to open.
    """
    with reading() as session:
        return {
            f"{row.__tablename__}.{each.name} {_key(row)}": getattr(row, each.name)
            for model in sealed_tables()
            for row in session.scalars(select(model))
            for each in words_of(model)
            if f"{row.__tablename__}.{each.name}" != without
        }


def everything() -> str:
    """Every value of every row of every table, as one text."""
    with reading() as session:
        return "\n".join(_lines(session))


def sealed(*models: type[Base]) -> list[bytes]:
    """Every sealed value of these tables, as it lies there."""
    columns = [model.__table__.c[each.column] for model in models for each in words_of(model)]
    with reading() as session:
        return [value for column in columns for value in session.scalars(select(column).where(column.is_not(None)))]


def _lines(session: Session) -> Iterator[str]:
    models: list[type[Base]] = [mapper.class_ for mapper in Base.registry.mappers]
    for model in models:
        for row in session.scalars(select(model)):
            yield str([getattr(row, name) for name in said_by(model)])


def _key(row: Base) -> tuple[object, ...]:
    return tuple(getattr(row, column.name) for column in row.__table__.primary_key)
