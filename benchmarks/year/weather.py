"""What will go wrong, and what will people do, and when? All of it is drawn from one seed before the year begins."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from benchmarks.year.exchange import FAULTS, OUTAGE

LONDON = ZoneInfo("Europe/London")
WORKERS_DOWN = "workers down"
LASTING = frozenset({OUTAGE, WORKERS_DOWN})
# In one patient's week, on average.
HABITS = {
    "answer": 0.15,
    "revise": 0.02,
    "prefer": 0.02,
    "stop": 0.01,
    "write": 0.02,
    "urgent": 0.004,
}
# Each fault of the provider's: how many spells in four weeks, how long one lasts at most, and its chance to strike.
SPELLS = {
    "429": (2.0, timedelta(hours=2), 0.7),
    "5xx before acceptance": (2.0, timedelta(hours=2), 0.5),
    "5xx after acceptance": (2.0, timedelta(hours=3), 0.5),
    "cut before acceptance": (2.0, timedelta(hours=4), 0.3),
    "cut after acceptance": (2.0, timedelta(hours=4), 0.3),
    "time-out before acceptance": (1.0, timedelta(hours=4), 0.1),
    "time-out after acceptance": (1.0, timedelta(hours=4), 0.1),
    "account": (0.4, timedelta(hours=1), 1.0),
}
# What happens to a worker in the middle of its work, in four weeks.
IN_FLIGHT = {"stop": 5.0, "revise": 5.0, "prefer": 3.0, "receipt": 5.0, "restart": 1.0, "leap": 0.5}
# The chance of each fault on a day on which all strike that were too rare before.
STORMY = 0.1
LEAPS = {"leap forward": 1.5, "leap back": 2.0, "restart": 1.0}


CLOCKS_CHANGE = "clocks change"
# Whatever may go wrong, as the faults that struck are counted.
EVERY_FAULT = (
    *FAULTS,
    *(OUTAGE, WORKERS_DOWN, CLOCKS_CHANGE, "kill -9", "leap forward", "leap back", "database restart"),
    *(f"{kind} in flight" for kind in IN_FLIGHT),
    *(f"receipt {fate}" for fate in ("dropped", "repeated", "delayed", "reordered")),
    "inbound repeated",
)


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Something that is done once, at the first step at or after `at`; `who` is a person's index."""

    at: datetime
    kind: str
    who: int = 0
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Spell:
    """Something that lasts."""

    start: datetime
    end: datetime
    kind: str
    chance: float = 1.0

    @property
    def name(self) -> str:
        """Such as 'outage of 6 hours'."""
        return f"{self.kind} of {(self.end - self.start) / timedelta(hours=1):.0f} hours"


@dataclass(frozen=True, slots=True)
class Length:
    """How long a year is, for how many people, and how much goes wrong in it: each thing that happens on a day at the
    `least` so often."""

    start: date
    days: int
    patients: int
    kills: int
    least: int = 1
    outages: tuple[tuple[timedelta, tuple[str, ...]], ...] = (
        (timedelta(hours=6), (OUTAGE,)),
        (timedelta(days=2), (WORKERS_DOWN,)),
        (timedelta(days=10), (OUTAGE, WORKERS_DOWN)),
    )

    @property
    def began(self) -> datetime:
        return datetime.combine(self.start, time(0), ZoneInfo("UTC"))

    @property
    def ends(self) -> datetime:
        return self.began + timedelta(days=self.days)


@dataclass(frozen=True)
class Weather:
    """The whole schedule, in order of time."""

    happenings: list[Happening]
    spells: list[Spell]
    nights: list[date] = field(default_factory=list)

    def lasting(self, at: datetime) -> dict[str, float]:
        """What goes on at this moment, and its chance to strike."""
        return {spell.kind: spell.chance for spell in self.spells if spell.start <= at < spell.end}

    def began(self, after: datetime, until: datetime) -> list[str]:
        """Which outages, and which changes of the clocks, began between these moments."""
        long = [spell.name for spell in self.spells if spell.kind in LASTING and after < spell.start <= until]
        return long + [CLOCKS_CHANGE for night in self.nights if after.date() < night <= until.date()]


def drawn(length: Length, seed: int) -> Weather:
    """The same seed and length: the same schedule."""
    dice = random.Random(f"{seed}/weather")
    outages = list(_outages(length, dice))
    dark = [spell for spell in outages if spell.end - spell.start > timedelta(days=1)]
    spells = outages + list(_spells(length, dice, dark))
    happenings = sorted([*_acts(length, dice), *_strikes(length, dice, dark)])
    return Weather(happenings, spells, list(_clock_changes(length)))


def storm(dawn: datetime, owed: Mapping[str, int], dice: random.Random) -> tuple[list[Spell], list[Happening]]:
    """One working day more, from `dawn` on, on which strikes what is owed so many times."""
    spells = [Spell(dawn, dawn + timedelta(hours=9), kind, STORMY) for kind in owed if kind in SPELLS]
    for kind, hour in ((OUTAGE, 3), (WORKERS_DOWN, 6)):
        if kind in owed:
            spells.append(Spell(dawn + timedelta(hours=hour), dawn + timedelta(hours=hour + 3), kind))
    known = {"kill -9": "kill", "database restart": "restart", "inbound repeated": "answer"}
    happenings = []
    for struck, times in owed.items():
        kind = known.get(struck, struck)
        for _ in range(times if kind in {*known.values(), *LEAPS} or kind.endswith(" in flight") else 0):
            amount = {"leap forward": 3600.0, "leap back": -300.0, "answer": 0.0}.get(kind, 1.0)
            happenings.append(Happening(dawn + timedelta(minutes=dice.randrange(480)), kind, 0, amount))
    return spells, sorted(happenings)


def _outages(length: Length, dice: random.Random) -> Iterator[Spell]:
    """One after the other, each with days around it, begun in the morning of a working day."""
    share = length.days / max(1, len(length.outages))
    for number, (lasts, kinds) in enumerate(length.outages):
        spare = max(0.0, share - lasts / timedelta(days=1) - 1)
        day = length.start + timedelta(days=int(number * share + dice.random() * spare))
        while day.weekday() >= 5:
            day += timedelta(days=1)
        start = datetime.combine(day, time(dice.randrange(8, 11)), LONDON)
        yield from (Spell(start, start + lasts, kind) for kind in kinds)


def _spells(length: Length, dice: random.Random, dark: list[Spell]) -> Iterator[Spell]:
    for kind, (often, longest, chance) in SPELLS.items():
        for _ in range(_times(often, length)):
            start = _working_hour(length, dice, dark)
            yield Spell(start, start + longest * dice.uniform(0.2, 1), kind, chance)


def _acts(length: Length, dice: random.Random) -> Iterator[Happening]:
    for kind, rate in HABITS.items():
        for _ in range(max(2, round(rate * length.patients * length.days / 7))):
            at = length.began + timedelta(minutes=dice.randrange(60 * 24 * length.days))
            yield Happening(at, kind, dice.randrange(length.patients), dice.random())


def _strikes(length: Length, dice: random.Random, dark: list[Spell]) -> Iterator[Happening]:
    for _ in range(length.kills):
        yield Happening(_working_hour(length, dice, dark), "kill", amount=dice.choice((1, 1, 1, 2, 3)))
    for kind, often in IN_FLIGHT.items():
        for _ in range(max(length.least, _times(often, length))):
            amount = dice.uniform(1, 6) if kind == "leap" else dice.choice((1, 1, 2))
            yield Happening(_working_hour(length, dice, dark), f"{kind} in flight", amount=amount)
    for kind, often in LEAPS.items():
        for _ in range(max(length.least, _times(often, length))):
            amount = dice.uniform(1, 5) * 3600 if kind == "leap forward" else -dice.uniform(60, 900)
            yield Happening(_working_hour(length, dice, dark), kind, amount=amount)


def _clock_changes(length: Length) -> Iterator[date]:
    """The days on which London's clocks change."""
    for ahead in range(length.days):
        day = length.start + timedelta(days=ahead)
        midnights = (datetime.combine(day + timedelta(days=more), time(0), LONDON) for more in (0, 1))
        first, second = (midnight.utcoffset() for midnight in midnights)
        if first != second:
            yield day


def _working_hour(length: Length, dice: random.Random, dark: list[Spell]) -> datetime:
    """A moment between eight and six on a working day on which workers are at work."""
    while True:
        day = length.start + timedelta(days=dice.randrange(length.days))
        at = datetime.combine(day, time(8), LONDON) + timedelta(minutes=dice.randrange(600))
        if day.weekday() < 5 and not any(spell.start <= at < spell.end for spell in dark):
            return at


def _times(often: float, length: Length) -> int:
    return max(1, round(often * length.days / 28))
