"""Who is texted in the benchmark? As many patients as are asked for, each with a plan and one nudge due now.

Made-up people with numbers that nobody can have (+44 7000 0…: Ofcom's drama range has only a thousand); they never
leave the loopback. The pain services are set up by the use cases; the patients are written in bulk.
"""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from companion.bulk import insert_all
from companion.db import Base, transaction
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.working_hours import WEEK, Hours
from companion.models import (
    Activity,
    Agreement,
    AlreadyHelps,
    CarePlan,
    CarePlanRevision,
    Goal,
    Nudge,
    Patient,
    Preference,
)
from companion.use_cases import pain_service, staff, wording
from companion.use_cases.pain_service import Opening

SERVICES = 10
BATCH = 2_000
BEHAVIOURS = ("curious", "healthy", "demand")
# At any hour of any day, for the benchmark may be run at any: whether it is open now is asked all the same.
DAY_AND_NIGHT = Hours(time(0), time(0), frozenset(WEEK), on_bank_holidays=True)

Rows = dict[type[Base], list[dict[str, Any]]]


def fill(patients: int, now: datetime) -> None:
    """Write them all; the nudges are due at `now` and for twelve hours after.

    The app's context is open and the database migrated.
    """
    cared_for_by = [_open(index, now) for index in range(SERVICES)]
    for first in range(0, patients, BATCH):
        rows: Rows = {}
        for index in range(first, min(first + BATCH, patients)):
            _write(rows, index, *cared_for_by[index % SERVICES], now)
        with transaction() as session:
            for model, values in rows.items():
                insert_all(session, model, values)


def _open(index: int, now: datetime) -> tuple[UUID, UUID]:
    """A pain service that texts at any hour, and its clinician, who has approved every wording."""
    at = now - timedelta(days=30) + timedelta(seconds=index)
    name = f"Pain Service {index + 1}"
    service = pain_service.create(
        Opening(name=name, short_name="pain service", phone="01632 960123", text_hours=DAY_AND_NIGHT), at
    )
    email = f"ben{index}@example.nhs.uk"
    ben = staff.add(system(service.id), "Ben Okafor", email, "correct horse battery staple", [Role.CLINICIAN], at)
    actor = Actor(ActorKind.STAFF, service.id, ben.id, frozenset({Role.CLINICIAN}))
    for draft in wording.listed(actor):
        wording.approve(actor, draft.id, at)
    return service.id, ben.id


def _write(rows: Rows, index: int, service_id: UUID, clinician_id: UUID, now: datetime) -> None:
    patient_id, plan_id, behaviour = uuid4(), uuid4(), BEHAVIOURS[index % len(BEHAVIOURS)]
    before = now - timedelta(days=7)
    whose = {"pain_service_id": service_id, "patient_id": patient_id}
    line = {"care_plan_id": plan_id, "revision_number": 1, "position": 1}

    def add(model: type[Base], **values: Any) -> None:
        rows.setdefault(model, []).append(values)

    add(
        Patient,
        id=patient_id,
        pain_service_id=service_id,
        given_name="Amina",
        family_name="Yusuf",
        nhs_number=f"999{index:07}",
        mobile=f"+4470000{index:06}",
        time_zone="Europe/London",
        status="active",
        text_consent="given",
        version=1,
        enrolled_at=before,
    )
    add(
        Preference,
        **whose,
        local_start=DAY_AND_NIGHT.local_start,
        local_end=DAY_AND_NIGHT.local_end,
        days_of_week=DAY_AND_NIGHT.days_of_week,
        on_bank_holidays=True,
        daily_ceiling=1,
        weekly_ceiling=3,
        paused_until_at=None,
        version=1,
    )
    add(
        CarePlan,
        id=plan_id,
        **whose,
        status="active",
        current_revision=1,
        agreed_revision=1,
        version=2,
        next_line=4,
        created_at=before,
    )
    add(
        CarePlanRevision,
        care_plan_id=plan_id,
        number=1,
        **whose,
        what_matters="Being there for my family",
        author_id=clinician_id,
        recorded_at=before,
    )
    add(AlreadyHelps, **line, line="lunch-walk", words="a short walk after lunch")
    add(Goal, **line, line="school", words="To pick my granddaughter up from school", importance=9, confidence=5)
    add(
        Activity,
        **line,
        line="walk",
        behaviour=behaviour,
        words="Keep up the walk",
        already_helps_line="lunch-walk",
        days_of_week=DAY_AND_NIGHT.days_of_week,
        time_of_day=time(12),
        status="scheduled",
    )
    add(
        Agreement,
        id=uuid4(),
        care_plan_id=plan_id,
        revision_number=1,
        how="in-person",
        agreed_at=before,
        recorded_by=clinician_id,
        recorded_at=before,
    )
    add(
        Nudge,
        id=uuid4(),
        **whose,
        care_plan_id=plan_id,
        revision_number=1,
        preference_version=1,
        line="walk",
        behaviour=behaviour,
        slot_on=now.date(),
        due_at=now,
        expires_at=now + timedelta(hours=12),
        status="planned",
        policy="rotation/1",
        probability=1.0,
        planned_at=before,
    )
