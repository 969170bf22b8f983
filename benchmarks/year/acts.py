"""What do people do in the course of the year, and when had the product answered?

Patients text, by signed posts; staff revise plans, change preferences and write, through the use cases. Each change
goes into the person's own diary once the product has said yes.
"""

import random
import time as machine
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from uuid import UUID

from benchmarks.keys import RING
from benchmarks.year.clock import WorldClock
from benchmarks.year.database import rows
from benchmarks.year.people import Change, Person, content
from benchmarks.year.post import PostOffice, inbound
from benchmarks.year.provider import Provider
from companion.domain.access import Actor
from companion.domain.care_plan import AgreedHow
from companion.domain.preference import Ceilings
from companion.domain.refusal import ConflictError
from companion.domain.working_hours import Hours
from companion.models import Message
from companion.use_cases import care_plan, message, preference, task

ANSWERS = ("Y", "N", "7", "0", "10", "a bit better than last week", "y thanks", "No", "It rained, so I danced at home")
STOPS = ("STOP", "stop", "Please stop texting me", "Stop.")
URGENT = "I want to kill myself"
MOST_POSTS = 5


@dataclass
class Acts:
    """Everybody, and what they have done so far. `sent_in`: the id of every text from a phone that was answered."""

    clock: WorldClock
    provider: Provider
    office: PostOffice
    people: Sequence[Person]
    clinicians: Sequence[Actor]
    database_url: str
    faults: Counter[str]
    sent_in: list[str] = field(default_factory=list)
    waiting: list[tuple[float, Person]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    texted: int = 0

    def do(self, kind: str, person: Person, chance: float) -> None:
        """One act of one person, or of staff for them."""
        self.done[kind] += 1
        getattr(self, f"_{kind}")(person, chance)

    def in_flight(self) -> list[Person]:
        """Whose text is on its way out at this very moment."""
        found = rows(
            self.database_url,
            "SELECT number_index FROM message"
            " WHERE status IN ('sending', 'created') AND kind = 'nudge' ORDER BY status DESC",
        )
        by_number = {Message.number.find(RING, person.number).hex: person for person in self.people}
        numbers = [str(index).replace("-", "") for (index,) in found]
        return [by_number[number] for number in numbers if number in by_number]

    def texts(self, person: Person, words: str, again: bool = False) -> bool:
        """A phone texts, and the provider posts it until it is answered; `again`: it posts it once more than needed."""
        self.provider.hears(person.number, words)
        self.texted += 1
        sid = f"SMf{self.texted:031x}"  # no text of ours has one that begins so
        for _ in range(MOST_POSTS):
            if 200 <= self.office.post(inbound(sid, person.number, words)) < 300:
                break
        else:
            return False
        self.sent_in.append(sid)
        if again:
            self.faults["inbound repeated"] += 1
            self.office.post(inbound(sid, person.number, words))
        return True

    def agree_those_waiting(self) -> None:
        """Patients agree to what was revised some hours ago, and the clinician writes it down."""
        now = self.clock.now().timestamp()
        ready = [person for due, person in self.waiting if due <= now]
        self.waiting = [(due, person) for due, person in self.waiting if due > now]
        for person in ready:
            actor = self.clinicians[person.service]
            view = care_plan.read(actor, person.plan_id, self.clock.now())
            if view.agreement is None:
                care_plan.agree(
                    actor, person.plan_id, view.plan.version, AgreedHow.PHONE, self.clock.now(), self.clock.now()
                )
                self._note(person.revision_log, (view.revision.number, True))

    def answer_urgent(self) -> None:
        """Staff deal with whatever is urgent."""
        wanted = "SELECT id, pain_service_id FROM task WHERE status = 'requested' AND priority = 'urgent'"
        for task_id, service_id in rows(self.database_url, wanted):
            actor = next(each for each in self.clinicians if each.pain_service_id == UUID(str(service_id)))
            task.complete(actor, UUID(str(task_id)), "We called.", self.clock.now())

    def _answer(self, person: Person, chance: float) -> None:
        self.texts(person, random.Random(chance).choice(ANSWERS), again=chance < 0.1)

    def _urgent(self, person: Person, chance: float) -> None:
        self.texts(person, URGENT, again=chance < 0.5)

    def _stop(self, person: Person, chance: float) -> None:
        """Those who have stopped start again, some of them."""
        stopped = person.consent_log[-1].value is False
        words = "START" if stopped else random.Random(chance).choice(STOPS)
        if stopped and not any(change.value for change in person.consent_log):
            return
        said = Change(self.clock.now(), machine.monotonic(), stopped)
        if self.texts(person, words, again=chance < 0.3):
            # A STOP holds once it is answered; a START from when it is said, for its own answer may be there first.
            person.consent_log.append(said) if stopped else self._note(person.consent_log, stopped)

    def _revise(self, person: Person, chance: float) -> None:
        if not person.revision_log:
            return
        actor = self.clinicians[person.service]
        plan = care_plan.read(actor, person.plan_id, self.clock.now()).plan
        next_revision = plan.current_revision + 1
        made = content(person, next_revision)
        care_plan.revise(actor, plan.id, plan.version, made, "It no longer fits.", self.clock.now())
        self._note(person.revision_log, (next_revision, False))
        self.waiting.append((self.clock.now().timestamp() + chance * 30 * 3600, person))

    def _prefer(self, person: Person, chance: float) -> None:
        """Narrower hours, another ceiling, or a pause."""
        dice = random.Random(chance)
        hours, _ = _preference(person)
        if hours.local_end > time(12):
            start = time(dice.choice((8, 9, 10, 12)))
            hours = Hours(start, time(dice.choice((15, 17, 18))), hours.days_of_week, hours.on_bank_holidays)
        ceilings = Ceilings(daily=dice.choice((1, 1, 2)), weekly=dice.choice((1, 2, 3, 4)))
        actor, now = self.clinicians[person.service], self.clock.now()
        version = preference.read(actor, person.id, now).version
        paused = now + timedelta(days=2) if chance < 0.1 else None
        preference.replace(actor, person.id, version, hours, ceilings, paused, now)
        self._note(person.preference_log, (hours, ceilings))

    def _write(self, person: Person, _chance: float) -> None:
        actor = self.clinicians[person.service]
        try:
            message.write(
                actor, person.id, f"We called you; text us a good time (note {self.done['write']})", self.clock.now()
            )
        except ConflictError:
            self.done["write refused"] += 1

    def _note(self, diary: list[Change], value: object) -> None:
        diary.append(Change(self.clock.now(), machine.monotonic(), value))


def _preference(person: Person) -> tuple[Hours, Ceilings]:
    value = person.preference_log[-1].value
    if not isinstance(value, tuple):
        raise TypeError("A diary of preferences holds hours and ceilings.")
    hours, ceilings = value
    return hours, ceilings
