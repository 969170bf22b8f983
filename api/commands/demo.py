"""How does somebody see a fortnight in a minute? `flask --app wsgi demo`, in a database of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask.cli import with_appcontext

from api import house
from api.commands.command import Command
from api.server import migration
from api.settings.config import Config
from companion.domain.local_time import instant
from companion.lazy import lazy
from nudges.providers.gateway import Gateway
from nudges.providers.simulator_gateway import SimulatorGateway

cast = lazy("api.demo.cast")
fortnight = lazy("api.demo.fortnight")
seed = lazy("api.demo.seed")
stage_of = lazy("api.demo.stage")
telling = lazy("api.demo.telling")

# A Monday with two ordinary weeks after it: the same story for everybody, whenever they look.
START = "2026-11-09"
YEARS = range(2000, 2100)


class _OneOfThem(click.ParamType[str]):
    """Somebody of the demo pain service, by name; who they are is read when it is asked."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as the cast has it.

        Raises:
            BadParameter: nobody of the cast is called that.
        """
        names = [patient.name for patient in cast.WEST_LANCASHIRE.patients]
        return str(click.Choice(names, case_sensitive=False).convert(value, param, ctx))


@click.command("demo", cls=Command)
@click.option(
    "--seed",
    "chance",
    default=lambda: seed.SEED,
    type=int,
    show_default="1",
    help="Random seed: who answers, and when.",
)
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), default=START, show_default=True, help="The first day.")
@click.option("--who", type=_OneOfThem(), help="Show one person only.")
@with_appcontext
def demo(chance: int, start: datetime, who: str | None) -> None:
    """Play a fortnight of the demo pain service on a virtual clock, and tell what happened and why.

    The planner, dispatcher, outbox and replies are the worker's own; only the time differs.
    """
    if start.year not in YEARS:
        raise click.BadParameter(f"Choose a year from {YEARS[0]} to {YEARS[-1]}.", param_hint="--start")
    first = start.date()
    ends_at = instant(first + timedelta(days=fortnight.DAYS), time(0), stage_of.ZONE)
    with _new_database() as gateway:
        stage = seed.assemble(first)
        weather = _play(stage, gateway, first, ends_at, chance)
        for line in telling.lines(stage, weather, first, ends_at, who):
            click.echo(line)


@contextmanager
def _new_database() -> Iterator[Gateway]:
    """A second app, on an empty database that ends with it: the first one is bound to its user's own."""
    gateway = SimulatorGateway()
    with TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'demo.sqlite3'}"
        app = house.another(Config(database_url=address), gateway)
        with app.app_context():
            try:
                migration.bring_up_to_date()
                yield gateway
            finally:
                app.extensions["sqlalchemy"].engine.dispose()


def _play(stage: Any, gateway: Gateway, first: date, ends_at: datetime, chance: int) -> Any:
    label = f"Playing {fortnight.DAYS} days"
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return fortnight.play(stage, gateway, first, ends_at, chance, progress)
