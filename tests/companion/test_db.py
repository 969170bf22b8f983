"""Are many new rows stored as they were given, each once?"""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, func, select
from sqlalchemy.exc import DataError

from companion.bulk import insert_if_absent
from companion.db import db, reading, transaction
from companion.models import Nudge, Wording
from tests.support.databases import both, on_postgresql
from tests.support.rows import Rows

pytestmark = both

WORDS = ["plain", "", "it's", 'a "b"', "{a,b}", "\\n", "two\nlines\tand a tab", "NULL", "£ ’ 😀 \x7f", "[1]", "null"]


def stored(model: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    with reading() as session:
        found = session.get_one(model, row["id"])
        return {name: getattr(found, name) for name in row}


def test_every_value_comes_back_as_it_was_given(app: Flask) -> None:
    with transaction() as session:
        rows = Rows(session.connection())
        words = [rows.sound("wording") | {"body": each} for each in WORDS]
        nudges = [rows.sound("nudge") for _ in WORDS]
        for number, nudge in enumerate(nudges):
            nudge["probability"] = 1 / (number + 3)
            nudge |= {"held_reason": "paused" if number % 2 else None, "texted_on": nudge["slot_on"]}
        insert_if_absent(session, Wording, words)
        insert_if_absent(session, Nudge, nudges)
    for row in words:
        assert stored(Wording, row) == row
    for row in nudges:
        assert stored(Nudge, row) == row


def test_what_is_there_already_is_left_as_it_is(app: Flask) -> None:
    with transaction() as session:
        nudges = [Rows(session.connection()).sound("nudge")]
        nudges += [nudges[0] | {"id": UUID(int=number), "line": "walk"} for number in range(3)]
        insert_if_absent(session, Nudge, nudges)
        insert_if_absent(session, Nudge, [nudge | {"id": UUID(int=9)} for nudge in nudges])
        of_that_day = select(Nudge.id).where(Nudge.slot_on == nudges[0]["slot_on"])
        assert session.scalars(of_that_day).all() == [nudges[0]["id"]]
        insert_if_absent(session, Nudge, [])


def test_a_default_is_made_for_each_row(app: Flask) -> None:
    with transaction() as session:
        rows = Rows(session.connection())
        before = session.scalar(select(func.count()).select_from(Wording)) or 0
        words = [rows.sound("wording") for _ in range(3)]
        for each in words:
            del each["id"]
        insert_if_absent(session, Wording, words)
        assert session.scalar(select(func.count()).select_from(Wording)) == before + 3


@on_postgresql
def test_what_is_too_long_is_refused_and_not_cut(app: Flask) -> None:
    with transaction() as session:
        rows = Rows(session.connection())
        nudges = [rows.sound("nudge") | {"policy": "x" * many} for many in (40, 41)]
        with pytest.raises(DataError), session.begin_nested():
            insert_if_absent(session, Nudge, nudges)


@on_postgresql
def test_a_connection_that_the_server_has_ended_is_replaced_unnoticed(app: Flask) -> None:
    with reading() as session:
        backend = session.scalar(select(func.pg_backend_pid()))
    with create_engine(db.engine.url, poolclass=NullPool).connect() as other:
        assert other.scalar(select(func.pg_terminate_backend(backend, 5_000)))
    with reading() as session:
        assert session.scalar(select(func.pg_backend_pid())) != backend
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Wording)) is not None
