"""Who are the virtual year's patients, and what is known of each without asking the product?"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, AgreedHow, Content, Goal, Helps
from companion.domain.preference import Ceilings
from companion.domain.working_hours import WEEK, Hours, Weekday
from companion.use_cases import care_plan, pain_service, patient, staff, wording
from companion.use_cases.pain_service import Opening
from companion.use_cases.patient import Enrolment

PASSWORD = "correct horse battery staple"  # noqa: S105 (of people who do not exist)
ALWAYS = Hours(time(0), time(0), frozenset(WEEK), on_bank_holidays=True)
NOBODY = UUID(int=0)
WORKING_DAYS = frozenset(WEEK[:5])
SUNDAY = frozenset({Weekday.SUN})
SERVICES = ("West Lancashire", "Fylde", "Calderdale")
ZONES = ("Europe/London",) * 17 + ("Europe/Lisbon", "Europe/Paris", "Europe/Athens")
SAYINGS = {
    Behaviour.CURIOUS: "how has your pain been today?",
    Behaviour.HEALTHY: "the walk to the gate",
    Behaviour.DEMAND: "ask about the second opinion",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What held from the moment at which the product had answered: the clock's instant, and the machine's second."""

    at: datetime
    real: float
    value: object


@dataclass(slots=True)
class Person:
    """One patient, and the diary of what they, and staff for them, have changed: the recount believes only this.

    hour: that of every line of their plan, where it is not drawn for each.
    """

    index: int
    service: int
    number: str
    zone: ZoneInfo
    hours: Hours
    ceilings: Ceilings
    consents: bool
    agrees: bool
    hour: time | None = None
    id: UUID = NOBODY
    plan_id: UUID = NOBODY
    consent_log: list[Change] = field(default_factory=list)
    revision_log: list[Change] = field(default_factory=list)
    preference_log: list[Change] = field(default_factory=list)

    def wall(self, at: datetime) -> datetime:
        """That instant on this person's wall clock."""
        return at.astimezone(self.zone)


def content(person: Person, revision: int) -> Content:
    """What the plan says at that revision: every line's words end in a mark such as (walk/2)."""
    dice = random.Random(person.index)
    days, owl = person.hours.days_of_week, person.hours.local_end == time(6)
    activities = []
    for name, behaviour in (("pain", Behaviour.CURIOUS), ("walk", Behaviour.HEALTHY), ("ask", Behaviour.DEMAND)):
        start, end = person.hours.local_start.hour * 60, (person.hours.local_end.hour or 24) * 60
        minute = 90 if owl else dice.randrange(start, end - 60, 15)
        # One line in ten leaves the hour to the planner.
        wall = person.hour or (None if dice.random() < 0.1 else time(minute // 60, minute % 60))
        activities.append(
            Activity(
                behaviour,
                f"{SAYINGS[behaviour]} ({name}/{revision})",
                days,
                line=name,
                already_helps_line="gate" if behaviour is Behaviour.HEALTHY else None,
                nudge_words=f"{SAYINGS[behaviour]} ({name}/{revision})",
                time_of_day=wall,
            )
        )
    goals = (Goal("To see the garden through the year", line="garden", importance=8, confidence=5),)
    return Content("My family", (Helps("a walk to the gate", line="gate"),), goals, tuple(activities))


def drawn(many: int, seed: int) -> list[Person]:
    """So many people, the same ones for the same seed."""
    dice = random.Random(f"{seed}/people")
    return [_person(index, dice) for index in range(many)]


def _person(index: int, dice: random.Random) -> Person:
    kind = dice.random()
    start = dice.choice((8, 8, 9, 10, 11))
    hours = Hours(time(start), time(dice.choice((14, 16, 17, 18, 18))), WORKING_DAYS)
    zone = dice.choice(ZONES)
    if kind < 0.05:  # awake at the hour that a Sunday in March lacks and one in October has twice
        hours, zone = Hours(time(0), time(6), SUNDAY, on_bank_holidays=True), "Europe/London"
    elif kind < 0.1:
        hours = Hours(time(8), time(21), frozenset(WEEK), on_bank_holidays=True)
    ceilings = Ceilings(daily=dice.choice((1, 1, 1, 2)), weekly=dice.choice((1, 2, 3, 3, 3, 3, 5)))
    number = f"+4470000{index:05d}"
    service = index % len(SERVICES)
    return Person(index, service, number, ZoneInfo(zone), hours, ceilings, dice.random() > 0.03, dice.random() > 0.02)


def let_in(people: Sequence[Person], now: datetime, real: float) -> list[Actor]:
    """Put everybody into the database through the use cases; the clinician of each pain service."""
    clinicians, nhs_numbers = [], _nhs_numbers(len(people))
    for number, name in enumerate(SERVICES):
        service = pain_service.create(
            Opening(f"{name} Pain Service", "iHELP pain service", "01632 960123", text_hours=ALWAYS), now
        )
        email = f"clinician-{number}@example.nhs.uk"
        member = staff.add(system(service.id), "Ben Okafor", email, PASSWORD, [Role.CLINICIAN], now)
        actor = Actor(ActorKind.STAFF, service.id, member.id, frozenset({Role.CLINICIAN}))
        for draft in wording.listed(actor):
            wording.approve(actor, draft.id, now)
        mine = [person for person in people if person.service == number]
        enrolled = patient.enrol_many(actor, [_enrolment(person, nhs_numbers[person.index]) for person in mine], now)
        for person, row in zip(mine, enrolled, strict=True):
            person.id = row.id
        clinicians.append(actor)
    for person in people:
        agree_first(clinicians[person.service], person, now, real)
    return clinicians


def agree_first(actor: Actor, person: Person, now: datetime, real: float) -> None:
    """Write the person's plan, with their agreement if they give it."""
    view = care_plan.draft(actor, person.id, content(person, 1), now)
    person.plan_id = view.plan.id
    if person.agrees:
        care_plan.agree(actor, view.plan.id, view.plan.version, AgreedHow.IN_PERSON, now, now)
        person.revision_log.append(Change(now, real, (1, True)))
    person.consent_log.append(Change(now, real, person.consents))
    person.preference_log.append(Change(now, real, (person.hours, person.ceilings)))


def _enrolment(person: Person, nhs_number: str) -> Enrolment:
    return Enrolment(
        given_name="Sam",
        family_name=f"Patient {person.index}",
        nhs_number=nhs_number,
        mobile=person.number,
        time_zone=str(person.zone),
        consent_to_texts=person.consents,
        hours=person.hours,
        ceilings=person.ceilings,
    )


def _nhs_numbers(most: int) -> list[str]:
    """So many sound numbers of the 999 range, which no person has."""
    found: list[str] = []
    for block in count():
        digits = f"999{block:06d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            found.append(f"{digits}{check % 11}")
        if len(found) == most:
            break
    return found
