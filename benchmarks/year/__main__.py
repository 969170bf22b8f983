"""How is the virtual year run? `python -m benchmarks.year`; `make year` does that."""

import secrets
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import click

from benchmarks.year import quota, report, weather, world
from benchmarks.year.crew import KILL
from benchmarks.year.recount import Recount
from benchmarks.year.weather import EVERY_FAULT, Length

YEAR = Length(date(2026, 1, 5), days=364, patients=2_000, kills=560, least=12)
# Four weeks with the night on which London's clocks go back in the middle of them.
QUICK = Length(date(2026, 10, 5), days=28, patients=240, kills=70, least=12)
SETTLES = timedelta(days=10)
# What struck too seldom is made up for within so long.
MAKES_UP = timedelta(days=14)


def live(length: Length, seed: int, database: str, settles: timedelta = SETTLES) -> dict[str, Any]:
    """Live through it all and recount: the figures."""
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder, world.made(length, seed, database, Path(folder)) as made:
        days = length.days + settles.days
        with click.progressbar(length=days, label="A virtual year", show_pos=True) as bar:

            def on(now: datetime) -> None:
                bar.update(max(0, (now - length.began).days - bar.pos))

            made.live(length.ends, on)
            made.make_up(length.ends + MAKES_UP, on)
            made.settle(made.clock.now() + settles, on)
            bar.update(days - bar.pos)
        figures = Recount(made.provider, made.clock, made.acts.people, made.database.url).take(made.acts.sent_in)
        crew = made.crew
        return figures | {
            "faults": {name: made.faults[name] for name in sorted({*EVERY_FAULT, *made.faults})},
            "seed": seed,
            "database": database,
            "patients": length.patients,
            "days": (made.clock.now() - length.began).days,
            "least": quota.least(database),
            "acts": dict(sorted(made.acts.done.items())),
            "kills_by_step": dict(sorted((step, n) for (what, step), n in crew.struck.items() if what == KILL)),
            "steps_seen": dict(sorted(crew.seen.items())),
            "beats_broken_off": dict(sorted(crew.errors.items())),
            "step_minutes": world.MINUTES_A_STEP,
            "seconds": round(monotonic() - began, 1),
        }


@click.command()
@click.option("--seed", envvar="SEED", type=int, help="The schedule of faults; drawn and printed if not given.")
@click.option("--quick", envvar="QUICK", is_flag=True, help="Four weeks and 240 patients.")
@click.option("--database", envvar="DATABASE", type=click.Choice(["postgresql", "sqlite"]), default="postgresql")
@click.option("--patients", type=int, help="How many, in place of the usual number.")
@click.option("--days", type=int, help="How many, in place of the usual number.")
@click.option("--kills", type=int, help="How many, in place of the usual number.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/year.json"), show_default=True)
def main(
    seed: int | None, quick: bool, database: str, patients: int | None, days: int | None, kills: int | None, out: Path
) -> None:
    """A virtual year of texts under faults. Ends with 1 unless nothing was doubled, lost or out of place, and with 2 if
    too little struck for that to prove anything."""
    length = QUICK if quick else YEAR
    length = replace(
        length, patients=patients or length.patients, days=days or length.days, kills=kills or length.kills
    )
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"SEED={seed}")
    if lacking := quota.lacking(weather.drawn(length, seed)):
        raise click.ClickException(f"the schedule has too little of: {', '.join(lacking)}")
    figures = live(length, seed, database)
    report.show(figures)
    report.write(figures, out)
    if not report.clean(figures):
        sys.exit(1)
    complaints = list(quota.complaints(figures["least"], figures["faults"], figures["sent"]))
    for complaint in complaints:
        click.secho(f"  proves too little: {complaint}", fg="red")
    sys.exit(2 if complaints else 0)


if __name__ == "__main__":
    main()
