"""Beat 1: which nudges follow from the active plans? Inserted if absent, so that a beat may run twice anywhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from companion.bulk import among, claim, insert_if_absent
from companion.db import keyed_transaction, reading
from companion.domain import bank_holiday
from companion.domain.care_plan import NUDGEABLE, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.models import Activity, CarePlan, Nudge, PainService, Patient, PlanChange, Preference
from nudges.deciding.facts import ceilings, hours
from nudges.deciding.policy import CERTAIN, ROTATION, rotation
from nudges.deciding.schedule import HORIZON, PlanLine, slots

# The days in hand when a plan is looked at again. One would do in London; the other is for who lives west of here.
LOOK_AHEAD = HORIZON - timedelta(days=2)
# So many people's plans are one transaction of a few statements, however many there are in all.
BATCH = 500
LIVE = frozenset({NudgeStatus.PLANNED, NudgeStatus.CLAIMED, NudgeStatus.SENT})

# What makes a plan one that nudges are planned for: it stands agreed, and the person wants texts.
WANTED = and_(
    CarePlan.status == CarePlanStatus.ACTIVE,
    CarePlan.agreed_revision == CarePlan.current_revision,
    Patient.status == PatientStatus.ACTIVE,
    Patient.text_consent == ConsentStatus.GIVEN,
    Patient.restricted_at.is_(None),
)
# Planned from a revision, or from preferences, that are no longer the current ones (P10, P2).
OUTDATED = and_(
    CarePlan.planned_revision.is_not(None),
    or_(CarePlan.planned_revision != CarePlan.current_revision, CarePlan.planned_preference != Preference.version),
)


def plan(now: datetime) -> int:
    """Plan the coming fortnight for every plan where something is new, and drop what old revisions had planned.

    Returns how many nudges were offered to the table; those that stood there already are left as they are.
    """
    waiting = _waiting(now)
    patient_ids = sorted(waiting)
    batches = [patient_ids[first : first + BATCH] for first in range(0, len(patient_ids), BATCH)]
    if len(batches) < 2:
        return sum(_plan_batch(waiting, batch, now) for batch in batches)
    with ThreadPoolExecutor(_at_once(), "planner") as pool:
        # The context says which database is meant.
        given = [pool.submit(copy_context().run, _plan_batch, waiting, batch, now) for batch in batches]
        return sum(each.result() for each in given)


def _at_once() -> int:
    """How many batches are planned at the same time. While PostgreSQL writes one, we work out the next; they have
    nobody in common, so that neither waits for the other. SQLite lets one write at a time."""
    with reading() as session:
        return 2 if session.get_bind().dialect.name == "postgresql" else 1


def _plan_batch(waiting: Mapping[UUID, Sequence[int]], patient_ids: Sequence[UUID], now: datetime) -> int:
    with keyed_transaction() as session:
        return _look(session, {patient_id: waiting[patient_id] for patient_id in patient_ids}, now)


def _waiting(now: datetime) -> dict[UUID, list[int]]:
    """At whose plans to look, each with the changes that say so. Where nothing is new, few rows are read for it.

    A plan is looked at when something was changed, and besides when its days run out, which is every other day while
    it is active, whoever changed what.
    """
    found: dict[UUID, list[int]] = defaultdict(list)
    with reading() as session:
        for change_id, patient_id in session.execute(select(PlanChange.id, PlanChange.patient_id)):
            found[patient_id].append(change_id)
        for patient_id in session.scalars(select(CarePlan.patient_id).where(CarePlan.look_on <= now.date())):
            found[patient_id] += ()
    return found


def _look(session: Session, waiting: Mapping[UUID, Sequence[int]], now: datetime) -> int:
    """Look at all plans of these people, and do what is to be done. Returns how many nudges that made."""
    rows = _held(session, list(waiting), now)
    _drop_restricted(session, [row.id for row in rows if row.restricted], now)
    _drop_outdated(session, [row.id for row in rows if row.outdated], now)
    new = {row.id: row for row in rows if row.wanted and (row.outdated or row.ahead)}
    _put_off(session, [row for row in rows if row.id not in new], now)
    _forget(session, waiting, [row.id for row in rows])
    return _plan(session, list(new.values()), now)


def _held(session: Session, patient_ids: Collection[UUID], now: datetime) -> Sequence[Any]:
    """The plans of these people as plain rows, with their preferences. Held until the transaction ends; one that
    somebody else holds waits for the next beat instead of us waiting for them."""
    wanted_through = (now + HORIZON).date() - timedelta(days=1)
    asked: Select[*tuple[Any, ...]] = select(
        CarePlan.id,
        CarePlan.pain_service_id,
        CarePlan.patient_id,
        CarePlan.status,
        CarePlan.current_revision,
        CarePlan.planned_through_on,
        CarePlan.look_on,
        Patient.time_zone,
        Preference.local_start,
        Preference.local_end,
        Preference.days_of_week,
        Preference.on_bank_holidays,
        Preference.daily_ceiling,
        Preference.weekly_ceiling,
        Preference.version.label("preference_version"),
        OUTDATED.label("outdated"),
        WANTED.label("wanted"),
        Patient.restricted_at.is_not(None).label("restricted"),
        or_(CarePlan.planned_revision.is_(None), CarePlan.planned_through_on < wanted_through).label("ahead"),
    )
    asked = asked.join(Patient, Patient.id == CarePlan.patient_id)
    asked = asked.join(Preference, Preference.patient_id == CarePlan.patient_id)
    asked = asked.where(among(session, CarePlan.patient_id, patient_ids)).order_by(CarePlan.id)
    return session.execute(asked.with_for_update(of=CarePlan, skip_locked=True)).all()


def _put_off(session: Session, rows: Sequence[Any], now: datetime) -> None:
    """Of plans that nothing was planned for: when to look again, though nobody change anything meanwhile.

    An active one that the person wants no texts of is looked at too. Changes say so themselves when that ends; this is
    for what might keep them from it.
    """
    again: dict[date | None, list[UUID]] = defaultdict(list)
    for row in rows:
        through = row.planned_through_on if row.wanted else local(now, row.time_zone).date() + HORIZON
        look_on = through - LOOK_AHEAD if row.status is CarePlanStatus.ACTIVE else None
        if look_on != row.look_on:
            again[look_on].append(row.id)
    for look_on, plan_ids in again.items():
        session.execute(update(CarePlan).where(among(session, CarePlan.id, plan_ids)).values(look_on=look_on))


def _forget(session: Session, waiting: Mapping[UUID, Sequence[int]], plan_ids: Sequence[UUID]) -> None:
    """Remove the changes that were acted on: not those of people of whose plans somebody else holds one.

    They were read before the plans were: a change made since has a row of its own.
    """
    changes = [change_id for change_ids in waiting.values() for change_id in change_ids]
    if not changes:
        return
    theirs, held = among(session, CarePlan.patient_id, list(waiting)), among(session, CarePlan.id, plan_ids)
    left = select(CarePlan.patient_id).where(theirs, not_(held))
    seen = select(PlanChange.id).where(among(session, PlanChange.id, changes), PlanChange.patient_id.not_in(left))
    claim(session, seen, delete(PlanChange), PlanChange.id)


def _drop_restricted(session: Session, plan_ids: Sequence[UUID], now: datetime) -> None:
    """Cancel what these plans have planned: their people's records rest. The end of it comes with a new version of
    the preferences, and so with a new plan."""
    if plan_ids:
        planned = (among(session, Nudge.care_plan_id, plan_ids), Nudge.status == NudgeStatus.PLANNED)
        held = select(Nudge.id).where(*planned).with_for_update(skip_locked=True)
        cancelled = {"status": NudgeStatus.CANCELLED, "reason": Reason.RESTRICTED, "settled_at": now}
        session.execute(update(Nudge).where(Nudge.id.in_(held)).values(cancelled))


def _drop_outdated(session: Session, plan_ids: Sequence[UUID], now: datetime) -> None:
    """Cancel what these plans have planned from what is no longer current.

    Planned again, it gets times that fit; left as it was it would lapse slot by slot for a fortnight. What a sender
    holds at this moment is skipped: the gate decides about it.
    """
    if not plan_ids:
        return
    for changed, reason in (
        (Nudge.revision_number != CarePlan.current_revision, Reason.REVISION_STALE),
        (Nudge.preference_version != Preference.version, Reason.PREFERENCES_CHANGED),
    ):
        stale = (
            select(Nudge.id)
            .join(CarePlan, CarePlan.id == Nudge.care_plan_id)
            .join(Preference, Preference.patient_id == Nudge.patient_id)
            .where(among(session, Nudge.care_plan_id, plan_ids), Nudge.status == NudgeStatus.PLANNED, changed)
            .with_for_update(of=Nudge, skip_locked=True)
            .correlate(None)
        )
        cancelled = {"status": NudgeStatus.CANCELLED, "reason": reason, "settled_at": now}
        session.execute(update(Nudge).where(Nudge.id.in_(stale)).values(cancelled))
    session.execute(update(CarePlan).where(among(session, CarePlan.id, plan_ids)).values(planned_revision=None))


def _plan(session: Session, rows: Sequence[Any], now: datetime) -> int:
    """Plan for these plans, and mark how far; how many nudges that made."""
    if not rows:
        return 0
    services = {service.id: service for service in session.scalars(select(PainService))}
    lines = _lines(session, [row.id for row in rows])
    standing = _standing(session, [row.patient_id for row in rows], now.date())
    nudges: list[dict[str, Any]] = []
    marks: dict[tuple[int, int, date], list[UUID]] = defaultdict(list)
    for row in rows:
        through = local(now, row.time_zone).date() + HORIZON
        nudges += _nudges(row, services[row.pain_service_id], lines[row.id], standing[row.patient_id], now, through)
        marks[row.current_revision, row.preference_version, through].append(row.id)
    insert_if_absent(session, Nudge, nudges)
    for (revision, version, through), plan_ids in marks.items():
        mark = {"planned_revision": revision, "planned_preference": version, "planned_through_on": through}
        alike = update(CarePlan).where(among(session, CarePlan.id, plan_ids))
        session.execute(alike.values(look_on=through - LOOK_AHEAD, **mark))
    return len(nudges)


def _nudges(
    row: Any,
    service: PainService,
    lines: Sequence[PlanLine],
    standing: Sequence[Any],
    now: datetime,
    through: date,
) -> Iterable[dict[str, Any]]:
    basis = row.current_revision, row.preference_version
    holidays = bank_holiday.around(service.bank_holiday_region, now.date())
    open_slots = slots(row.id, lines, hours(row), row.time_zone, holidays, now, through)
    taken = {
        (nudge.line, nudge.slot_on)
        for nudge in standing
        if nudge.care_plan_id == row.id
        and (nudge.status in LIVE or (nudge.revision_number, nudge.preference_version) == basis)
    }
    free = [slot for slot in open_slots if (slot.line, slot.slot_on) not in taken] if taken else open_slots
    past = [(nudge.slot_on, nudge.behaviour) for nudge in standing if nudge.status in LIVE]
    for slot in rotation(free, ceilings(row, service), past):
        yield {
            "id": uuid4(),
            "pain_service_id": row.pain_service_id,
            "patient_id": row.patient_id,
            "care_plan_id": row.id,
            "revision_number": row.current_revision,
            "preference_version": row.preference_version,
            "line": slot.line,
            "behaviour": slot.behaviour,
            "slot_on": slot.slot_on,
            "due_at": slot.due_at,
            "expires_at": slot.expires_at,
            "status": NudgeStatus.PLANNED,
            "policy": ROTATION,
            "probability": CERTAIN,
            "planned_at": now,
        }


def _lines(session: Session, plan_ids: Sequence[UUID]) -> dict[UUID, list[PlanLine]]:
    """What each plan's current revision lets us speak of."""
    found: dict[UUID, list[PlanLine]] = defaultdict(list)
    asked = (
        select(
            Activity.care_plan_id,
            Activity.line,
            Activity.behaviour,
            Activity.days_of_week,
            Activity.time_of_day,
            Activity.recurrence,
            Activity.starts_on,
            Activity.due_on,
        )
        .join(CarePlan, CarePlan.id == Activity.care_plan_id)
        .where(
            among(session, Activity.care_plan_id, plan_ids),
            Activity.revision_number == CarePlan.current_revision,
            Activity.status.in_(NUDGEABLE),
        )
        .order_by(Activity.position)
    )
    for row in session.execute(asked):
        found[row.care_plan_id].append(PlanLine(*row[1:]))
    return found


def _standing(session: Session, patient_ids: Sequence[UUID], today: date) -> dict[UUID, list[Any]]:
    """Each person's nudges from nine days ago on, whatever became of them: enough for any week's ceiling."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    asked = select(
        Nudge.patient_id,
        Nudge.care_plan_id,
        Nudge.revision_number,
        Nudge.preference_version,
        Nudge.line,
        Nudge.behaviour,
        Nudge.slot_on,
        Nudge.status,
    ).where(among(session, Nudge.patient_id, patient_ids), Nudge.slot_on >= today - timedelta(days=9))
    for nudge in session.execute(asked):
        found[nudge.patient_id].append(nudge)
    return found
