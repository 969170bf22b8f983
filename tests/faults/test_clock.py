"""Does the clock beat on when the worker that leads is killed or stopped, and when the database goes away?

Real worker processes, real databases, and kill -9.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import select

from api.app import create_app
from api.settings.config import Config
from companion.db import db, reading
from companion.models import Lease
from nudges.worker import LEADER
from tests.faults.test_kill import ROOT, wait_until
from tests.support import postgres
from tests.support.postgres import Postgres
from tests.support.world import World


@contextmanager
def worker(database_url: str, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own, which is killed at the end whatever happens; what it says stands in the file."""
    settings = {"DATABASE_URL": database_url, "FLASK_SKIP_DOTENV": "1"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with said.open("ab") as errors:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stderr=errors)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def leader() -> int | None:
    """The process that leads."""
    with reading() as session:
        holder = session.scalar(select(Lease.holder).where(Lease.name == LEADER))
    return None if holder is None else int(holder.rpartition("/")[2])


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(45) == 0


@pytest.mark.parametrize("end", [kill, stop])
def test_the_other_worker_leads_and_plans_when_the_leader_is_gone(
    world: World, database_url: str, tmp_path: Path, end: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    said = tmp_path / "said"
    with worker(database_url, said) as one, worker(database_url, said) as two:
        pair = {one.pid: one, two.pid: two}
        wait_until(lambda: leader() in pair)
        gone = pair.pop(leader() or 0)
        [left] = pair.values()
        end(gone)
        world.people.agree_plan()
        wait_until(lambda: len(world.nudges()) > 0)
        assert leader() == left.pid
        stop(left)
        assert leader() is None, "an orderly stop gives the lead back"
    assert said.read_text() == ""


def test_while_the_database_is_away_each_beat_says_so_in_a_line(tmp_path: Path) -> None:
    reason = postgres.why_not()
    if reason is not None:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}")
    said = tmp_path / "said"
    with Postgres() as server:
        server.create("here")
        app = create_app(Config(database_url=server.url("here")))
        with app.app_context():
            upgrade()
            with worker(server.url("here"), said) as process:
                wait_until(lambda: leader() == process.pid)
                db.engine.dispose()
                server.stop()
                wait_until(lambda: len(said.read_text().splitlines()) >= 20)
                stop(process)
    lines = said.read_text().splitlines()
    assert all(" WARNING nudges.worker: beat " in line for line in lines), lines
    assert all("the database does not answer (" in line for line in lines)
    assert {"send", "ask"} <= {line.partition("beat ")[2].partition(":")[0] for line in lines}
