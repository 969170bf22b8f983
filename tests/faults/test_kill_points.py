"""Is there any step on the way of a text at which a worker can die and double, lose or misplace it?

The steps are found by living through one morning and counting every database commit and provider call. Then the same
morning is lived through again for each of them, from a fresh copy of the database: a worker dies there by kill -9,
another one takes over, and the independent recount of the virtual year is taken.
"""

import copy
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.app import create_app
from api.settings.config import Config
from benchmarks.year import people
from benchmarks.year.acts import Acts
from benchmarks.year.clock import WorldClock
from benchmarks.year.crew import KILL, Crew, Order
from benchmarks.year.database import rows
from benchmarks.year.exchange import Exchange
from benchmarks.year.people import WORKING_DAYS, Person
from benchmarks.year.post import PostOffice, receipt
from benchmarks.year.provider import Provider
from benchmarks.year.recount import MUST_BE_ZERO, Recount
from companion.db import db
from companion.domain.access import Actor
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.conftest import Template
from tests.support.databases import both
from tests.support.postgres import Postgres
from tests.support.tiers import deep

Point = tuple[int, str, int]

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TEN = timedelta(hours=10)
SEED = 7
MEMORY = Path("/dev/shm")  # noqa: S108 (a private folder is made inside it)
# When somebody beats; the first ones are those in which a worker dies.
BEATS = [TEN - timedelta(minutes=30), TEN, TEN + timedelta(seconds=20), TEN + timedelta(minutes=3)]
DEADLY, SENDING = len(BEATS), 1
BEATS += [
    TEN + timedelta(minutes=minutes) for minutes in (25, 90, 180, 24 * 60, 24 * 60 + 3, 24 * 60 + 40, 24 * 60 + 180)
]
# An attempt was written and nobody called; somebody was called and it was not written down what they said.
WORST = (
    ("after commit in claims._claim", 1),
    ("after send", 1),
    ("before commit in outcomes._record_taken", 1),
)
QUIET, STOPS_EARLY, STOPS_LATE, REVISED, WRITTEN_TO = range(5)


@dataclass
class Stage:
    """The one morning's place and cast, ready to be set up again and again."""

    crew: Crew
    exchange: Exchange
    clock_file: Path
    url: str
    cast: Sequence[Person]
    clinicians: Sequence[Actor]
    fresh: Any

    def play(self, beat: int | None = None, order: Order | None = None) -> tuple[list[Counter[str]], Recount]:
        """Live through the morning, with the order at that beat: the steps of each beat, and the recount."""
        self.crew.send_home()
        self.fresh()
        self.crew.call_in()
        clock = WorldClock(self.clock_file)
        provider = self.exchange.provider = Provider(clock, SEED)
        cast = copy.deepcopy(self.cast)
        seen = []
        with PostOffice(self.crew.web_port) as office:
            acts = Acts(clock, provider, office, cast, self.clinicians, self.url, provider.faults)
            for number, at in enumerate(BEATS):
                clock.set(MONDAY + at)
                office.post_all([receipt(due) for due in provider.go_on(clock.now())])
                self.crew.seen.clear()
                carried_out = self.crew.beat([order] if number == beat else [])
                # Several things go on at once, so what came round a fourth time may now be done in three.
                by_chance = order is not None and order.nth > 1
                assert number != beat or by_chance or carried_out == [order], f"Nobody came to {order}."
                seen.append(Counter(self.crew.seen))
                if number == 0:
                    acts.do("write", cast[WRITTEN_TO], 0.0)
                    acts.do("stop", cast[STOPS_EARLY], 0.0)
                    acts.do("revise", cast[REVISED], 0.0)
                    acts.agree_those_waiting()
                elif number == 1:
                    acts.do("stop", cast[STOPS_LATE], 0.0)
        assert not self.crew.errors
        recount = Recount(provider, clock, cast, self.url)
        recount.figures = recount.take(acts.sent_in)
        return seen, recount


@contextmanager
def stage(url: str, folder: Path, fresh: Any) -> Iterator[Stage]:
    """Everybody in the database at `url`, of which `fresh` makes the copy that each morning begins with."""
    hours = Hours(time(8), time(18), WORKING_DAYS)
    cast = [
        Person(
            number, 0, f"+44770090080{number}", ZoneInfo("Europe/London"), hours, Ceilings(1, 5), True, True, time(10)
        )
        for number in range(5)
    ]
    clock = WorldClock(folder / "clock")
    clock.set(MONDAY)
    app = create_app(Config(database_url=url), SimulatorGateway(), clock.now)
    with ExitStack() as open_things:
        open_things.enter_context(app.app_context())
        open_things.callback(lambda: db.engine.dispose())
        clinicians = people.let_in(cast, clock.now(), 0.0)
        exchange = open_things.enter_context(Exchange(Provider(clock, SEED)))
        fresh(first=True)
        # Every worker is born with this morning's statements compiled; the rows it left are gone with the next copy.
        warm = " ".join((MONDAY + at).isoformat() for at in BEATS)
        settings = {"database_url": url, "provider_url": exchange.url, "clock_file": str(clock.file), "warm": warm}
        crew = open_things.enter_context(Crew(settings, size=1))
        yield Stage(crew, exchange, clock.file, url, cast, clinicians, fresh)


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where there is such a place: what is killed here is a process, never the machine."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def morning(request: pytest.FixtureRequest, template: Template, folder: Path) -> Iterator[Stage]:
    """The stage, on the database that the test is about."""
    if template.empty.endswith(".sqlite3"):
        file, kept = folder / "morning.sqlite3", folder / "kept.sqlite3"
        shutil.copy(template.empty, file)

        def copied(first: bool = False) -> None:
            db.engine.dispose()
            for leftover in folder.glob("morning.sqlite3-*"):
                leftover.unlink()
            shutil.copy(file, kept) if first else shutil.copy(kept, file)

        with stage(f"sqlite:///{file}", folder, copied) as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("server")
    server.create("morning", template=template.empty)

    def renewed(first: bool = False) -> None:
        db.engine.dispose()
        if first:
            server.create("morning_kept", template="morning")
        server.drop("morning")
        server.create("morning", template="morning_kept")

    try:
        with stage(server.url("morning"), folder, renewed) as made:
            yield made
    finally:
        for name in ("morning", "morning_kept"):
            server.drop(name)


@deep
@both
@pytest.mark.timeout(600)  # far less for both on a machine that has nothing else to do
def test_a_worker_dies_at_every_step(morning: Stage) -> None:
    points = deaths(unharmed(morning))
    harm(morning, points)
    assert len(points) > 20


def test_a_worker_dies_around_the_call(morning: Stage) -> None:
    """The few steps at which most can go wrong, every day."""
    points = [point for point in deaths(unharmed(morning)) if point[1:] in WORST]
    harm(morning, points)
    assert len(points) == len(WORST)


def unharmed(morning: Stage) -> list[Counter[str]]:
    """The steps of each beat of a morning on which nobody dies."""
    seen, recount = morning.play()
    assert faults(recount) == []
    # Three nudges on each of two days, and what staff wrote; or the morning would prove nothing.
    # One of them is called back when its reader says STOP.
    assert recount.figures["texts_of_any_kind"] + recount.figures["recalled"] == 7
    assert recount.figures["unknown_left"] == 0
    return seen


def harm(morning: Stage, points: Sequence[Point]) -> None:
    """Play the morning once for each of these deaths: nothing may be doubled, lost or out of place."""
    harmed = []
    for beat, step, nth in points:
        _, recount = morning.play(beat, Order(KILL, step, nth))
        harmed += [f"Killed {step}, time {nth} of beat {beat}: {words}" for words in faults(recount)]
    assert not harmed, "\n" + "\n".join(harmed)


def deaths(seen: Sequence[Counter[str]]) -> list[Point]:
    """Where to die: beat, step, and which time that it comes round: the first and the last.

    When nudges go, at every step; in the beats before and after, at those that come more often than on a quiet day and
    at which nobody has died yet.
    """
    found: dict[tuple[str, int], int] = {}
    for beat in range(DEADLY):
        for step, times in seen[beat].items():
            if beat == SENDING or times > seen[-1][step]:
                found.setdefault((step, 1), beat)
                found.setdefault((step, times), beat)
    return sorted((beat, step, nth) for (step, nth), beat in found.items())


def faults(recount: Recount) -> list[str]:
    """Whatever the recount finds wrong; a text may stay unknown only if the provider never had it."""
    wrong = [
        f"{name} {recount.figures[name]}: {recount.culprits[name][:2]}"
        for name in MUST_BE_ZERO
        if recount.figures[name]
    ]
    has = {text.message_id for text in recount.provider.tries if text.sid is not None}
    unknown = [str(row.id) for row in rows(recount.url, "SELECT id FROM message WHERE status = 'unknown'")]
    return wrong + [f"{each} is unknown, and the provider has it" for each in unknown if each in has]
