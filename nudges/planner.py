"""Beat 1: which nudges follow from the active plans? Inserted if absent, so that a beat may run twice anywhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVarTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from companion.bulk import insert_if_absent
from companion.db import reading, transaction
from companion.domain import bank_holiday
from companion.domain.care_plan import NUDGEABLE, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.models import Activity, CarePlan, Nudge, PainService, Patient, Preference
from nudges.facts import ceilings, hours
from nudges.policy import CERTAIN, ROTATION, rotation
from nudges.schedule import HORIZON, PlanLine, slots

# So many plans are one transaction of a few statements, however many there are in all.
BATCH = 500
LIVE = frozenset({NudgeStatus.PLANNED, NudgeStatus.CLAIMED, NudgeStatus.SENT})

Columns = TypeVarTuple("Columns")

# What makes a plan one that nudges are planned for: it stands agreed, and the person wants texts.
WANTED = and_(
    CarePlan.status == CarePlanStatus.ACTIVE,
    CarePlan.agreed_revision == CarePlan.current_revision,
    Patient.status == PatientStatus.ACTIVE,
    Patient.text_consent == ConsentStatus.GIVEN,
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
    offered, new = 0, _something_new(now)
    # Asked for once: to look for the next few time and again is to read over all those where nothing is new.
    with reading() as session:
        waiting = session.scalars(_joined(select(CarePlan.id)).where(new).order_by(CarePlan.id)).all()
    for first in range(0, len(waiting), BATCH):
        with transaction() as session:
            rows = _held(session, waiting[first : first + BATCH], new)
            _drop_outdated(session, [row.id for row in rows if row.outdated], now)
            offered += _plan(session, [row for row in rows if row.wanted], now)
    return offered


def _something_new(now: datetime) -> ColumnElement[bool]:
    wanted_through = (now + HORIZON).date() - timedelta(days=1)
    ahead = or_(CarePlan.planned_revision.is_(None), CarePlan.planned_through_on < wanted_through)
    return or_(OUTDATED, and_(WANTED, ahead))


def _joined(asked: Select[*Columns]) -> Select[*Columns]:
    with_patient = asked.join(Patient, Patient.id == CarePlan.patient_id)
    return with_patient.join(Preference, Preference.patient_id == CarePlan.patient_id)


def _held(session: Session, plan_ids: Sequence[UUID], new: ColumnElement[bool]) -> Sequence[Any]:
    """Those of the plans where something still is new, as plain rows: the plan's, with its person's preferences. Held
    until the transaction ends; one that somebody else holds waits for the next beat instead of us waiting for them."""
    asked: Select[*tuple[Any, ...]] = select(
        CarePlan.id,
        CarePlan.pain_service_id,
        CarePlan.patient_id,
        CarePlan.current_revision,
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
    )
    asked = _joined(asked).where(CarePlan.id.in_(plan_ids), new).order_by(CarePlan.id)
    return session.execute(asked.with_for_update(of=CarePlan, skip_locked=True)).all()


def _drop_outdated(session: Session, plan_ids: Sequence[UUID], now: datetime) -> None:
    """Cancel what these plans have planned from what is no longer current.

    Planned anew it comes at times that fit; left as it was it would lapse slot by slot for a fortnight. What a sender
    holds at this moment is passed over: it is decided about at the door.
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
            .where(Nudge.care_plan_id.in_(plan_ids), Nudge.status == NudgeStatus.PLANNED, changed)
            .with_for_update(of=Nudge, skip_locked=True)
            .correlate(None)
        )
        cancelled = {"status": NudgeStatus.CANCELLED, "reason": reason, "settled_at": now}
        session.execute(update(Nudge).where(Nudge.id.in_(stale)).values(cancelled))
    session.execute(update(CarePlan).where(CarePlan.id.in_(plan_ids)).values(planned_revision=None))


def _plan(session: Session, rows: Sequence[Any], now: datetime) -> int:
    """Plan for these plans, and mark how far; how many nudges that made."""
    if not rows:
        return 0
    services = {service.id: service for service in session.scalars(select(PainService))}
    lines = _lines(session, [row.id for row in rows])
    standing = _standing(session, [row.patient_id for row in rows], now.date())
    nudges: list[dict[str, Any]] = []
    marks: dict[tuple[int, date], list[UUID]] = defaultdict(list)
    for row in rows:
        through = local(now, row.time_zone).date() + HORIZON
        nudges += _nudges(row, services[row.pain_service_id], lines[row.id], standing[row.patient_id], now, through)
        marks[row.preference_version, through].append(row.id)
    insert_if_absent(session, Nudge, nudges)
    for (version, through), plan_ids in marks.items():
        mark = {"planned_revision": CarePlan.current_revision, "planned_preference": version}
        alike = update(CarePlan).where(CarePlan.id.in_(plan_ids))
        session.execute(alike.values(planned_through_on=through, **mark))
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
        select(Activity.care_plan_id, Activity.line, Activity.behaviour, Activity.days_of_week, Activity.time_of_day)
        .join(CarePlan, CarePlan.id == Activity.care_plan_id)
        .where(
            Activity.care_plan_id.in_(plan_ids),
            Activity.revision_number == CarePlan.current_revision,
            Activity.status.in_(NUDGEABLE),
        )
        .order_by(Activity.position)
    )
    for plan_id, line, behaviour, days_of_week, time_of_day in session.execute(asked):
        found[plan_id].append(PlanLine(line, behaviour, days_of_week, time_of_day))
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
    ).where(Nudge.patient_id.in_(patient_ids), Nudge.slot_on >= today - timedelta(days=9))
    for nudge in session.execute(asked):
        found[nudge.patient_id].append(nudge)
    return found
