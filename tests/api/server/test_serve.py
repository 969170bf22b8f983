"""Does one command run all of it, keep the data, stop without a trace, and say in a sentence why it cannot?"""

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.demo.cast import PASSWORD
from companion.upkeep import heartbeat
from nudges.worker import EVERY
from tests.api.run import PATIENCE, Run, free_port, none_lives, running, wait_for
from tests.conftest import Template
from tests.support import cast
from tests.support.postgres import Postgres
from tests.support.world import World

RUNS = "iHELP Companion is running."
SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A port and an SQLite file of this test's own; the file is not there yet."""
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/var/ihelp.sqlite3", "PORT": str(free_port())}


@pytest.fixture
def used(settings: dict[str, str], sqlite_template: Template, tmp_path: Path) -> dict[str, str]:
    """The same, with a database that is in use already, so that no demonstration is filled in."""
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template.peopled, tmp_path / "var" / "ihelp.sqlite3")
    return settings


def ask(settings: Mapping[str, str], method: str, path: str, token: str = "", **body: str) -> tuple[int, Any]:
    """What the web server answers; the body as JSON where it is."""
    with closing(http.client.HTTPConnection("127.0.0.1", int(settings["PORT"]), timeout=PATIENCE)) as connection:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        content = answer.read().decode()
    return answer.status, json.loads(content) if content.startswith(("{", "[")) else content


def assert_stopped(run: Run, code: int, children: list[int]) -> None:
    assert (code, run.said.splitlines()[-1]) == (0, "Stopped."), run.said
    assert "Traceback" not in run.said
    assert none_lives(children)


def test_the_first_start_fills_it(tmp_path: Path, settings: dict[str, str]) -> None:
    with running(tmp_path, settings, "up") as run:
        run.wait_until("Creating the demonstration")
        run.wait_until(RUNS)
        run.wait_until("Ctrl-C")
        address = f"http://127.0.0.1:{settings['PORT']}/"
        assert all(f"{address}{page} " in run.said for page in ("", "simulator", "docs"))
        assert f"password {PASSWORD}" in run.said
        assert all(f"{name}@demo.example" in run.said for name in ("ben", "chandra", "ada", "eve"))
        assert people_of(settings, "ben@demo.example", PASSWORD) > 5
        children = run.children()
        assert_stopped(run, run.end(signal.SIGINT), children)


def test_a_start_keeps_what_is_there(tmp_path: Path, used: dict[str, str]) -> None:
    with running(tmp_path, used, "up") as run:
        run.wait_until(RUNS)
        assert "Creating" not in run.said
        assert people_of(used, "ben@example.nhs.uk", cast.PASSWORD) == 2
        assert [ask(used, "GET", page)[0] for page in ("/", "/simulator", "/docs")] == [200] * 3


def people_of(settings: Mapping[str, str], email: str, password: str) -> int:
    """How many patients this clinician sees."""
    status, signed_in = ask(settings, "POST", "/v1/sign-ins", email=email, password=password)
    assert status == 201
    status, patients = ask(settings, "GET", "/v1/patients", signed_in["token"])
    assert status == 200
    total: int = patients["total"]
    return total


def test_an_interrupted_filling_leaves_nothing_half_done(tmp_path: Path, settings: dict[str, str]) -> None:
    file = Path(settings["DATABASE_URL"].removeprefix("sqlite:///"))

    def services() -> int:
        with closing(sqlite3.connect(file)) as connection:
            [[table]] = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'pain_service'")
            return connection.execute("SELECT count(*) FROM pain_service").fetchone()[0] if table else 0

    with running(tmp_path, settings, "up") as run:
        run.wait_until("Creating the demonstration")
        run.wait_for("the first pain service", services)
        assert_stopped(run, run.end(signal.SIGINT), [])
        assert RUNS not in run.said
    assert services() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_its_whole_group_is_told_to(tmp_path: Path, used: dict[str, str], number: signal.Signals) -> None:
    """As a terminal does with Ctrl-C."""
    with running(tmp_path, used, "up") as run:
        run.wait_until(RUNS)
        children = run.children()
        os.killpg(run.process.pid, number)
        assert_stopped(run, run.end(), children)


@pytest.mark.parametrize("with_children", [False, True])
def test_it_stops_at_any_moment_of_its_start(tmp_path: Path, used: dict[str, str], with_children: bool) -> None:
    with running(tmp_path, used, "up") as run:
        run.wait_for("the port", lambda: taken(used))
        if with_children:
            run.wait_for("the worker", lambda: len(run.children()) == 3)
        children = run.children()
        assert_stopped(run, run.end(signal.SIGHUP), children)


def taken(settings: Mapping[str, str]) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", int(settings["PORT"]))) == 0


def test_nothing_outlives_it_even_when_it_is_killed(tmp_path: Path, used: dict[str, str]) -> None:
    with running(tmp_path, used, "up") as run:
        run.wait_until(RUNS)
        children = run.children()
        assert len(children) >= 4
        run.end(signal.SIGKILL)
        wait_for("the children's end", lambda: none_lives(children))
        assert not taken(used)


@pytest.mark.parametrize(("words", "name"), [("gunicorn", "web server"), ("worker", "worker")])
def test_when_one_ends_the_other_is_stopped(tmp_path: Path, used: dict[str, str], words: str, name: str) -> None:
    with running(tmp_path, used, "up") as run:
        run.wait_until(RUNS)
        children = run.children()
        os.kill(run.child(words if words == "gunicorn" else f"wsgi {words}"), signal.SIGKILL)
        assert run.end() == 1
        assert run.said.splitlines()[-1].startswith(f"Error: The {name} was stopped by signal 9, so everything was")
        assert "Traceback" not in run.said
        assert none_lives(children)


def test_a_taken_port_is_named_before_anything_is_done(tmp_path: Path, settings: dict[str, str]) -> None:
    port = int(settings["PORT"])
    with socket.create_server(("127.0.0.1", port)), running(tmp_path, settings, "up") as run:
        assert run.end() == 1
    other = port + 1
    assert run.said == (
        f"Error: Port {port} is in use. Stop the program that uses it, or choose another: PORT={other} make run\n"
    )
    assert not Path(settings["DATABASE_URL"].removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DATABASE_URL": "sqlite:////dev/null/x.sqlite3"}, "DATABASE_URL: the folder /dev/null cannot be made"),
        ({"DATABASE_URL": "sqlite:////proc/x.sqlite3"}, "The database file of DATABASE_URL cannot be used"),
        ({"DATABASE_URL": f"sqlite:///{__file__}"}, "The database file of DATABASE_URL cannot be used"),
        (
            {"DATABASE_URL": "sqlite://"},
            "DATABASE_URL: the web server and the worker cannot share an in-memory database",
        ),
        (
            {"DATABASE_URL": f"postgresql://ihelp:{SECRET}@127.0.0.1:1/ihelp"},
            "The database of DATABASE_URL cannot be used (Connection refused)",
        ),
        (
            {"ENVIRONMENT": "prod", "PORT": "x", "DATABASE_URL": f"mysql://u:{SECRET}@h/d"},
            "3 settings need correcting:\n  PORT: it must be a number from 1 to 65535\n  ENVIRONMENT: ",
        ),
        ({"ENVIRONMENT": "production", "SECRET_KEY": SECRET}, "5 settings need correcting:\n  DATABASE_URL: "),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    tmp_path: Path, settings: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    with running(tmp_path, settings | wrong, "up") as run:
        assert run.end() == 1
    assert run.said.startswith(f"Error: {said}")
    assert "Traceback" not in run.said
    assert SECRET not in run.said


def test_a_newer_releases_database_is_left_alone(tmp_path: Path, used: dict[str, str]) -> None:
    file = used["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("up",), ("worker",)):
        with running(tmp_path, used, *words) as run:
            assert run.end() == 1
        assert run.said.startswith("Error: The database was made by a newer release than this one")
        assert run.said.count("\n") == 1


def test_what_needs_the_database_says_when_it_is_not_ready(tmp_path: Path, settings: dict[str, str]) -> None:
    for words in (("worker",), ("patients", "import", "examples/caseload.csv")):
        with running(tmp_path, settings, *words) as run:
            assert run.end() == 1
        assert run.said.startswith("Error: The database is older than this release. Upgrade it with")
        assert run.said.count("\n") == 1


def test_in_production_it_shows_no_demonstration(
    tmp_path: Path, server: Postgres, postgresql_template: Template
) -> None:
    server.create("production", template=postgresql_template.empty)
    settings = {
        "ENVIRONMENT": "production",
        "DATABASE_URL": server.url("production"),
        "PORT": str(free_port()),
        "PUBLIC_BASE_URL": "https://pain.example",
        "SECRET_KEY": SECRET,
        "FIELD_KEYS": f"1:{b64encode(bytes(range(32))).decode()}",
        "INDEX_KEY": b64encode(bytes(range(32, 64))).decode(),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": SECRET,
        "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "TWILIO_API_BASE_URL": "http://127.0.0.1:1",
    }
    with running(tmp_path, settings, "up") as run:
        run.wait_until(RUNS)
        run.wait_until("pain-services add")
        assert "Creating" not in run.said
        assert "simulator" not in run.said
        assert ask(settings, "GET", "/simulator")[0] == 404
        assert ask(settings, "GET", "/health/live")[0] == 200
        run.wait_for("every beat", lambda: ask(settings, "GET", "/health/ready")[0] == 200)
        children = run.children()
        assert_stopped(run, run.end(signal.SIGTERM), children)
        assert SECRET not in run.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_worker_beats_until_it_is_told_to_stop(
    tmp_path: Path, world: World, database_url: str, number: signal.Signals
) -> None:
    world.people.agree_plan()
    with running(tmp_path, {"DATABASE_URL": database_url}, "worker") as run:
        run.wait_for("every beat", lambda: set(heartbeat.beats()) == set(EVERY))
        assert run.process.poll() is None
        began = time.monotonic()
        assert run.end(number) == 0
        assert time.monotonic() - began < 30
        assert run.said == ""


def test_a_beat_that_fails_is_told_and_the_others_go_on(tmp_path: Path, used: dict[str, str]) -> None:
    file = used["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("ALTER TABLE nudge RENAME TO gone")
    with running(tmp_path, used, "worker") as run:
        run.wait_until("no such table: nudge")
        run.wait_until('ERROR apscheduler.executors.default: Job "send ')
        run.wait_for("the other beats", lambda: beaten(file) >= set(EVERY) - {"send"})
        assert run.end(signal.SIGTERM) == 0
    assert "in send_due\n" in run.said
    assert "[parameters:" not in run.said


def beaten(file: str) -> set[str]:
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        return {name for (name,) in connection.execute("SELECT beat FROM heartbeat")}
