"""Does `flask demo` tell a story worth reading, the same every time, and leave its user's own database alone?"""

import pytest
from flask import Flask

from companion.use_cases import pain_service
from tests.api.demo.played import Played
from tests.support.databases import on_sqlite

MARKS = ("→", "←", "×", "·", "*", "!")
KEPT = "sent twice 0 · after stop 0 · outside hours 0 · over a ceiling 0"


@on_sqlite
def test_it_tells_the_fortnight(app: Flask, story: Played) -> None:
    told = app.test_cli_runner().invoke(args=["demo"])
    assert told.exit_code == 0, told.output
    assert "Monday 9 November" in told.stdout
    assert "Sunday 22 November" in told.stdout
    happened = [line[:26] for line in told.stdout.splitlines() if line[26:27] in MARKS]
    assert happened == [f"{entry.time:>8}  {entry.who:<14}  " for entry in story.told]
    assert KEPT in " ".join(told.stdout.split())
    assert "\x1b[" not in told.stdout
    assert "Playing 14 days" in told.stderr
    assert "Playing" not in told.stdout
    assert all(len(line) <= 110 for line in told.stdout.splitlines())
    assert pain_service.every() == []


@on_sqlite
@pytest.mark.parametrize("start", ["yesterday", "2026-02-30", "1066-10-14"])
def test_a_day_that_is_none_is_named(start: str, app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["demo", "--start", start])
    assert told.exit_code == 2
    assert "--start" in told.stderr
