"""How long does a start take? Processor time of `import wsgi` beside that of importing its bare libraries.

Both in fresh processes, in turn, so that whatever else the machine does falls on both: `python -m benchmarks.start`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from statistics import median

import click

from benchmarks.child import ROOT

BARE = "import flask, sqlalchemy, flask_smorest, flask_sqlalchemy, twilio.rest, apscheduler, psycopg"
MEASURED = {"bare libraries": ["-c", BARE], "import wsgi": ["-c", "import wsgi"]}
MEASURED["flask --app wsgi --help"] = ["-m", "flask", "--app", "wsgi", "--help"]
REPEATS = 5


def measure(repeats: int = REPEATS) -> Mapping[str, float]:
    """The median processor time of each, in seconds."""
    found: dict[str, list[float]] = {name: [] for name in MEASURED}
    for _ in range(repeats):
        for name, words in MEASURED.items():
            found[name].append(_seconds(words))
    return {name: median(times) for name, times in found.items()}


def _seconds(words: list[str]) -> float:
    """The processor time of one fresh process."""
    before = os.times()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def lines(found: Mapping[str, float]) -> list[str]:
    """What was found, in words: each beside the bare libraries."""
    bare = found["bare libraries"]
    return [f"{name:<24} {seconds:5.2f} s  {seconds / bare:4.2f} times" for name, seconds in found.items()]


@click.command()
@click.option("--repeats", default=REPEATS, show_default=True)
def main(repeats: int) -> None:
    """Measure a start beside the import of its libraries alone."""
    click.echo("\n".join(lines(measure(repeats))))


if __name__ == "__main__":
    main()
