"""How does the demonstration come into an empty database? Through the use cases alone, as everything does."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from api.demo import fortnight
from api.demo.cast import PASSWORD, TROUPES, Patient, Troupe
from api.demo.fortnight import Progress
from api.demo.stage import ZONE, Enrolled, Opened, Promise, Stage, working_days
from companion.domain.access import Actor, ActorKind, system
from companion.domain.care_plan import AgreedHow
from companion.domain.local_time import instant, local
from companion.domain.preference import DEFAULT_HOURS, Ceilings
from companion.domain.refusal import ConflictError
from companion.use_cases import care_plan, nudge, pain_service, patient, preference, staff, wording
from nudges.providers.gateway import Gateway

SEED = 1
# Nobody is texted in these: the people are assessed, and agree their plans.
WEEKS_BEFORE = timedelta(days=28)
FIRST_TEXT = timedelta(seconds=45)
PAUSED = "Farida"
PAUSED_FOR = timedelta(days=11)


def fill(gateway: Gateway, now: datetime, progress: Progress) -> None:
    """Put the cast into an empty database and play the fortnight that ends at `now`.

    The phones then show two weeks of conversation, and Amina's next nudge comes within a minute: it is brought
    forward, as the simulator's own button does it, and passes the same checks as any other. `progress` hears of
    hours played and hours in all. The same `now` gives the same story.

    Raises:
        ConflictError: there is a pain service already.
    """
    first = local(now, ZONE).date() - timedelta(days=fortnight.DAYS)
    stage = assemble(first)
    fortnight.play(stage, gateway, first, now, SEED, progress)
    amina = stage.main.patients["Amina"]
    nudge.bring_forward(system(stage.main.service_id), amina.id, now, now + FIRST_TEXT)


def assemble(first: date) -> Stage:
    """Open the pain services, with their staff, wordings, patients and agreed plans, in the weeks before `first`.

    Raises:
        ConflictError: there is a pain service already.
    """
    if pain_service.every():
        raise ConflictError("This database already has a pain service. The demonstration needs an empty database.")
    days = working_days(first - WEEKS_BEFORE, first - timedelta(days=1))
    # An hour apart: the one that was opened first reads what strangers text.
    return Stage([_open(troupe, days, first, time(9 + index)) for index, troupe in enumerate(TROUPES)])


def _open(troupe: Troupe, days: list[date], first: date, at: time) -> Opened:
    now = instant(days[0], at, ZONE)
    service = pain_service.create(troupe.opening, now)
    opened = Opened(troupe, service.id, {})
    for member in troupe.staff:
        added = staff.add(system(service.id), member.name, member.email, PASSWORD, [member.role], now)
        actor = Actor(ActorKind.STAFF, service.id, added.id, frozenset({member.role}))
        opened.staff[member.first_name] = actor
    for draft in wording.listed(opened.clinician):
        wording.approve(opened.clinician, draft.id, now)
    # One assessment a day, the last of them on the last working day before the texts begin.
    for someone, day in zip(troupe.patients, days[-len(troupe.patients) :], strict=True):
        opened.patients[someone.name] = _enrol(opened, someone, instant(day, time(10, 30), ZONE))
    if PAUSED in opened.patients:
        _pause(opened, opened.patients[PAUSED], instant(first + PAUSED_FOR, time(0), ZONE))
    return opened


def _enrol(opened: Opened, someone: Patient, now: datetime) -> Enrolled:
    """An assessment: the person joins, and agrees the plan before they go home."""
    enrolment = someone.enrolment
    made = patient.enrol(opened.clinician, enrolment, now)
    drafted = care_plan.draft(opened.clinician, made.id, someone.plan, now)
    agreed_at = now + timedelta(minutes=40)
    agreed = care_plan.agree(
        opened.clinician, drafted.plan.id, drafted.plan.version, AgreedHow.IN_PERSON, agreed_at, agreed_at
    )
    promise = Promise(now, enrolment.hours or DEFAULT_HOURS, enrolment.ceilings or Ceilings(), enrolment.time_zone)
    return Enrolled(someone, made.id, agreed.plan.id, [promise])


def _pause(opened: Opened, enrolled: Enrolled, until: datetime) -> None:
    held = preference.read(opened.clinician, enrolled.id, enrolled.promises[-1].from_at)
    paused = replace(enrolled.promises[-1], paused_until_at=until)
    preference.replace(
        opened.clinician, enrolled.id, held.version, paused.hours, paused.ceilings, until, paused.from_at
    )
    enrolled.promises.append(paused)
