"""Measures how soon the API answers, beside a bare Flask view with one query on the same server and database.

    python -m benchmarks.api [--quick]

Eight connections, each asking again as soon as it was answered, in turns: bare and ours alternate, so that a noisy
minute hits them alike. What is compared is the ratio of the medians; requests a second depend on the machine. Sealed
columns are opened, and every read leaves its entry in the audit trail, which is measured by itself too.
"""

import http.client
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click
from flask_migrate import upgrade

from api.app import create_app
from api.settings.config import Config
from benchmarks import people, readers
from benchmarks.child import FailedError
from benchmarks.database import DurablePostgres, execute
from benchmarks.intake import served
from benchmarks.readers import Reader
from companion.clock import now
from companion.db import db
from companion.records import audit

BARE, CONNECTIONS, PROCESSES, WITHIN = "bare", 8, 2, 60.0
# How many times the cost of the bare view each may be, and the goal for the slowest of a hundred, in milliseconds.
GOALS = {"patient": 3.0, "inbox": 4.0, "list": 4.0, "plan": 5.0, "fhir": 7.0}
MOST_MS = 100.0


@dataclass(frozen=True, slots=True)
class Size:
    """How many patients, how many turns, and the seconds of each."""

    patients: int = 5_000
    turns: int = 5
    seconds: float = 4.0


QUICK = Size(patients=1_000, turns=2, seconds=2.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to: answers a second, and milliseconds each."""

    rate: float
    took: Sequence[float]


def measure(size: Size) -> dict[str, Any]:
    """All of it, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder, DurablePostgres() as server:
        server.create("answer")
        url, log = server.url("answer"), Path(folder, "log")
        found, counts, entry_ms = _fill(url, size)
        turns: dict[str, list[Turn]] = {}
        with (
            served("benchmarks.bare:app", PROCESSES, url, log) as bare,
            served("wsgi:app", PROCESSES, url, log) as ours,
        ):
            for name in (BARE, *GOALS):  # the first requests of a process cost more
                _turn(bare if name == BARE else ours, name, found, size.seconds / 4)
            for _ in range(size.turns):
                for name in (BARE, *GOALS):
                    turns.setdefault(name, []).append(_turn(bare if name == BARE else ours, name, found, size.seconds))
    return _told(turns, counts, entry_ms, size)


def _fill(url: str, size: Size) -> tuple[list[Reader], Mapping[str, int], float]:
    """Whoever reads; the statements of each request; and the milliseconds of one entry in the audit trail."""
    app = create_app(Config(database_url=url))
    with app.app_context():
        upgrade()
        people.fill(size.patients, now())
        found = readers.arrive(now())
        execute(url, "VACUUM ANALYZE")
        counts = readers.statements(app.test_client(), {name: _request(name, found[0]) for name in GOALS})
        took = []
        for _ in range(50):
            began = time.perf_counter()
            audit.seen(found[0].actor, "patient.read", now(), found[0].patient_id)
            took.append(time.perf_counter() - began)
        db.engine.dispose()
    return found, {BARE: 1, **counts}, 1_000 * median(took)


def _request(name: str, reader: Reader) -> tuple[str, Mapping[str, str]]:
    paths = {
        BARE: f"/patients/{reader.patient_id}",
        "patient": f"/v1/patients/{reader.patient_id}",
        "inbox": "/v1/inbox",
        "list": "/v1/patients",
        "plan": f"/v1/care-plans/{reader.plan_id}",
        "fhir": f"/fhir/CarePlan/{reader.plan_id}",
    }
    return paths[name], {"Authorization": f"Bearer {reader.token}"}


def _turn(port: int, name: str, found: Sequence[Reader], seconds: float) -> Turn:
    took: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    faults: list[Exception] = []

    def ask(index: int) -> None:
        try:
            with _connection(port) as line:
                while time.perf_counter() < until:
                    path, headers = _request(name, found[(index + len(took[index])) % len(found)])
                    asked = time.perf_counter()
                    line.request("GET", path, headers=headers)
                    answer = line.getresponse()
                    answer.read()
                    if answer.status != 200:
                        raise FailedError(f"void: {name} was answered with {answer.status}")
                    took[index].append(1_000 * (time.perf_counter() - asked))
        except (OSError, http.client.HTTPException, FailedError) as error:
            faults.append(error)

    began = time.perf_counter()
    until = began + seconds
    threads = [threading.Thread(target=ask, args=(index,)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    every = [one for some in took for one in some]
    return Turn(len(every) / (time.perf_counter() - began), every)


@contextmanager
def _connection(port: int) -> Iterator[http.client.HTTPConnection]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
    try:
        yield line
    finally:
        line.close()


def _told(turns: Mapping[str, list[Turn]], counts: Mapping[str, int], entry_ms: float, size: Size) -> dict[str, Any]:
    bare = median(turn.rate for turn in turns[BARE])
    rows = {}
    for name, some in turns.items():
        rate = median(turn.rate for turn in some)
        slowest = quantiles([one for turn in some for one in turn.took], n=100)[98]
        rows[name] = {"a_second": round(rate, 1), "ratio": round(bare / rate, 2), "p99_ms": round(slowest, 1)}
        rows[name] |= {"statements": counts[name]}
    return {"patients": size.patients, "connections": CONNECTIONS, "audit_entry_ms": round(entry_ms, 2), "rows": rows}


def as_text(told: Mapping[str, Any]) -> Iterator[str]:
    """The table, line by line."""
    if "missing" in told:
        yield f"Answers: {told['missing']}"
        return
    yield f"Answers with {told['patients']:,} patients at {told['connections']} connections (medians)"
    yield f"  {'':<10}{'a second':>10}{'x bare':>9}{'goal':>7}{'p99 ms':>9}{'goal':>7}{'statements':>12}"
    for name, row in told["rows"].items():
        goal = f"{GOALS[name]:g}" if name in GOALS else ""
        most = f"{MOST_MS:g}" if name in GOALS else ""
        yield (
            f"  {name:<10}{row['a_second']:>10,.0f}{row['ratio']:>9.2f}{goal:>7}{row['p99_ms']:>9.1f}{most:>7}"
            f"{row['statements']:>12}"
        )
    yield f"  One entry in the audit trail, alone: {told['audit_entry_ms']} ms (part of each of ours)"


@click.command()
@click.option("--quick", is_flag=True, help="Fewer patients and shorter turns.")
def main(*, quick: bool) -> None:
    """Measure how soon the API answers, beside a bare Flask view."""
    for line in as_text(measure(QUICK if quick else Size())):
        click.echo(line)


if __name__ == "__main__":
    main()
