"""Where do the virtual year's rows live, and how does their database go down and come back?"""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

from sqlalchemy import Engine, NullPool, create_engine, text

from tests.support.postgres import Postgres

_ENDED_WITHIN_SECONDS = 20.0


class Database(Protocol):
    """One database of the run's own."""

    url: str
    kind: str

    def restart(self) -> bool:
        """Pull the plug and start it again; False where there is no server to restart."""
        ...


class SqliteFile:
    """A file; what it loses when the plug is pulled is a worker."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'year.sqlite3'}"

    def restart(self) -> bool:
        return False


class RestartedPostgres(Postgres):
    """A PostgreSQL of the run's own that can be cut off in the middle of its work and come back with what it kept."""

    kind = "postgresql"

    def __init__(self) -> None:
        super().__init__()
        self._command: list[str] = []

    def restart(self) -> bool:
        """Without a word to those connected, as after a crash."""
        if self._server is None:
            raise RuntimeError("It is not running.")
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(_ENDED_WITHIN_SECONDS)
        with (self._running_in() / "log").open("ab") as log:
            self._server = super()._spawn(self._command, log)
        self._wait_for(self._server)
        return True

    def _spawn(self, command: list[str], output: IO[bytes], stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        if command[0].endswith("/postgres"):
            # The tests' server forgets its last commits in a crash; this one is for crashes.
            self._command = command = [*command, "-c", "synchronous_commit=on"]
        return super()._spawn(command, output, stdin)


class PostgresDatabase:
    """One database of that server."""

    kind = "postgresql"

    def __init__(self, server: RestartedPostgres, name: str) -> None:
        self.url = server.url(name)
        self._server = server

    def restart(self) -> bool:
        return self._server.restart()


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database of that kind, 'postgresql' or 'sqlite', gone at the end."""
    if kind == "sqlite":
        yield SqliteFile(folder)
        return
    with RestartedPostgres() as server:
        server.create("year")
        yield PostgresDatabase(server, "year")


def rows(url: str, statement: str, **values: object) -> list[Any]:
    """What a plain SQL question brings, on a connection of its own."""
    with _engine(url).connect() as connection:
        return list(connection.execute(text(statement), values))


@cache
def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)
