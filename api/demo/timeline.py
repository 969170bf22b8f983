"""What happened, told in the order of time? From the rows alone, so that it can tell nothing that is not so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from api.demo.stage import ZONE
from api.demo.weather import Forecast
from api.web.wall_clock import moment, time_words
from companion.domain.answer import AnswerKind
from companion.domain.care_plan import spoken
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import REASON_WORDS, NudgeStatus, Reason
from companion.domain.task import TaskKind, TaskPriority
from companion.use_cases.ledger import Ledger, NudgeRow

STRANGER = "Somebody"
PROVIDER = "Provider"
HELD = frozenset({NudgeStatus.SKIPPED, NudgeStatus.LAPSED})
LABELS = {MessageKind.REPLY: "answer", MessageKind.SAFETY: "safety text", MessageKind.SIGN_IN: "sign-in"}


class Sort(Enum):
    """What sort of thing happened, for the eye."""

    NUDGE = auto()
    TEXT_OUT = auto()
    TEXT_IN = auto()
    HELD_BACK = auto()
    PLANNED = auto()
    STAFF = auto()
    WEATHER = auto()


# What happens in one instant, in the order of cause and effect.
_ORDER = (Sort.WEATHER, Sort.TEXT_IN, Sort.STAFF, Sort.HELD_BACK, Sort.PLANNED, Sort.TEXT_OUT, Sort.NUDGE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `at` is aware; `time` is on the wall clock of whom it happened to, who is `who`.

    `notes` say why, and what came of it.
    """

    at: datetime
    time: str
    who: str
    sort: Sort
    words: str
    notes: tuple[str, ...] = ()


def entries(ledger: Ledger, staff: Mapping[UUID, str], forecast: Forecast) -> list[Entry]:
    """All of it, oldest first. `staff` are the first names by id."""
    teller = _Teller(ledger, staff)
    told = [
        *teller.nudges(),
        *teller.texts(),
        *teller.taken_back(),
        *teller.staff_acts(),
        *_weather(forecast),
    ]
    return sorted(told, key=lambda entry: (entry.at, _ORDER.index(entry.sort), entry.who, entry.words))


def _weather(forecast: Forecast) -> Iterator[Entry]:
    for outage in forecast.outages:
        for at, words in ((outage.starts_at, "takes nothing any more"), (outage.ends_at, "is back")):
            yield Entry(at, time_words(local(at, ZONE)), PROVIDER, Sort.WEATHER, f"The text provider {words}.")


class _Teller:
    """Finds what belongs together in the ledger."""

    def __init__(self, ledger: Ledger, staff: Mapping[UUID, str]) -> None:
        self._ledger = ledger
        self._staff = staff
        self._answers = {answer.message_id: answer for answer in ledger.answers}
        self._consents = {event.message_id: event for event in ledger.consents}
        self._tasks = defaultdict(list)
        for task in ledger.tasks:
            self._tasks[task.message_id].append(task)
        self._replied = {message.in_reply_to for message in ledger.messages}

    def nudges(self) -> Iterator[Entry]:
        """Those that went and those that were held back, each at its moment."""
        for row in self._ledger.nudges:
            nudge, message = row.nudge, row.message
            about = (
                f"{nudge.behaviour}: {spoken(nudge.behaviour, row.activity.nudge_words, row.activity.words, row.helps)}"
            )
            if nudge.status is NudgeStatus.SENT and message is not None and message.sending_at is not None:
                notes = (self._why(row), *self._how(row))
                yield self._entry(message.sending_at, nudge.patient_id, Sort.NUDGE, about, notes)
            elif nudge.status in HELD and nudge.settled_at is not None and nudge.reason is not None:
                notes = (f"Held back: {REASON_WORDS[nudge.reason]}.", *self._tries(row))
                yield self._entry(nudge.settled_at, nudge.patient_id, Sort.HELD_BACK, about, notes)

    def texts(self) -> Iterator[Entry]:
        """Every text that is no nudge, in both directions."""
        for message in self._ledger.messages:
            words = " / ".join(message.body.splitlines())
            if message.kind is MessageKind.INBOUND:
                notes = tuple(self._what_came_of(message.id))
                yield self._entry(message.created_at, message.patient_id, Sort.TEXT_IN, f'"{words}"', notes)
            elif message.kind is not MessageKind.NUDGE and message.sending_at is not None:
                author = self._staff.get(message.author_id) if message.author_id else None
                label = f"from {author}" if author else LABELS[message.kind]
                yield self._entry(message.sending_at, message.patient_id, Sort.TEXT_OUT, f"{label}: {words}")

    def taken_back(self) -> Iterator[Entry]:
        """What was planned from a revision that is no longer the current one, and what was planned in its place."""
        replaced: Counter[tuple[datetime, UUID, Reason]] = Counter()
        planned: Counter[tuple[datetime, UUID]] = Counter()
        for row in self._ledger.nudges:
            nudge = row.nudge
            if nudge.status is NudgeStatus.CANCELLED and nudge.settled_at is not None and nudge.reason is not None:
                replaced[nudge.settled_at, nudge.patient_id, nudge.reason] += 1
            if nudge.revision_number > 1:
                planned[nudge.planned_at, nudge.patient_id] += 1
        for (at, patient_id, reason), count in replaced.items():
            words = f"{count} planned texts taken back: {REASON_WORDS[reason]}."
            yield self._entry(at, patient_id, Sort.HELD_BACK, words)
        first = {patient_id: at for at, patient_id in sorted(planned, reverse=True)}
        for patient_id, at in first.items():
            words = f"{planned[at, patient_id]} texts planned from the new plan, for the coming fortnight."
            yield self._entry(at, patient_id, Sort.PLANNED, words)

    def staff_acts(self) -> Iterator[Entry]:
        """What staff settled, and what they changed."""
        for task in self._ledger.tasks:
            if task.completed_at is not None and task.completed_by is not None:
                whose = f"{self._name(task.patient_id)}'s" if task.patient_id else "the stranger's"
                about = "text" if task.kind is not TaskKind.CONTACT_ANOTHER_WAY else "stop"
                late = "in time" if task.completed_at <= task.due_at else "LATE"
                notes = (f"Promised by {self._moment(task.due_at)}: {late}.",)
                yield self._act(task.completed_at, task.completed_by, f"on {whose} {about}: {task.outcome}", notes)
        for entry in self._ledger.audit:
            did = _ACTS.get(entry.action)
            if did is not None and entry.actor_id is not None and entry.patient_id is not None:
                yield self._act(entry.recorded_at, entry.actor_id, did.format(name=self._name(entry.patient_id)), ())

    def _act(self, at: datetime, staff_id: UUID, words: str, notes: tuple[str, ...]) -> Entry:
        return Entry(at, time_words(local(at, ZONE)), self._staff[staff_id], Sort.STAFF, words, notes)

    def _entry(
        self, at: datetime, patient_id: UUID | None, sort: Sort, words: str, notes: tuple[str, ...] = ()
    ) -> Entry:
        zone = self._ledger.patients[patient_id].time_zone if patient_id else ZONE
        who = self._name(patient_id)
        if zone != ZONE:
            who += f" ({zone.rpartition('/')[2].replace('_', ' ')})"
        return Entry(at, time_words(local(at, zone)), who, sort, words, notes)

    def _name(self, patient_id: UUID | None) -> str:
        return self._ledger.patients[patient_id].given_name if patient_id else STRANGER

    def _why(self, row: NudgeRow) -> str:
        agreed = local(row.agreed_at, ZONE) if row.agreed_at else None
        when = f", agreed on {agreed.day} {agreed:%B}" if agreed else ""
        return f'Plan: "{row.activity.words.rstrip(".")}"{when}.'

    def _how(self, row: NudgeRow) -> Iterator[str]:
        """Whatever was out of the ordinary on its way."""
        nudge, message = row.nudge, row.message
        zone = self._ledger.patients[nudge.patient_id].time_zone
        if nudge.held_reason is not None:
            yield f"Put off until now: {REASON_WORDS[nudge.held_reason]}."
        yield from self._tries(row)
        if message is None:
            return
        lost = [tried for tried in self._ledger.attempts[message.id] if tried.outcome is MessageStatus.UNKNOWN]
        if lost:
            yield "The provider gave no answer: unknown. It may have gone, so it was not sent again."
        if lost and message.settled_at is not None:
            knew_at = time_words(local(message.settled_at, zone))
            yield f"The provider was asked, and at {knew_at} knew of it: {message.status}."

    def _tries(self, row: NudgeRow) -> Iterator[str]:
        tries = self._ledger.attempts[row.message.id] if row.message else ()
        refused = [tried for tried in tries if tried.outcome is MessageStatus.TEMPORARY_FAILURE]
        if refused:
            began = local(refused[0].started_at, self._ledger.patients[row.nudge.patient_id].time_zone)
            yield f"Tried {len(refused)} times from {time_words(began)} on; the provider took none."

    def _what_came_of(self, message_id: UUID) -> Iterator[str]:
        answer = self._answers.get(message_id)
        if answer is not None and answer.kind is AnswerKind.NUMBER:
            yield f"Recorded: {answer.number}."
        elif answer is not None:
            yield f"Recorded: {answer.kind}."
        event = self._consents.get(message_id)
        if event is not None:
            on = event.status is ConsentStatus.GIVEN
            yield "Texts are on again." if on else "Texts are stopped from this moment on."
        for task in self._tasks[message_id]:
            urgent = "URGENT, first in the inbox" if task.priority is TaskPriority.URGENT else "In the inbox"
            yield f"{urgent}: somebody looks by {self._moment(task.due_at)}."

    @staticmethod
    def _moment(at: datetime) -> str:
        return moment(local(at, ZONE))


_ACTS = {
    "preference.replace": "wrote down when and how often {name} wants texts.",
    "care-plan.revise": "revised {name}'s plan. Nothing goes from it until {name} has agreed.",
    "care-plan.agree": "wrote down that {name} agreed to the plan.",
}


def between(told: Iterable[Entry], starts_at: datetime, ends_at: datetime) -> list[Entry]:
    """Those from `starts_at` on and before `ends_at`."""
    return [entry for entry in told if starts_at <= entry.at < ends_at]
