"""What must be known to decide about a nudge? Loaded for a whole batch with a few queries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from companion.domain import bank_holiday
from companion.domain.behaviour import Behaviour
from companion.domain.local_time import local
from companion.domain.message import MessageKind
from companion.domain.nudge import NudgeStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.task import TaskPriority, TaskStatus
from companion.domain.wording import NUDGE_PURPOSE, WordingPurpose
from companion.domain.working_hours import Hours
from companion.models import Activity, AlreadyHelps, CarePlan, Nudge, PainService, Patient, Preference, Task, Wording
from companion.records import pain_service
from nudges.eligibility import Facts, NudgeFacts

WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nudge with the rows its text is made of, and the approved wording if there is one."""

    nudge: Nudge
    patient: Patient
    preference: Preference
    service: PainService
    plan: CarePlan
    line_words: str
    wording: Wording | None


def lock_patients(session: Session, patient_ids: Sequence[UUID]) -> None:
    """Hold the patients' rows until the transaction ends: a STOP waits for us, or we see it; and two workers
    never count the same person's texts at once. Always in one order, and never against the mere mention of a person
    in another row (key_share), so that nobody waits in a circle."""
    wanted = select(Patient.id).where(Patient.id.in_(patient_ids)).order_by(Patient.id)
    session.execute(wanted.with_for_update(key_share=True))


def candidates(session: Session, nudge_ids: Sequence[UUID]) -> list[Candidate]:
    """The nudges with those ids, by due time, each with what it hangs on. Lock the patients first."""
    rows = session.execute(
        select(Nudge, Patient, Preference, PainService, CarePlan, Activity, AlreadyHelps.words)
        .join(Patient, Patient.id == Nudge.patient_id)
        .join(Preference, Preference.patient_id == Nudge.patient_id)
        .join(PainService, PainService.id == Nudge.pain_service_id)
        .join(CarePlan, CarePlan.id == Nudge.care_plan_id)
        .join(
            Activity,
            and_(
                Activity.care_plan_id == Nudge.care_plan_id,
                Activity.revision_number == Nudge.revision_number,
                Activity.line == Nudge.line,
            ),
        )
        .outerjoin(
            AlreadyHelps,
            and_(
                AlreadyHelps.care_plan_id == Activity.care_plan_id,
                AlreadyHelps.revision_number == Activity.revision_number,
                AlreadyHelps.line == Activity.already_helps_line,
            ),
        )
        .where(Nudge.id.in_(nudge_ids))
        .order_by(Nudge.due_at, Nudge.id)
        .execution_options(populate_existing=True)
    ).all()
    wordings = approved_wordings(session, {row[3].id for row in rows})
    return [
        Candidate(
            nudge,
            patient,
            preference,
            service,
            plan,
            spoken(nudge.behaviour, activity, helps),
            wordings.get((service.id, NUDGE_PURPOSE[nudge.behaviour])),
        )
        for nudge, patient, preference, service, plan, activity, helps in rows
    ]


def spoken(behaviour: Behaviour, activity: Activity, helps: str | None) -> str:
    """The words of a plan line as a text says them: its own, else what already helps, else what is to be done."""
    healthy = helps if behaviour is Behaviour.HEALTHY else None
    return activity.nudge_words or healthy or activity.words


def approved_wordings(session: Session, service_ids: set[UUID]) -> dict[tuple[UUID, WordingPurpose], Wording]:
    """The newest approved wording for each purpose of each pain service."""
    wanted = select(Wording).where(Wording.pain_service_id.in_(service_ids), Wording.approved_at.is_not(None))
    return {
        (wording.pain_service_id, wording.purpose): wording
        for wording in session.scalars(wanted.order_by(Wording.version))
    }


def urgent_waiting(session: Session, patient_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of the patients wrote something urgent that nobody has dealt with yet."""
    wanted = select(Task.patient_id).where(
        Task.patient_id.in_(patient_ids),
        Task.priority == TaskPriority.URGENT,
        Task.status == TaskStatus.REQUESTED,
    )
    return frozenset(patient_id for patient_id in session.scalars(wanted) if patient_id is not None)


class TextedDays:
    """How many nudges were decided to go to each person on which of their local days."""

    def __init__(self, session: Session, patient_ids: Sequence[UUID], now: datetime) -> None:
        self._days: dict[UUID, Counter[date]] = defaultdict(Counter)
        wanted = (
            select(Nudge.patient_id, Nudge.texted_on, func.count())
            .where(
                Nudge.patient_id.in_(patient_ids),
                Nudge.status.in_((NudgeStatus.CLAIMED, NudgeStatus.SENT)),
                Nudge.texted_on >= now.date() - timedelta(days=8),
            )
            .group_by(Nudge.patient_id, Nudge.texted_on)
        )
        for patient_id, day, count in session.execute(wanted):
            if day is None:
                continue
            self._days[patient_id][day] = count

    def add(self, patient_id: UUID, day: date) -> None:
        """Count one more: a decision taken just now, in the same batch."""
        self._days[patient_id][day] += 1

    def take_back(self, patient_id: UUID, day: date | None) -> None:
        """Leave out the one that is being asked about."""
        if day is not None:
            self._days[patient_id][day] -= 1

    def on(self, patient_id: UUID, day: date) -> int:
        """How many on that local day."""
        return self._days[patient_id][day]

    def in_week(self, patient_id: UUID, last: date) -> int:
        """How many on the seven local days that end with `last`."""
        days = self._days[patient_id]
        return sum(count for day, count in days.items() if last - WEEK <= day <= last)


def facts(candidate: Candidate, texted: TextedDays, urgent: frozenset[UUID], now: datetime) -> Facts:
    """All that `eligibility.decide` asks of one nudge."""
    patient, preference, service = candidate.patient, candidate.preference, candidate.service
    today = local(now, patient.time_zone).date()
    return Facts(
        kind=MessageKind.NUDGE,
        consent=patient.text_consent,
        patient_active=patient.status is PatientStatus.ACTIVE,
        expires_at=candidate.nudge.expires_at,
        nudge=NudgeFacts(
            plan_status=candidate.plan.status,
            current_revision=candidate.plan.current_revision,
            agreed_revision=candidate.plan.agreed_revision,
            revision=candidate.nudge.revision_number,
            wording_approved=candidate.wording is not None,
            urgent_waits=patient.id in urgent,
            paused_until_at=preference.paused_until_at,
            hours=hours(preference),
            outer_hours=pain_service.text_hours(service),
            zone_name=patient.time_zone,
            bank_holidays=bank_holiday.around(service.bank_holiday_region, today),
            ceilings=ceilings(preference, service),
            texted_today=texted.on(patient.id, today),
            texted_week=texted.in_week(patient.id, today),
        ),
    )


def hours(preference: Preference) -> Hours:
    """The patient's own hours."""
    return Hours(preference.local_start, preference.local_end, preference.days_of_week, preference.on_bank_holidays)


def ceilings(preference: Preference, service: PainService) -> Ceilings:
    """The patient's own ceilings, or the pain service's where it has since become stricter."""
    return Ceilings(
        min(preference.daily_ceiling, service.daily_ceiling), min(preference.weekly_ceiling, service.weekly_ceiling)
    )
