"""Beat 1: which nudges follow from the active plans? Inserted if absent, so that a beat may run twice anywhere."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from companion.db import insert_if_absent, transaction
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

BATCH = 200
LIVE = (NudgeStatus.PLANNED, NudgeStatus.CLAIMED, NudgeStatus.SENT)


PlanRow = Row[CarePlan, Patient, Preference, PainService]


def plan(now: datetime) -> int:
    """Plan the coming fortnight for every plan where something is new, and drop what old revisions had planned.

    Returns how many nudges were offered to the table; those that stood there already are left as they are.
    """
    _drop_stale(now)
    offered = 0
    while True:
        planned = _plan_batch(now)
        if planned is None:
            return offered
        offered += planned


def _drop_stale(now: datetime) -> None:
    """Cancel what was planned from a revision, or from preferences, that are no longer the current ones (P10, P2).

    Planned anew it comes at times that fit; left as it was it would lapse slot by slot for a fortnight.
    """
    with transaction() as session:
        outdated = session.execute(
            select(CarePlan, Preference.version)
            .join(Preference, Preference.patient_id == CarePlan.patient_id)
            .where(
                CarePlan.planned_revision.is_not(None),
                or_(
                    CarePlan.planned_revision != CarePlan.current_revision,
                    CarePlan.planned_preference != Preference.version,
                ),
            )
            .with_for_update(of=CarePlan, skip_locked=True)
        ).all()
        for care_plan, preference_version in outdated:
            planned = update(Nudge).where(Nudge.care_plan_id == care_plan.id, Nudge.status == NudgeStatus.PLANNED)
            for changed, reason in (
                (Nudge.revision_number != care_plan.current_revision, Reason.REVISION_STALE),
                (Nudge.preference_version != preference_version, Reason.PREFERENCES_CHANGED),
            ):
                cancelled = {"status": NudgeStatus.CANCELLED, "reason": reason, "settled_at": now}
                session.execute(planned.where(changed).values(**cancelled))
            care_plan.planned_revision = None


def _plan_batch(now: datetime) -> int | None:
    """Plan for the next plans in line; None when there are none left."""
    wanted_through = (now + HORIZON).date() - timedelta(days=1)
    with transaction() as session:
        rows = session.execute(
            select(CarePlan, Patient, Preference, PainService)
            .join(Patient, Patient.id == CarePlan.patient_id)
            .join(Preference, Preference.patient_id == CarePlan.patient_id)
            .join(PainService, PainService.id == CarePlan.pain_service_id)
            .where(
                CarePlan.status == CarePlanStatus.ACTIVE,
                CarePlan.agreed_revision == CarePlan.current_revision,
                Patient.status == PatientStatus.ACTIVE,
                Patient.text_consent == ConsentStatus.GIVEN,
                or_(
                    CarePlan.planned_revision.is_distinct_from(CarePlan.current_revision),
                    CarePlan.planned_preference.is_distinct_from(Preference.version),
                    CarePlan.planned_through_on < wanted_through,
                ),
            )
            .order_by(CarePlan.id)
            .limit(BATCH)
            .with_for_update(of=CarePlan, skip_locked=True)
        ).all()
        if not rows:
            return None
        lines = _lines(session, [row[0].id for row in rows])
        standing = _standing(session, [row[0].patient_id for row in rows], now.date())
        nudges = [nudge for row in rows for nudge in _nudges(row, lines, standing[row[0].patient_id], now)]
        insert_if_absent(session, Nudge, nudges)
        return len(nudges)


def _nudges(
    row: PlanRow, lines: dict[tuple[UUID, int], list[PlanLine]], standing: list[Nudge], now: datetime
) -> list[dict[str, Any]]:
    care_plan, patient, preference, service = row
    through = local(now, patient.time_zone).date() + HORIZON
    open_slots = slots(
        care_plan.id,
        lines[care_plan.id, care_plan.current_revision],
        hours(preference),
        patient.time_zone,
        bank_holiday.around(service.bank_holiday_region, now.date()),
        now,
        through,
    )
    taken = {
        (nudge.line, nudge.slot_on)
        for nudge in standing
        if nudge.care_plan_id == care_plan.id
        and (nudge.status in LIVE or _basis(nudge) == (care_plan.current_revision, preference.version))
    }
    free = [slot for slot in open_slots if (slot.line, slot.slot_on) not in taken]
    past = [(nudge.slot_on, nudge.behaviour) for nudge in standing if nudge.status in LIVE]
    chosen = rotation(free, ceilings(preference, service), past)
    care_plan.planned_revision = care_plan.current_revision
    care_plan.planned_preference = preference.version
    care_plan.planned_through_on = through
    return [
        {
            "id": uuid4(),
            "pain_service_id": care_plan.pain_service_id,
            "patient_id": care_plan.patient_id,
            "care_plan_id": care_plan.id,
            "revision_number": care_plan.current_revision,
            "preference_version": preference.version,
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
        for slot in chosen
    ]


def _lines(session: Session, plan_ids: Sequence[UUID]) -> dict[tuple[UUID, int], list[PlanLine]]:
    found: dict[tuple[UUID, int], list[PlanLine]] = defaultdict(list)
    wanted = (
        select(Activity)
        .join(CarePlan, CarePlan.id == Activity.care_plan_id)
        .where(
            Activity.care_plan_id.in_(plan_ids),
            Activity.revision_number == CarePlan.current_revision,
            Activity.status.in_(NUDGEABLE),
        )
        .order_by(Activity.position)
    )
    for row in session.scalars(wanted):
        line = PlanLine(row.line, row.behaviour, row.days_of_week, row.time_of_day)
        found[row.care_plan_id, row.revision_number].append(line)
    return found


def _standing(session: Session, patient_ids: Sequence[UUID], today: date) -> dict[UUID, list[Nudge]]:
    """Each person's nudges from nine days ago on, whatever became of them: enough for any week's ceiling."""
    found: dict[UUID, list[Nudge]] = defaultdict(list)
    wanted = select(Nudge).where(Nudge.patient_id.in_(patient_ids), Nudge.slot_on >= today - timedelta(days=9))
    for nudge in session.scalars(wanted):
        found[nudge.patient_id].append(nudge)
    return found


def _basis(nudge: Nudge) -> tuple[int, int]:
    """What the nudge was planned from."""
    return nudge.revision_number, nudge.preference_version
