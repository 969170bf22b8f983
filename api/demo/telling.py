"""How does the fortnight read on a terminal? Day by day, then the figures, what waits, and the promises recounted."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

import click

from api.demo import summary, timeline
from api.demo.recount import recount
from api.demo.stage import ZONE, Stage
from api.demo.timeline import Entry, Sort
from api.demo.weather import Weather
from api.web.wall_clock import day_words
from companion.domain.behaviour import Behaviour
from companion.domain.local_time import instant, local
from companion.domain.task import TaskStatus
from companion.use_cases import engagement, ledger, task
from companion.use_cases.ledger import Ledger

WIDTH = 100
INDENT = 28
MARKS = {
    Sort.NUDGE: ("→", "green"),
    Sort.TEXT_OUT: ("→", "blue"),
    Sort.TEXT_IN: ("←", "cyan"),
    Sort.HELD_BACK: ("×", "yellow"),
    Sort.PLANNED: ("·", "white"),
    Sort.STAFF: ("*", "magenta"),
    Sort.WEATHER: ("!", "red"),
}
LEGEND = "→ a text to a phone   ← a text from a phone   × held back   * somebody at work   ! the text provider"
MOST = 100


def lines(stage: Stage, weather: Weather, first: date, ends_at: datetime, who: str | None) -> Iterator[str]:
    """The whole story from the day `first` to the instant `ends_at`; of one person alone, if `who` names one."""
    main = stage.main
    rows = ledger.of_pain_service(main.clinician)
    starts_at, last = instant(first, time(0), ZONE), local(ends_at - timedelta(seconds=1), ZONE).date()
    names = {actor.id: name for name, actor in main.staff.items() if actor.id is not None}
    told = timeline.between(timeline.entries(rows, names, weather.forecast), starts_at, ends_at)
    yield _heading(f"{main.troupe.opening.name}, {day_words(first)} to {day_words(last)} {last.year}")
    yield "Everybody is made up. Times are on the person's own clock."
    yield LEGEND
    yield from _in_full(rows)
    yield from _days(entry for entry in told if who is None or re.search(rf"\b{who}\b", f"{entry.who} {entry.words}"))
    yield _heading("The manager's figures")
    yield from summary.by_behaviour(engagement.by_behaviour(main.manager, first, last, ends_at))
    yield _heading("Each person")
    yield from summary.by_person(rows)
    yield _heading("What waits in the inbox")
    yield from summary.inbox(task.inbox(main.clinician, TaskStatus.REQUESTED, 0, MOST, ends_at).items)
    yield _heading("Counted again, from the rows and from what the phones really got")
    ours = {message.id for message in rows.messages}
    arrived = [arrival for arrival in weather.arrivals if arrival.text.message_id in ours]
    broken = recount(rows, main.promises, arrived, ends_at)
    words = f"{len(arrived)} texts on the phones. {summary.promises(broken)}"
    yield click.style("\n".join(textwrap.wrap(words, WIDTH)), fg="green" if broken.nothing else "red", bold=True)


def _heading(words: str) -> str:
    return "\n" + click.style(words, bold=True)


def _in_full(rows: Ledger) -> Iterator[str]:
    """The first text of each behaviour, whole: below, only the words that come from the plan are shown."""
    yield _heading("How a nudge reads in full")
    texts = {row.nudge.behaviour: row.message.body for row in reversed(rows.nudges) if row.message is not None}
    for behaviour in Behaviour:
        body = texts.get(behaviour, "").replace("\n", "\n" + " " * 10)
        yield f"{behaviour:>8}  {body}"


def _days(told: Iterable[Entry]) -> Iterator[str]:
    for day, entries in groupby(told, key=lambda entry: local(entry.at, ZONE).date()):
        yield _heading(day_words(day))
        for entry in entries:
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    mark, colour = MARKS[entry.sort]
    start = f"{entry.time:>8}  {entry.who:<14}  {mark} "
    first, *others = textwrap.wrap(entry.words, WIDTH - INDENT)
    yield start + click.style(first, fg=colour)
    for words in others:
        yield " " * INDENT + click.style(words, fg=colour)
    for note in entry.notes:
        for words in textwrap.wrap(note, WIDTH - INDENT - 2):
            yield " " * (INDENT + 2) + click.style(words, dim=True)
