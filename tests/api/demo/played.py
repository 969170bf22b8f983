"""A fortnight of the demonstration, played: how is it had, once for many questions?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.demo import fortnight, seed, timeline
from api.demo.recount import Broken, recount
from api.demo.stage import ZONE, Stage
from api.demo.timeline import Entry
from api.demo.weather import Arrival, Weather
from companion.domain.local_time import instant
from companion.use_cases import ledger
from companion.use_cases.ledger import Ledger
from nudges.providers.simulator_gateway import SimulatorGateway

# What `make demo` plays when nobody chooses another day.
FIRST = date(2026, 11, 9)


def silent(_done: int, _total: int) -> None:
    """A progress that nobody looks at."""


@dataclass(frozen=True)
class Played:
    """All that is left of a fortnight: nothing in it needs the database any more."""

    first: date
    ends_at: datetime
    stage: Stage
    weather: Weather
    rows: Ledger
    told: Sequence[Entry]

    @property
    def arrivals(self) -> list[Arrival]:
        """What the phones of Ben's patients got."""
        ours = {message.id for message in self.rows.messages}
        return [arrival for arrival in self.weather.arrivals if arrival.text.message_id in ours]

    def recount(self, rows: Ledger | None = None, arrivals: Sequence[Arrival] | None = None) -> Broken:
        """The promises, counted again; of other rows or arrivals where a test has changed them."""
        phones = self.arrivals if arrivals is None else arrivals
        return recount(rows or self.rows, self.stage.main.promises, phones, self.ends_at)


def play(first: date = FIRST, ends_at: datetime | None = None, chance: int = seed.SEED) -> Played:
    """Play a fortnight in the current app's empty database."""
    ends_at = ends_at or instant(first + timedelta(days=fortnight.DAYS), time(0), ZONE)
    stage = seed.assemble(first)
    weather = fortnight.play(stage, SimulatorGateway(), first, ends_at, chance, silent)
    rows = ledger.of_pain_service(stage.main.clinician)
    names = {actor.id: name for name, actor in stage.main.staff.items() if actor.id is not None}
    told = timeline.between(timeline.entries(rows, names, weather.forecast), instant(first, time(0), ZONE), ends_at)
    return Played(first, ends_at, stage, weather, rows, told)
