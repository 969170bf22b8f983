"""Under which keys do people's words lie, and how do they come under the newest one while the service runs?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Row, Select, Table, and_, bindparam, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from companion import keys
from companion.db import Base, reading, transaction
from companion.domain.refusal import ConflictError
from companion.keys import DoesNotOpenError, KeyRing
from companion.sealed import Words, key_names, sealed_tables, words_of

# Rows are locked while a batch of them is sealed again, so batches are small.
BATCH = 200

Told = Callable[[int], object]
Change = Callable[[Session, Sequence[Row[Any]]], None]


@dataclass(slots=True)
class Work:
    """The result of re-sealing: how many values changed, and which did not open."""

    changed: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Status:
    """The id of the key that seals, how many values lie under each key, and which of those keys are not here."""

    newest: int
    values: dict[int, int]
    missing: frozenset[int]


def status() -> Status:
    """Under which keys everything lies."""
    found: Counter[int] = Counter()
    with reading() as session:
        for model in sealed_tables():
            for words in words_of(model):
                first = func.substr(_column(model, words), 1, 1, type_=_column(model, words).type)
                counted = select(first, func.count()).where(_column(model, words).is_not(None)).group_by(first)
                for key_id, count in session.execute(counted):
                    found[key_id[0]] += count
        ring = keys.of(session)
    missing = frozenset(key_id for key_id in found if not ring.knows(key_id))
    return Status(ring.newest[0], dict(sorted(found.items())), missing)


def stale() -> int:
    """How many rows have a value under another key than the one that seals."""
    with reading() as session:
        wanted = [_stale(model, keys.of(session)) for model in sealed_tables()]
        return sum(session.scalar(select(func.count()).select_from(each.subquery())) or 0 for each in wanted)


def indexed() -> int:
    """How many rows have values that are looked up."""
    with reading() as session:
        tables = [model for model in sealed_tables() if any(words.index for words in words_of(model))]
        return sum(session.scalar(select(func.count()).select_from(_table(model))) or 0 for model in tables)


def rotate(told: Told = lambda _count: None) -> Work:
    """Re-seal under the first key every value sealed under another. It can be interrupted and repeated,
    and the service may run meanwhile: a value that somebody changes at that moment is under the newest key anyway.

    told: how many more rows have been seen to.

    Raises:
        ConflictError: the key that seals is not the one with the highest id.
    """
    with reading() as session:
        ring = keys.of(session)
    if ring.newest != ring.highest:
        raise ConflictError(
            "The first of FIELD_KEYS, which seals, must have the highest id, as append-only rows are sealed again only "
            "under a higher id: put the newest key first."
        )
    work = Work()
    for model in sealed_tables():
        _walk(model, _stale(model, ring), partial(_seal, model, work), told)
    return work


def reindex(told: Told = lambda _count: None) -> Work:
    """Rebuild the blind indexes under the current INDEX_KEY. Until it is done no look-up finds anyone,
    so the service must not run meanwhile.

    told: how many more rows have been seen to.
    """
    work = Work()
    for model in sealed_tables():
        if any(words.index for words in words_of(model)):
            _walk(model, _rows(model), partial(_index, model, work), told)
    return work


def _table(model: type[Base]) -> Table:
    return model.metadata.tables[model.__tablename__]


def _column(model: type[Base], words: Words[Any]) -> Any:
    return _table(model).c[words.column]


def _rows(model: type[Base]) -> Select[Any]:
    own = [_table(model).c[name] for name in key_names(model)]
    sealed = [_column(model, words) for words in words_of(model)]
    # An entry of the audit trail from before there was a chain has no place in it, and nothing that is sealed.
    return select(*own, *sealed).where(own[-1].is_not(None)).order_by(*own)


def _stale(model: type[Base], ring: KeyRing) -> Select[Any]:
    sealed = [_column(model, words) for words in words_of(model)]
    return _rows(model).where(or_(*[func.substr(each, 1, 1, type_=each.type) != ring.newest for each in sealed]))


def _walk(model: type[Base], wanted: Select[Any], change: Change, told: Told) -> None:
    """Change the rows of a table in the order of their key, some at a time, each time in a transaction of its own."""
    own = [_table(model).c[name] for name in key_names(model)]
    some = wanted
    while True:
        with transaction() as session:
            rows = session.execute(some.limit(BATCH)).all()
            change(session, rows)
        if not rows:
            return
        told(len(rows))
        last = [bindparam(None, value, each.type) for value, each in zip(rows[-1], own, strict=False)]
        some = wanted.where(tuple_(*own) > tuple_(*last))


def _opened(
    ring: KeyRing, model: type[Base], words: Words[Any], rows: Sequence[Row[Any]], work: Work
) -> Iterator[tuple[dict[str, Any], tuple[Any, ...], bytes, str]]:
    names = key_names(model)
    for row in rows:
        key, sealed = tuple(row[: len(names)]), getattr(row, words.column)
        if sealed is not None:
            try:
                plain = words.open(ring, sealed, *key)
            except DoesNotOpenError as error:
                work.faults.append(str(error))
            else:
                yield {f"of_{name}": value for name, value in zip(names, key, strict=True)}, key, sealed, plain


def _seal(model: type[Base], work: Work, session: Session, rows: Sequence[Row[Any]]) -> None:
    ring = keys.of(session)
    for words in words_of(model):
        old = [row for row in rows if (getattr(row, words.column) or ring.newest)[:1] != ring.newest]
        changes = [
            of_row | {"was": sealed, "now": words.seal(ring, plain, *key)}
            for of_row, key, sealed, plain in _opened(ring, model, words, old, work)
        ]
        column = _column(model, words)
        # Only what is still as it was read: the service writes too.
        change = update(_table(model)).where(_same(model), column == bindparam("was", type_=column.type))
        _write(session, change.values({words.column: bindparam("now", type_=column.type)}), changes, work)


def _index(model: type[Base], work: Work, session: Session, rows: Sequence[Row[Any]]) -> None:
    ring = keys.of(session)
    for words in (words for words in words_of(model) if words.index):
        found = _opened(ring, model, words, rows, work)
        changes = [of_row | {"now": words.find(ring, plain)} for of_row, _, _, plain in found]
        column = _table(model).c[words.index_column]
        change = update(_table(model)).where(_same(model))
        _write(session, change.values({words.index_column: bindparam("now", type_=column.type)}), changes, work)


def _same(model: type[Base]) -> Any:
    own = [_table(model).c[name] for name in key_names(model)]
    return and_(*[column == bindparam(f"of_{column.name}", type_=column.type) for column in own])


def _write(session: Session, change: Any, changes: list[dict[str, Any]], work: Work) -> None:
    if changes:
        session.connection().execute(change, changes)
        work.changed += len(changes)
