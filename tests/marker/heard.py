"""What came out of the product, by the door that it came out of?"""

import subprocess
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from companion.db import db
from tests.api.caller import Answer, Caller
from tests.marker.marks import leaks
from tests.support import postgres


@dataclass
class Heard:
    """What came out, by the door it came out of, and what the product was asked to do."""

    terminal: pytest.CaptureFixture[str]
    log: StringIO = field(default_factory=StringIO)
    errors: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def found(self) -> dict[str, set[str]]:
        """Which markers came out where nothing of a person may."""
        outputs = {
            "log": [self.log.getvalue()],
            "errors": self.errors,
            "urls": self.urls,
            "public pages": self.public,
            "commands": self.commands,
        }
        found = {name: set().union(*map(leaks, said)) for name, said in outputs.items()}
        return {name: marks for name, marks in found.items() if marks}


@dataclass
class Listener:
    """A caller whose every answer is kept."""

    caller: Caller
    heard: Heard

    def send(self, method: str, path: str, **more: Any) -> Answer:
        """Ask, and keep what came back: an error's body, or an answer that is meant to show it."""
        return self._kept(path, self.caller.send(method, path, **more), not_shown_from=400)

    def submit(self, page: str, path: str, fields: dict[str, str]) -> Answer:
        """Send a page's form. What is wrong in it comes back with what was typed, to whoever typed it."""
        return self._kept(path, self.caller.submit(page, path, fields), not_shown_from=423)

    def _kept(self, path: str, answer: Answer, *, not_shown_from: int) -> Answer:
        self.heard.urls.append(path)
        self.heard.urls.append(answer.headers.get("Location", ""))
        self.heard.statuses.add(answer.status)
        told = str(answer.headers) + answer.text
        (self.heard.errors if answer.status >= not_shown_from else self.heard.shown).append(told)
        return answer


def database(url: str) -> bytes:
    """Everything that the database keeps: SQLite's file and its log; of PostgreSQL what pg_dump writes."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return b"".join(path.read_bytes() for path in Path(str(address.database)).parent.glob("test.sqlite3*"))
    binaries = postgres.find_binaries()
    dump = binaries / "pg_dump" if binaries is not None else None
    if dump is None or not dump.exists():
        with db.engine.connect() as connection:
            tables = db.metadata.sorted_tables
            return repr([connection.execute(select(text("*")).select_from(table)).all() for table in tables]).encode()
    command = [str(dump), "-U", "postgres", "-h", str(address.query["host"]), "-p", "5432", str(address.database)]
    return subprocess.run(command, check=True, capture_output=True).stdout
