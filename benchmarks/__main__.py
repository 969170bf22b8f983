"""`make bench`: everything side by side in one run, a table on the terminal, and var/bench.json."""

import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks import api, carrier, growth, planning, report, rounds
from benchmarks.child import ROOT
from benchmarks.database import Databases, DurablePostgres
from benchmarks.dispatch import Ground
from benchmarks.machine import Machine
from benchmarks.redis import Redis
from benchmarks.rounds import Size

RESULTS = ROOT / "var" / "bench.json"


def run(size: Size, results: Path = RESULTS, tell: rounds.Tell = lambda _words: None) -> dict[str, Any]:
    """Measure, write the results there, and give them back."""
    machine = Machine()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        log.touch()
        with DurablePostgres() as server, carrier.running(log) as stand_in:
            found = rounds.measure(Ground(Databases(server), stand_in, Redis(), log), size, machine, tell)
    planned = _planning(size.patients)
    tell(f"planning: {planned}")
    beside = {"api": _api(size), "growth": _growth(size, tell)}
    told = report.as_json(found, size, planned, machine) | beside
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(told, indent=2) + "\n")
    return told


def _planning(patients: int) -> Mapping[str, Any]:
    if not patients:
        return {"missing": report.NOT_ASKED}
    return {"patients": patients, **planning.measure(patients)}


def _api(size: Size) -> Mapping[str, Any]:
    if not size.answering:
        return {"missing": report.NOT_ASKED}
    return api.measure(api.QUICK if size.repeats == 1 else api.Size())


def _growth(size: Size, tell: rounds.Tell) -> Mapping[str, Any]:
    return growth.as_json(growth.measure(size.grown, tell)) if size.grown else {}


@click.command()
@click.option("--quick", is_flag=True, help="One repeat of everything, with a tenth of the texts.")
@click.option("--texts", type=int, help="How many texts a run, in place of the usual number.")
@click.option("--repeats", type=int, help="How often, in place of the usual number.")
def main(*, quick: bool, texts: int | None, repeats: int | None) -> None:
    """Measure how fast the service is, next to the queues that a team would reach for instead."""
    # However it is told to end, it ends in order, and so do all that it started.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))
    size = rounds.QUICK if quick else Size()
    if texts is not None:
        size = replace(size, texts=texts, tried=texts // 16, slowly=texts // 10, receipts_of=texts // 5)
    if repeats is not None:
        size = replace(size, repeats=repeats)
    told = run(size, tell=click.echo)
    click.echo()
    for line in report.as_text(told):
        click.echo(line)
    for line in (*api.as_text(told["api"]), *growth.as_text(told["growth"])):
        click.echo(line)
    click.echo(f"All of it: {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
