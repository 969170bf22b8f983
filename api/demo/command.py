"""How does somebody see a fortnight in a minute? `flask --app wsgi demo`, in a database of its own that is then gone."""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask

from api import migration
from api.command import Command
from api.config import Config
from api.demo import fortnight, seed, summary, timeline
from api.demo.recount import recount
from api.demo.stage import ZONE, Stage
from api.demo.timeline import Entry, Sort
from api.demo.weather import Weather
from api.wall_clock import day_words
from companion.domain.local_time import instant, local
from companion.domain.task import TaskStatus
from companion.use_cases import engagement, ledger, task
from nudges.gateway import Gateway
from nudges.simulator_gateway import SimulatorGateway

# A Monday with two ordinary weeks after it: the same story for everybody, whenever they look.
START = "2026-11-09"
YEARS = range(2000, 2100)
WIDTH = 100
INDENT = 29
COLOURS = {
    Sort.NUDGE: "green",
    Sort.TEXT_OUT: "green",
    Sort.TEXT_IN: "cyan",
    Sort.HELD_BACK: "yellow",
    Sort.STAFF: "magenta",
    Sort.WEATHER: "red",
}

AppFactory = Callable[[Config, Gateway], Flask]


def make(another: AppFactory) -> Command:
    """The command. `another` makes a second app, for the first one is bound to its user's own database."""

    @click.command("demo", cls=Command)
    @click.option("--seed", "chance", default=seed.SEED, show_default=True, help="Other chances: who answers, and when.")
    @click.option("--start", type=click.DateTime(["%Y-%m-%d"]), default=START, show_default=True, help="The first day.")
    @click.option("--who", help="Tell of one person alone, by first name.")
    def demo(chance: int, start: datetime, who: str | None) -> None:
        """Play a fortnight of the demo pain service on a virtual clock, and tell what happened and why.

        The planner, dispatcher, outbox and replies are the worker's own; only the time differs.
        """
        if start.year not in YEARS:
            raise click.BadParameter(f"Choose a year from {YEARS[0]} to {YEARS[-1]}.", param_hint="--start")
        first = start.date()
        ends_at = instant(first + timedelta(days=fortnight.DAYS), time(0), ZONE)
        with TemporaryDirectory() as folder, _on_a_new_database(another, Path(folder)) as gateway:
            stage = seed.assemble(first)
            weather = _play(stage, gateway, first, ends_at, chance)
            _tell(stage, weather, first, ends_at, who)

    assert isinstance(demo, Command)
    return demo


@contextmanager
def _on_a_new_database(another: AppFactory, folder: Path) -> Iterator[Gateway]:
    gateway = SimulatorGateway()
    app = another(Config(database_url=f"sqlite:///{folder / 'demo.sqlite3'}"), gateway)
    with app.app_context():
        migration.bring_up_to_date()
        try:
            yield gateway
        finally:
            app.extensions["sqlalchemy"].engine.dispose()


def _play(stage: Stage, gateway: Gateway, first: date, ends_at: datetime, chance: int) -> Weather:
    label = f"Playing {fortnight.DAYS} days"
    with click.progressbar(length=1, label=label, file=click.get_text_stream("stderr")) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return fortnight.play(stage, gateway, first, ends_at, chance, progress)


def _tell(stage: Stage, weather: Weather, first: date, ends_at: datetime, who: str | None) -> None:
    main = stage.main
    rows = ledger.of_pain_service(main.clinician)
    last = first + timedelta(days=fortnight.DAYS - 1)
    names = {actor.id: name for name, actor in main.staff.items() if actor.id is not None}
    told = timeline.entries(rows, names, weather.forecast)
    told = timeline.between(told, instant(first, time(0), ZONE), ends_at)
    if who is not None:
        told = [entry for entry in told if who.lower() in f"{entry.who} {entry.words}".lower()]
    _heading(f"{main.troupe.opening.name}, {day_words(first)} to {day_words(last)} {last.year}")
    ...
