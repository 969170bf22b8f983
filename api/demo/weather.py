"""What goes wrong between us and the provider, and when? A gateway round a gateway, for demonstrations and tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from companion.clock import Clock
from nudges.providers.gateway import Fault, Gateway, OutboundText, RefusedError, Report, UnansweredError


@dataclass(frozen=True, slots=True)
class Outage:
    """From `starts_at` on and until `ends_at` (aware) the provider takes nothing and answers no question."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will go wrong. After each moment of `lost_answers_at` the next text is taken, but the answer to that is
    lost on the way; for `lag` the provider does not list that text."""

    outages: Sequence[Outage] = ()
    lost_answers_at: Sequence[datetime] = ()
    lag: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text that a phone really got, and when: what the provider knows, whatever our rows say."""

    at: datetime
    text: OutboundText


@dataclass(slots=True)
class Weather:
    """The given gateway, in the given weather, by the given clock. Keeps every text that got through."""

    inner: Gateway
    clock: Clock
    forecast: Forecast
    arrivals: list[Arrival] = field(default_factory=list)
    _unlisted_until: dict[UUID, datetime] = field(default_factory=dict)
    name: str = field(init=False)
    patience: timedelta = field(init=False)
    proof_after: timedelta = field(init=False)
    texts_per_second: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.patience = self.inner.name, self.inner.patience
        self.proof_after, self.texts_per_second = (
            self.inner.proof_after + self.forecast.lag,
            self.inner.texts_per_second,
        )

    async def send(self, text: OutboundText) -> Report:
        """Raises what the weather does to a call: RefusedError in an outage, UnansweredError for a lost answer."""
        now = self.clock()
        if self._out(now):
            raise RefusedError("not-connected", permanent=False, fault=Fault.PROVIDER)
        report = await self.inner.send(text)
        self.arrivals.append(Arrival(now, text))
        if self._answer_is_lost(now):
            self._unlisted_until[text.message_id] = now + self.forecast.lag
            raise UnansweredError
        return report

    async def hang_up(self) -> None:
        """As the inner gateway."""
        await self.inner.hang_up()

    def fetch(self, provider_id: str) -> Report | None:
        """As the inner gateway. Raises UnansweredError in an outage."""
        self._raise_if_out()
        return self.inner.fetch(provider_id)

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        """As the inner gateway, which lists a text whose answer was lost only after a while."""
        self._raise_if_out()
        if self.clock() < self._unlisted_until.get(text.message_id, since):
            return None
        return self.inner.find(text, since)

    def recall(self, provider_id: str) -> Report | None:
        """As the inner gateway. Raises UnansweredError in an outage."""
        self._raise_if_out()
        return self.inner.recall(provider_id)

    def redact(self, provider_id: str) -> None:
        """As the inner gateway. Raises UnansweredError in an outage."""
        self._raise_if_out()
        self.inner.redact(provider_id)

    def answers(self) -> bool:
        """As the inner gateway; in an outage it does not."""
        return not self._out(self.clock()) and self.inner.answers()

    def _out(self, now: datetime) -> bool:
        return any(outage.starts_at <= now < outage.ends_at for outage in self.forecast.outages)

    def _raise_if_out(self) -> None:
        if self._out(self.clock()):
            raise UnansweredError

    def _answer_is_lost(self, now: datetime) -> bool:
        due = sum(moment <= now for moment in self.forecast.lost_answers_at)
        return len(self._unlisted_until) < due
