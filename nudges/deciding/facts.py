"""What must be known to decide about nudges? Loaded for a whole batch with a few queries, as plain rows."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from companion.bulk import among
from companion.domain import bank_holiday
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import Reason
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.task import TaskPriority, TaskStatus
from companion.domain.wording import NUDGE_PURPOSE, WordingPurpose
from companion.domain.working_hours import Hours, Weekday
from companion.models import (
    Activity,
    AlreadyHelps,
    CarePlan,
    Message,
    Nudge,
    PainService,
    Patient,
    Preference,
    Task,
    Wording,
)
from companion.records import pain_service
from nudges.deciding.eligibility import Facts, NudgeFacts
from nudges.deciding.texted import TextedDays

# A row of a text that has not been handed over yet, or is being handed over.
OPEN = (MessageStatus.CREATED, MessageStatus.SENDING)


class Candidate(NamedTuple):
    """A nudge with all of its own that is asked and said: one row of `candidates`."""

    id: UUID
    pain_service_id: UUID
    patient_id: UUID
    care_plan_id: UUID
    behaviour: Behaviour
    revision: int
    due_at: datetime
    expires_at: datetime
    held_reason: Reason | None
    texted_on: date | None
    mobile_sealed: bytes
    mobile_index: UUID
    given_name_sealed: bytes
    consent: ConsentStatus
    patient_status: PatientStatus
    restricted_at: datetime | None
    zone_name: str
    local_start: time
    local_end: time
    days_of_week: frozenset[Weekday]
    on_bank_holidays: bool
    daily_ceiling: int
    weekly_ceiling: int
    paused_until_at: datetime | None
    plan_status: CarePlanStatus
    current_revision: int
    agreed_revision: int | None
    line: str
    nudge_words_sealed: bytes | None
    words_sealed: bytes
    helps_line: str | None
    helps_sealed: bytes | None


_CANDIDATES = (
    select(
        Nudge.id,
        Nudge.pain_service_id,
        Nudge.patient_id,
        Nudge.care_plan_id,
        Nudge.behaviour,
        Nudge.revision_number,
        Nudge.due_at,
        Nudge.expires_at,
        Nudge.held_reason,
        Nudge.texted_on,
        Patient.mobile_sealed,
        Patient.mobile_index,
        Patient.given_name_sealed,
        Patient.text_consent,
        Patient.status,
        Patient.restricted_at,
        Patient.time_zone,
        Preference.local_start,
        Preference.local_end,
        Preference.days_of_week,
        Preference.on_bank_holidays,
        Preference.daily_ceiling,
        Preference.weekly_ceiling,
        Preference.paused_until_at,
        CarePlan.status,
        CarePlan.current_revision,
        CarePlan.agreed_revision,
        Activity.line,
        Activity.nudge_words_sealed,
        Activity.words_sealed,
        AlreadyHelps.line,
        AlreadyHelps.words_sealed,
    )
    .join(Patient, Patient.id == Nudge.patient_id)
    .join(Preference, Preference.patient_id == Nudge.patient_id)
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
    .order_by(Nudge.due_at, Nudge.id)
)


def lock_patients(session: Session, patient_ids: Collection[UUID]) -> None:
    """Hold the patients' rows until the transaction ends: a STOP waits for us, or we see it; and two workers
    never count the same person's texts at once. Always in one order, and never against the mere mention of a person
    in another row (key_share), so that nobody waits in a circle."""
    wanted = select(Patient.id).where(among(session, Patient.id, patient_ids)).order_by(Patient.id)
    session.execute(wanted.with_for_update(key_share=True))


def candidates(session: Session, nudge_ids: Collection[UUID]) -> list[Candidate]:
    """The nudges with those ids, by due time, each with what it hangs on. Lock the patients first."""
    rows = session.execute(_CANDIDATES.where(among(session, Nudge.id, nudge_ids)))
    return [Candidate._make(row) for row in rows]


def approved_wordings(session: Session, service_ids: Collection[UUID]) -> dict[tuple[UUID, WordingPurpose], Wording]:
    """The newest approved wording for each purpose of each pain service."""
    wanted = select(Wording).where(among(session, Wording.pain_service_id, service_ids))
    approved = wanted.where(Wording.approved_at.is_not(None)).order_by(Wording.version)
    return {(wording.pain_service_id, wording.purpose): wording for wording in session.scalars(approved)}


def urgent_waiting(session: Session, patient_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of the patients wrote something urgent that nobody has dealt with yet."""
    wanted = select(Task.patient_id).where(
        among(session, Task.patient_id, patient_ids),
        Task.priority == TaskPriority.URGENT,
        Task.status == TaskStatus.REQUESTED,
    )
    return frozenset(patient_id for patient_id in session.scalars(wanted) if patient_id is not None)


def busy_numbers(session: Session, indexes: Collection[UUID]) -> set[UUID]:
    """To which of the numbers, each told by its index, a text is on its way, or waits to be."""
    wanted = select(Message.number_index)
    wanted = wanted.where(among(session, Message.number_index, indexes), Message.status.in_(OPEN))
    return set(session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class Ward:
    """What holds for all the people of one pain service."""

    service: PainService
    outer_hours: Hours
    wordings: Mapping[WordingPurpose, Wording]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch of candidates has in common, and what their people's other nudges are."""

    wards: Mapping[UUID, Ward]
    texted: TextedDays
    urgent: frozenset[UUID]
    busy: set[UUID]

    def wording(self, candidate: Candidate) -> Wording | None:
        """The approved wording for what it nudges to, if there is one."""
        return self.wards[candidate.pain_service_id].wordings.get(NUDGE_PURPOSE[candidate.behaviour])

    def facts(self, candidate: Candidate, now: datetime) -> Facts:
        """All that `eligibility.decide` asks of one nudge."""
        ward = self.wards[candidate.pain_service_id]
        service, patient_id = ward.service, candidate.patient_id
        today = local(now, candidate.zone_name).date()
        return Facts(
            kind=MessageKind.NUDGE,
            consent=candidate.consent,
            patient_active=candidate.patient_status is PatientStatus.ACTIVE,
            expires_at=candidate.expires_at,
            restricted=candidate.restricted_at is not None,
            nudge=NudgeFacts(
                plan_status=candidate.plan_status,
                current_revision=candidate.current_revision,
                agreed_revision=candidate.agreed_revision,
                revision=candidate.revision,
                wording_approved=NUDGE_PURPOSE[candidate.behaviour] in ward.wordings,
                urgent_waits=patient_id in self.urgent,
                paused_until_at=candidate.paused_until_at,
                hours=Hours(
                    candidate.local_start, candidate.local_end, candidate.days_of_week, candidate.on_bank_holidays
                ),
                outer_hours=ward.outer_hours,
                zone_name=candidate.zone_name,
                bank_holidays=bank_holiday.around(service.bank_holiday_region, today),
                ceilings=ceilings(candidate, service),
                texted_today=self.texted.on(patient_id, today),
                texted_week=self.texted.in_week(patient_id, today),
                due_at=candidate.due_at,
                draw=_draw(candidate),
                catching_up=candidate.held_reason is Reason.CATCH_UP,
                caught_up=self.texted.caught_up(patient_id, today),
            ),
        )


def _draw(candidate: Candidate) -> float:
    """From 0 up to 1: another for each person and moment, and the same whenever it is asked."""
    seed = candidate.mobile_index.hex + str(candidate.due_at.timestamp()) + candidate.behaviour
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) / 2**32


def batch(session: Session, candidates: Sequence[Candidate], now: datetime) -> Batch:
    """What there is to know about these nudges beside themselves. Lock their patients first."""
    patient_ids = {candidate.patient_id for candidate in candidates}
    service_ids = {candidate.pain_service_id for candidate in candidates}
    texted = TextedDays(session, patient_ids, now)
    for candidate in candidates:
        if candidate.texted_on is not None:  # leave out those that are being asked about
            texted.add(candidate.patient_id, candidate.texted_on, candidate.held_reason is Reason.CATCH_UP, texts=-1)
    return Batch(
        wards=_wards(session, service_ids),
        texted=texted,
        urgent=urgent_waiting(session, patient_ids),
        busy=busy_numbers(session, {candidate.mobile_index for candidate in candidates}),
    )


def _wards(session: Session, service_ids: Collection[UUID]) -> dict[UUID, Ward]:
    wordings: dict[UUID, dict[WordingPurpose, Wording]] = defaultdict(dict)
    for (service_id, purpose), wording in approved_wordings(session, service_ids).items():
        wordings[service_id][purpose] = wording
    return {
        service.id: Ward(service, pain_service.text_hours(service), wordings[service.id])
        for service in services_of(session, service_ids).values()
    }


def services_of(session: Session, service_ids: Iterable[UUID]) -> dict[UUID, PainService]:
    """The pain services with those ids."""
    wanted = select(PainService).where(among(session, PainService.id, list(service_ids)))
    return {service.id: service for service in session.scalars(wanted)}


def hours(preference: Preference) -> Hours:
    """The patient's own hours."""
    return Hours(preference.local_start, preference.local_end, preference.days_of_week, preference.on_bank_holidays)


def ceilings(preference: Preference | Candidate, service: PainService) -> Ceilings:
    """The patient's own ceilings, or the pain service's where it has since become stricter."""
    return Ceilings(
        min(preference.daily_ceiling, service.daily_ceiling), min(preference.weekly_ceiling, service.weekly_ceiling)
    )
