"""How does a row keep a person's words so that who has the database alone cannot read them?

A sealed column holds bytes that open only in their own row and column: the table's and the column's name and the row's
key are part of what the seal holds together. On an object of the model the words are read and set as if they stood
there; they are opened each time they are asked for, and no copy of them is kept. In a query there are no words: there
the column is called by its own name, `mobile_sealed`, and what comes back is opened with `open`. Nothing can be ordered
or compared by it: where a value must be found there is an index beside it, `mobile_index`, the same for equal words.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar, overload
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.orm import Mapper, QueryContext

from companion import keys
from companion.db import Base
from companion.keys import DoesNotOpenError, KeyRing

T = TypeVar("T", str, str | None)
_RING, _UNSEALED = "_ring", "_unsealed"


class Sealed:
    """A row with columns that are sealed. `SEALED_FOR` names the columns that identify the row permanently; the primary
    key, if it says nothing."""

    SEALED_FOR: ClassVar[tuple[str, ...]] = ()


class Words(Generic[T]):
    """The words of a column that is sealed: `number = Words[str]()` beside `number_sealed: Mapped[bytes]`.

    index: the purpose under which they are looked up, beside `number_index: Mapped[UUID]`; equal words of one purpose
    have the same index in whatever table they stand.
    """

    def __init__(self, index: str = "") -> None:
        self.index = index

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner
        self.name, self.column, self.index_column = name, f"{name}_sealed", f"{name}_index" if self.index else ""

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...

    @overload
    def __get__(self, row: Any, owner: type) -> T: ...

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        kept = row.__dict__
        if _RING in kept:
            return self.open(kept[_RING], getattr(row, self.column), *_key_of(row))
        return kept.get(_UNSEALED, {}).get(self.name)

    def __set__(self, row: Any, words: T) -> None:
        kept = row.__dict__
        if _RING in kept:
            self._put(row, kept[_RING], words)
        else:
            # A row that is not written yet may not know its key.
            kept.setdefault(_UNSEALED, {})[self.name] = words

    @overload
    def open(self, ring: KeyRing, sealed: None, *key: object) -> None: ...

    @overload
    def open(self, ring: KeyRing, sealed: bytes, *key: object) -> str: ...

    @overload
    def open(self, ring: KeyRing, sealed: bytes | None, *key: object) -> str | None: ...

    def open(self, ring: KeyRing, sealed: bytes | None, *key: object) -> str | None:
        """The words of the row with that key (its parts in the order of the table's), as a query found them sealed.

        Raises:
            DoesNotOpenError: they are not what was sealed for that row; names the table, the column and the row.
        """
        if sealed is None:
            return None
        try:
            return ring.open(self._context(key), sealed)
        except DoesNotOpenError as error:
            told = "/".join(map(str, key))
            raise DoesNotOpenError(f"{self._prefix} of {told} does not open: {error}") from None

    def seal(self, ring: KeyRing, words: str | None, *key: object) -> bytes | None:
        """The words sealed for the row with that key."""
        return None if words is None else ring.seal(self._context(key), words)

    def find(self, ring: KeyRing, words: str) -> UUID:
        """What rows with these words have in the index."""
        return ring.blind(self.index, words)

    def _put(self, row: Any, ring: KeyRing, words: str | None) -> None:
        setattr(row, self.column, self.seal(ring, words, *_key_of(row)))
        if self.index:
            setattr(row, self.index_column, None if words is None else self.find(ring, words))

    @property
    def _prefix(self) -> str:
        return f"{self._owner.__tablename__}.{self.name}"  # type: ignore[attr-defined]

    def _context(self, key: Iterable[object]) -> bytes:
        return context(self._prefix, key)


@cache
def _start(place: str) -> bytes:
    return place.encode() + b"\0"


def context(place: str, key: Iterable[object]) -> bytes:
    """What a seal holds together with the words: 'table.column' and the parts of the row's key, in their order."""
    return _start(place) + b"/".join([part.bytes if isinstance(part, UUID) else str(part).encode() for part in key])


@cache
def words_of(model: type[Base]) -> tuple[Words[Any], ...]:
    """Every sealed column of a table."""
    return tuple(found for found in vars(model).values() if isinstance(found, Words))


@cache
def sealed_tables() -> tuple[type[Base], ...]:
    """Every table that has sealed columns, by name."""
    found = [model for model in Sealed.__subclasses__() if issubclass(model, Base)]
    return tuple(sorted(found, key=lambda model: model.__tablename__))


@cache
def said_by(model: type[Base]) -> tuple[str, ...]:
    """What a row says, by name, in the order of its columns: of what is sealed the words, and not what they are looked
    up by."""
    sealed = {words.column: words.name for words in words_of(model)}
    indexes = {words.index_column for words in words_of(model)}
    names = [column.key for column in model.__table__.columns]
    return tuple(sealed.get(name, name) for name in names if name not in indexes)


@cache
def key_names(model: type[Base]) -> tuple[str, ...]:
    """What tells a row with sealed columns from all others, as its seals have it."""
    own: tuple[str, ...] = getattr(model, "SEALED_FOR", ())
    return own or tuple(column.name for column in model.__table__.primary_key)


def _key_of(row: Any) -> list[object]:
    model: type[Base] = type(row)
    return [getattr(row, name) for name in key_names(model)]


def opened_with(ring: KeyRing, row: Any) -> Any:
    """The row, made of what a query found sealed; its words are read from now on as if the ORM had loaded it."""
    row.__dict__[_RING] = ring
    return row


def seal_rows(ring: KeyRing, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The rows with their words sealed and indexed, ready to be written. An index that stands there already is taken
    as it is; a row of words must bring its key."""
    if not words_of(model):
        return rows
    names, made = key_names(model), []
    for row in rows:
        new = dict(row)
        for words in words_of(model):
            if words.name in new:
                plain = new.pop(words.name)
                new[words.column] = words.seal(ring, plain, *[new[name] for name in names])
                if words.index and words.index_column not in new:
                    new[words.index_column] = None if plain is None else words.find(ring, plain)
        made.append(new)
    return made


@event.listens_for(Sealed, "load", propagate=True)
def _remember_the_ring(row: Sealed, found: QueryContext) -> None:
    row.__dict__[_RING] = keys.of(found.session)


@event.listens_for(Sealed, "before_insert", propagate=True)
def _seal(mapper: Mapper[Any], connection: Connection, row: Sealed) -> None:
    unsealed = row.__dict__.pop(_UNSEALED, {})
    row.__dict__[_RING] = ring = connection.get_execution_options()[keys.OPTION]
    for column in mapper.primary_key:
        if getattr(row, column.name) is None and column.default is not None and column.default.is_callable:
            setattr(row, column.name, column.default.arg(None))
    for words in words_of(type(row)):  # type: ignore[arg-type]
        if words.name in unsealed:
            words._put(row, ring, unsealed[words.name])
