"""Does a log line say what went wrong, and nothing about anybody?"""

import logging

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.web.logs import Plain, set_up
from companion.db import transaction
from tests.support import cast

WORDS = "second\nmy knee hurts"


def line(words: str, *values: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("nudges.worker", logging.ERROR, __file__, 1, words, values, info)
    record.created = 0.0
    return Plain().format(record)


def test_a_line_says_when_how_bad_and_where() -> None:
    assert line("The beat %s failed", "send") == "1970-01-01T00:00:00Z ERROR nudges.worker: The beat send failed"


@pytest.mark.parametrize(
    "number", [cast.AMINA_NHS, cast.AMINA_MOBILE, "07700900101", "To=%2B447700900101&From=", "447700900101"]
)
def test_numbers_of_people_are_struck_out(number: str) -> None:
    for written in (line("asked for %s", number), line("no", error=ValueError(f"no {number}"))):
        assert "[number]" in written
        assert "900101" not in written
        assert cast.AMINA_NHS not in written


@pytest.mark.parametrize("made_up", ["\n2026-01-01T00:00:00Z CRITICAL", "\r\n", "\x1b[2J", "\x00", "\x85", "\u2028"])
def test_nobody_can_write_a_line_of_their_own(made_up: str) -> None:
    written = line("Exception on %s [%s]", f"/static/{made_up}x", "GET")
    assert written.splitlines() == [written]
    assert written.isprintable()
    assert written.startswith("1970-01-01T00:00:00Z ERROR nudges.worker: Exception on /static/\\x")


def fail(words: str) -> None:
    try:
        raise KeyError("first")
    except KeyError as error:
        raise RuntimeError(words) from error


def test_an_error_brings_its_frames_and_what_led_to_it() -> None:
    with pytest.raises(RuntimeError) as raised:
        fail(WORDS)
    written = line("failed", error=raised.value)
    assert "in fail\n    raise RuntimeError" in written
    assert written.index("KeyError: 'first'") < written.index("which led to") < written.index("RuntimeError: second")
    assert "my knee hurts" not in written


def test_an_error_without_words_or_frames_is_named() -> None:
    assert line("failed", error=KeyboardInterrupt()).endswith("failed\nbuiltins.KeyboardInterrupt:")


@pytest.mark.usefixtures("app")
def test_the_row_that_a_database_complains_of_is_not_told() -> None:
    """PostgreSQL puts the row itself into the second line of its complaint."""
    row = {"id": "0" * 32, "words": "My Knee Hurts"}
    insert = text("INSERT INTO pain_service (id, name, short_name, phone) VALUES (:id, :words, 'x', 'x')")
    with transaction() as session, pytest.raises(IntegrityError) as raised:
        session.execute(insert, row)
    written = line("failed", error=raised.value)
    assert "IntegrityError" in written
    assert "pain_service" in written
    assert "Knee" not in written


def test_it_is_set_up_once_and_flask_brings_no_format_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.lastResort, "formatter", None)
    set_up()
    set_up()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler.formatter, Plain)
    assert Flask("of.this.test").logger.handlers == []


def test_where_somebody_has_set_up_logging_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = logging.NullHandler()
    monkeypatch.setattr(logging.getLogger(), "handlers", [theirs])
    set_up()
    assert logging.getLogger().handlers == [theirs]
