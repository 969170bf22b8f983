"""How does a virtual year go by? Step by step: receipts come, people act, faults strike, workers beat."""

import itertools
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from flask_migrate import upgrade
from sqlalchemy import text

from api.app import create_app
from api.settings.config import Config
from benchmarks.year import people, quota, weather
from benchmarks.year.acts import Acts
from benchmarks.year.clock import WorldClock
from benchmarks.year.crew import KILL, LEAP, PAUSE, Crew, Order
from benchmarks.year.database import Database, opened
from benchmarks.year.exchange import Exchange
from benchmarks.year.people import Person
from benchmarks.year.post import PostOffice, receipt
from benchmarks.year.provider import Provider
from benchmarks.year.weather import WORKERS_DOWN, Happening, Length, Weather
from companion.db import db
from nudges.providers.simulator_gateway import SimulatorGateway

MINUTES_A_STEP = 15
# By then nearly every phone has its text, and the provider has said so.
SOON = timedelta(minutes=2)
# With more orders than this in line, they are carried out whether or not there is a text to send just then.
LONGEST_LINE = 6
BUSY = (
    "SELECT EXISTS (SELECT 1 FROM nudge WHERE status = 'planned' AND due_at <= :now) "
    "OR EXISTS (SELECT 1 FROM message WHERE status = 'created' AND due_at <= :now)"
)


@dataclass
class World:
    """Everything there is; `faults` counts what struck."""

    length: Length
    weather: Weather
    database: Database
    clock: WorldClock
    provider: Provider
    exchange: Exchange
    crew: Crew
    office: PostOffice
    acts: Acts
    dice: random.Random
    ahead: deque[Happening]
    orders: deque[Happening] = field(default_factory=deque)
    asked: Counter[str] = field(default_factory=Counter)
    urgent_on: object = None

    def __post_init__(self) -> None:
        self.noted = self.length.began

    @property
    def faults(self) -> Counter[str]:
        return self.provider.faults

    def live(self, until: datetime, on: Callable[[datetime], object]) -> None:
        """Let time pass up to that instant; `on` hears of each step."""
        while (now := _next_mark(self.clock.now(), self.weather)) < until:
            self.clock.set(now)
            self._step(now)
            on(now)

    def make_up(self, until: datetime, on: Callable[[datetime], object]) -> None:
        """Days more, for whatever has struck too seldom so far, though never beyond that instant."""
        wanted = quota.least(self.database.kind)
        while self.clock.now() < until and (owed := quota.owed(wanted, self.faults)):
            dawn = self.clock.now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
            if dawn.weekday() < 5:
                waiting = Counter("kill -9" if order.kind == "kill" else order.kind for order in self.orders)
                spells, happenings = weather.storm(dawn, quota.owed(owed, waiting), self.dice)
                self.weather.spells.extend(spells)
                self.ahead.extend(happenings)
            self.live(dawn + timedelta(hours=12), on)

    def settle(self, until: datetime, on: Callable[[datetime], object]) -> None:
        """Quiet days: nothing goes wrong any more, and people leave things as they are."""
        self.weather.spells.clear()
        self.orders.clear()
        self.ahead.clear()
        self.live(until, on)

    def _step(self, now: datetime) -> None:
        self.faults.update(self.weather.began(self.noted, now))
        self.noted = max(self.noted, now)
        self._post_receipts()
        while self.ahead and self.ahead[0].at <= now:
            self._happen(self.ahead.popleft())
        self.acts.agree_those_waiting()
        if now.hour >= 10 and self.urgent_on != now.date():
            self.acts.answer_urgent()
            self.urgent_on = now.date()
        self.faults[WORKERS_DOWN] += WORKERS_DOWN in (lasting := self.weather.lasting(now))
        self.exchange.mood = {kind: chance for kind, chance in lasting.items() if kind != WORKERS_DOWN}
        if WORKERS_DOWN not in lasting:
            texts = len(self.provider.tries)
            self._beat()
            if len(self.provider.tries) > texts:
                self._soon_after()

    def _post_receipts(self) -> None:
        self.office.post_all([receipt(due) for due in self.provider.go_on(self.clock.now())])

    def _soon_after(self) -> None:
        """Receipts are applied a second after they come: a whole step later, each text would have been asked about."""
        self.clock.leap(SOON)
        self._post_receipts()
        self.crew.beat(only="receipts")

    def _happen(self, what: Happening) -> None:
        if what.kind == "kill" or what.kind.endswith(" in flight"):
            self.orders.append(what)
        elif what.kind.startswith("leap"):
            self.faults[what.kind] += 1
            self.clock.leap(timedelta(seconds=what.amount))
        elif what.kind == "restart":
            self.restart()
        else:
            self.acts.do(what.kind, self.acts.people[what.who], what.amount)

    def restart(self) -> None:
        """The database is cut off and comes back."""
        if self.database.restart():
            self.faults["database restart"] += 1
            db.engine.dispose()

    def _beat(self) -> None:
        """One beat of everybody, with the next orders in line for two of them; while there is nothing to send, of one
        worker alone, unless too many orders wait."""
        busy = self._busy()
        if not (self.orders and self.crew.seen and (len(self.orders) > LONGEST_LINE or busy)):
            self.crew.beat() if busy else self.crew.beat_alone()
            return
        # Only a worker that is killed leaves the others as they are: of all else one thing at a time.
        next_two = list(itertools.islice(self.orders, len(self.crew.workers)))
        chosen = next_two[:1] + [each for each in next_two[1:] if each.kind == next_two[0].kind == "kill"]
        given = {happening: self._order(happening) for happening in chosen}
        carried_out = self.crew.beat(list(given.values()))
        self.clock.note()
        for happening, order in given.items():
            self.orders.remove(happening)
            if order in carried_out:
                self.faults["kill -9" if order.what == KILL else happening.kind] += 1
            else:
                self.orders.append(happening)  # that step did not come round; others may go first

    def _order(self, happening: Happening) -> Order:
        steps = sorted(self.crew.seen)
        if happening.kind == "kill":
            step = min(steps, key=lambda step: (self.crew.struck[KILL, step] + self.asked[step] / 4, step))
            self.asked[step] += 1
            return Order(KILL, step, int(happening.amount))
        kind = happening.kind.removesuffix(" in flight")
        # Nobody waits with a transaction open, and the clock leaps only where the product can still look at it.
        places = [step for step in steps if step.startswith("after commit")]
        if kind == "leap":
            return Order(LEAP, self.dice.choice(places), 1, happening.amount * 3600)
        places += [step for step in steps if step.endswith(" send")] * 3
        return Order(PAUSE, self.dice.choice(places), int(happening.amount), meanwhile=lambda: self._meanwhile(kind))

    def _meanwhile(self, kind: str) -> None:
        """Something happens while a worker stands still in the middle of its work."""
        if kind == "restart":
            self.restart()
            return
        flying = self.acts.in_flight()
        if kind == "receipt":
            for person in flying[:5]:
                self.office.post_all([receipt(due) for due in self.provider.hurry(person.number)])
            return
        person = self._concerned(flying, kind)
        self.acts.do(kind, person, self.dice.random())

    def _concerned(self, flying: list[Person], kind: str) -> Person:
        fit = [person for person in flying if kind != "stop" or person.consent_log[-1].value]
        return self.dice.choice(fit or list(self.acts.people))

    def _busy(self) -> bool:
        now = self.clock.now() if self.database.kind == "postgresql" else self.clock.now().replace(tzinfo=None)
        with db.engine.connect() as connection:
            return bool(connection.scalar(text(BUSY), {"now": now}))


def _next_mark(now: datetime, changes: Weather) -> datetime:
    """The next moment worth a look: every quarter of an hour by day, three hours at night, half an hour else."""
    turning = now.date() in changes.nights or (now + timedelta(hours=3)).date() in changes.nights
    if turning:
        minutes = MINUTES_A_STEP
    elif now.weekday() >= 5 or 18 <= now.hour < 21:
        minutes = 30
    else:
        minutes = MINUTES_A_STEP if 5 <= now.hour < 18 else 180
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = (now - midnight) // timedelta(minutes=minutes) + 1
    mark = midnight + steps * timedelta(minutes=minutes)
    dawn = midnight + timedelta(hours=5)
    return dawn if now < dawn < mark else mark


@contextmanager
def made(length: Length, seed: int, kind: str, folder: Path) -> Iterator[World]:
    """A world at the beginning of its first day, with everybody let in."""
    clock = WorldClock(folder / "clock")
    clock.set(length.began)
    provider = Provider(clock, seed)
    drawn = weather.drawn(length, seed)
    with ExitStack() as open_things:
        database = open_things.enter_context(opened(kind, folder))
        exchange = open_things.enter_context(Exchange(provider))
        settings = {"database_url": database.url, "provider_url": exchange.url, "clock_file": str(clock.file)}
        settings["warm"] = length.began.isoformat()
        app = create_app(Config(database_url=database.url), SimulatorGateway(), clock.now)
        open_things.enter_context(app.app_context())
        open_things.callback(lambda: db.engine.dispose())
        upgrade()
        everybody = people.drawn(length.patients, seed)
        clinicians = people.let_in(everybody, clock.now(), monotonic())
        crew = open_things.enter_context(Crew(settings))
        office = open_things.enter_context(PostOffice(crew.web_port))
        acts = Acts(clock, provider, office, everybody, clinicians, database.url, provider.faults)
        dice = random.Random(f"{seed}/world")
        yield World(
            length, drawn, database, clock, provider, exchange, crew, office, acts, dice, deque(drawn.happenings)
        )
