"""Clinicians for the benchmark of the API: each with a sign-in, a patient with a whole plan, an inbox and a list."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.event import listen, remove
from sqlalchemy.orm import Session

from companion.db import db, reading, transaction
from companion.domain.access import Actor, ActorKind, Role
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, Contact, ContactKind, Content, Goal, Helps, Medicine, Need, NeedKind
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.sign_in import Factor, SignInDoor
from companion.domain.task import TaskKind, TaskPriority, TaskStatus
from companion.domain.working_hours import WEEK
from companion.models import Message, Patient, Staff, Task
from companion.records import sign_in
from companion.use_cases import care_plan

TASKS = 30
EVERY_DAY = frozenset(WEEK)
WHOLE = Content(
    what_matters="Being there for my family",
    important_people="My sister Nia",
    communicate_how="By text",
    please_do="Speak slowly",
    please_dont="Leave messages with others",
    already_helps=(Helps("a short walk after lunch", "helps-1"), Helps("warm baths", "helps-2")),
    goals=(Goal("To pick my granddaughter up from school", "goal-1", 9, 5), Goal("To sleep through", "goal-2", 8, 4)),
    activities=(
        Activity(Behaviour.HEALTHY, "Keep up the walk", EVERY_DAY, "walk", already_helps_line="helps-1"),
        Activity(Behaviour.CURIOUS, "Notice my sleep", EVERY_DAY, "sleep", goal_line="goal-2"),
        Activity(Behaviour.DEMAND, "One thing at a time", EVERY_DAY, "pace"),
    ),
    needs=(
        Need(NeedKind.PHYSICAL, "Sleeps badly", "need-1", "Chronic pain"),
        Need(NeedKind.PSYCHOLOGICAL, "Worries", "need-2"),
    ),
    medicines_to_review=(Medicine("Codeine", "medicine-1", "It makes her drowsy"),),
    contacts=(Contact(ContactKind.CARER, "Her brother", "contact-1", "07700 900123"),),
    flare_early_signs="Stiff mornings",
    flare_first_steps="Rest, then a short walk",
    flare_avoid="A day in bed",
    flare_contact="The pain service",
    flare_urgent_help="Numb legs: 999",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A clinician's token, and what they read with it."""

    actor: Actor
    token: str
    patient_id: UUID
    plan_id: UUID


def arrive(now: datetime) -> list[Reader]:
    """Sign in the clinician of every pain service that `people.fill` has made, and give each something to read."""
    with reading() as session:
        clinicians = session.scalars(select(Staff.id).order_by(Staff.created_at)).all()
    return [_reader(staff_id, now) for staff_id in clinicians]


def statements(client: FlaskClient, requests: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, int]:
    """How many statements each of these requests sends to the database, once the sign-in has been noted."""
    counts = Counter[str]()
    name = ""

    def note(*_sent: object) -> None:
        counts[name] += 1

    listen(db.engine, "before_cursor_execute", note)
    try:
        for name, (path, headers) in requests.items():  # noqa: B007 (note reads it)
            client.get(path, headers=headers)
    finally:
        remove(db.engine, "before_cursor_execute", note)
    return dict(counts)


def _reader(staff_id: UUID, now: datetime) -> Reader:
    with transaction() as session:
        found = sign_in.staff_with_roles(session, staff_id)
        if found is None:
            raise LookupError("Whoever works there has not left.")
        began = sign_in.begin(session, found, SignInDoor.API, Factor.PASSWORD, now)
        mine = select(Patient).where(Patient.pain_service_id == found[0].pain_service_id).order_by(Patient.id)
        patients = session.scalars(mine.limit(TASKS)).all()
        for patient in patients:
            _wrote(session, patient, now)
        session.flush()
    actor = Actor(ActorKind.STAFF, patients[0].pain_service_id, staff_id, frozenset({Role.CLINICIAN}))
    plan = care_plan.draft(actor, patients[0].id, WHOLE, now)
    return Reader(actor, began.token or "", patients[0].id, plan.plan.id)


def _wrote(session: Session, patient: Patient, now: datetime) -> None:
    """A patient wrote, and somebody must read it."""
    whose = {"pain_service_id": patient.pain_service_id, "patient_id": patient.id, "created_at": now}
    message = Message(
        id=uuid4(),
        **whose,
        kind=MessageKind.INBOUND,
        status=MessageStatus.RECEIVED,
        number=patient.mobile,
        body="My knee hurts on the stairs",
        due_at=now,
        handled_at=now,
    )
    session.add(message)
    session.flush()
    session.add(
        Task(
            id=uuid4(),
            **whose,
            message_id=message.id,
            kind=TaskKind.READ_MESSAGE,
            priority=TaskPriority.ROUTINE,
            status=TaskStatus.REQUESTED,
            why="A patient wrote",
            due_at=now + timedelta(hours=8),
        )
    )
