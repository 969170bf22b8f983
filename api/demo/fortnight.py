"""How do two weeks pass in a few seconds? The worker's own beats, on a clock that jumps from one event to the next."""

import heapq
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count

from api.demo import cast, rounds, story
from api.demo.persona import Persona
from api.demo.stage import ZONE, Stage, working_days
from api.demo.weather import Forecast, Outage, Weather
from companion.domain.local_time import instant
from companion.use_cases import ledger
from nudges import worker
from nudges.providers.gateway import Gateway
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText

DAYS = 14
# When the clinicians of the demonstration sit down to their inbox.
ROUNDS = (time(9, 20), time(16, 20))

Act = Callable[[datetime], object]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class VirtualClock:
    """A clock that stands still until it is told to move."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Agenda:
    """What people are going to do, in order of time."""

    _waiting: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def put(self, at: datetime, act: Act) -> None:
        """At that moment, after whatever was put down for it before."""
        heapq.heappush(self._waiting, (at, next(self._order), act))

    @property
    def next_at(self) -> datetime | None:
        """When the next thing happens."""
        return self._waiting[0][0] if self._waiting else None

    def do(self, now: datetime) -> None:
        """Everything that is to happen up to `now`."""
        while self._waiting and self._waiting[0][0] <= now:
            heapq.heappop(self._waiting)[2](now)


def play(stage: Stage, gateway: Gateway, first: date, ends_at: datetime, seed: int, progress: Progress) -> Weather:
    """Play from the beginning of the day `first` in London to the instant `ends_at`.

    The beats are the worker's; only `now` differs. Between two moments at which a row comes due or somebody does
    something there is nothing to do, so the clock jumps. `progress` hears of hours done and hours in all.
    Returns the weather, which knows what really arrived on the phones.
    """
    starts_at = instant(first, time(0), ZONE)
    days = working_days(first, (ends_at - timedelta(microseconds=1)).date())
    clock = VirtualClock(starts_at)
    weather = Weather(gateway, clock, _forecast(days))
    agenda = _agenda(stage, first, days, ends_at)
    people = _people(stage, seed)
    beats = worker.beats([weather], "demonstration", clock).values()
    hours = max(1, (ends_at - starts_at) // timedelta(hours=1))
    with _quiet():
        while (moment := _next(stage, clock.now, agenda)) is not None and moment < ends_at:
            clock.now = moment
            agenda.do(moment)
            seen = len(weather.arrivals)
            for beat in beats:
                beat()
            for arrival in weather.arrivals[seen:]:
                _read(people, arrival.text.to, arrival.text.body, moment, agenda)
            progress(min(hours, (moment - starts_at) // timedelta(hours=1)), hours)
    progress(hours, hours)
    return weather


def _next(stage: Stage, now: datetime, agenda: Agenda) -> datetime | None:
    moments = (agenda.next_at, *(ledger.next_due(opened.clinician, now) for opened in stage.opened))
    return min((moment for moment in moments if moment is not None), default=None)


def _forecast(days: list[date]) -> Forecast:
    nth, starts, ends = story.OUTAGE
    lost_nth, lost_at = story.LOST_ANSWER
    outage = Outage(_at(days, nth, starts), _at(days, nth, ends))
    return Forecast([outage], [_at(days, lost_nth, lost_at)])


def _agenda(stage: Stage, first: date, days: list[date], ends_at: datetime) -> Agenda:
    agenda = Agenda()
    for ahead in range((ends_at.date() - first).days + 1):
        # Nothing but the beats: the planner looks a day further ahead.
        agenda.put(instant(first + timedelta(days=ahead), time(0), ZONE), lambda _now: None)
    for opened in stage.opened:
        for day in days:
            for at in ROUNDS:
                agenda.put(instant(day, at, ZONE), partial(rounds.work_through, opened))
    for step in story.STEPS:
        agenda.put(_at(days, step.working_day, step.at), partial(step.act, stage.main))
    for text in story.UNASKED:
        agenda.put(_at(days, text.working_day, text.at), partial(_text_in, _number(stage, text.who), text.words))
    for last in story.LAST_WORDS:
        agenda.put(ends_at - last.before, partial(_text_in, _number(stage, last.who), last.words))
    return agenda


def _number(stage: Stage, who: str) -> str:
    enrolled = stage.main.patients.get(who)
    return enrolled.patient.enrolment.mobile if enrolled else cast.STRANGER


def _people(stage: Stage, seed: int) -> dict[str, Persona]:
    """Everybody with a phone, by its number."""
    everybody = [enrolled.patient for opened in stage.opened for enrolled in opened.patients.values()]
    return {
        patient.enrolment.mobile: Persona(patient.name, patient.habit, story.ANSWERS.get(patient.name, {}), seed)
        for patient in everybody
    }


def _read(people: dict[str, Persona], number: str, text: str, now: datetime, agenda: Agenda) -> None:
    reply = people[number].reads(text) if number in people else None
    if reply is not None:
        agenda.put(now + reply.after, partial(_text_in, number, reply.words))


def _text_in(number: str, words: str, now: datetime) -> None:
    """The same way in as the provider's webhook takes. The same person never texts twice in one instant."""
    inbound.receive(InboundText("simulator", f"SIMIN-{now:%Y%m%d%H%M%S}-{number[-3:]}", number, "", words), now)


def _at(days: list[date], nth: int, at: time) -> datetime:
    """That time in London on the nth working day, or on the last where the fortnight has fewer."""
    return instant(days[min(nth, len(days) - 1)], at, ZONE)


@contextmanager
def _quiet() -> Iterator[None]:
    """What the weather does is part of the story; the log need not tell it too."""
    log = logging.getLogger("nudges")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
