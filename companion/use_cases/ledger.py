"""What was planned, said and decided, row by row, for somebody who wants to count it all again?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select

from companion.db import reading, scoped
from companion.domain.access import Actor, Permission, require
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.models import (
    Activity,
    Agreement,
    AlreadyHelps,
    Answer,
    Attempt,
    AuditEntry,
    CarePlanRevision,
    Carrier,
    ConsentEvent,
    Message,
    Nudge,
    Patient,
    Task,
)

# A provider that fails is tried more often than this, but to no other effect.
TRIED_AGAIN = timedelta(minutes=10)
IN_FLIGHT = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class NudgeRow:
    """A nudge, the plan line it came from, when the patient agreed to that line's revision, and its text if any.

    `helps` are the words of what already helps, where the line draws on that.
    """

    nudge: Nudge
    activity: Activity
    helps: str | None
    agreed_at: datetime | None
    message: Message | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every row of one pain service that tells of its texts, each list oldest first. Attempts are by their message."""

    patients: Mapping[UUID, Patient]
    nudges: Sequence[NudgeRow]
    messages: Sequence[Message]
    attempts: Mapping[UUID, Sequence[Attempt]]
    answers: Sequence[Answer]
    consents: Sequence[ConsentEvent]
    tasks: Sequence[Task]
    revisions: Sequence[CarePlanRevision]
    audit: Sequence[AuditEntry]


def of_pain_service(actor: Actor) -> Ledger:
    """All of it, whole and unpaged: for a check or a demonstration, not for a screen."""
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        nudges = session.execute(
            scoped(Nudge, actor)
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
                    AlreadyHelps.care_plan_id == Nudge.care_plan_id,
                    AlreadyHelps.revision_number == Nudge.revision_number,
                    AlreadyHelps.line == Activity.already_helps_line,
                ),
            )
            .outerjoin(
                Agreement,
                and_(Agreement.care_plan_id == Nudge.care_plan_id, Agreement.revision_number == Nudge.revision_number),
            )
            .outerjoin(Message, Message.nudge_id == Nudge.id)
            .add_columns(Activity, AlreadyHelps, Agreement.agreed_at, Message)
            .order_by(Nudge.due_at, Nudge.id)
        ).all()
        attempts = defaultdict(list)
        of_ours = scoped(Message, actor).with_only_columns(Message.id)
        for attempt in session.scalars(
            select(Attempt).where(Attempt.message_id.in_(of_ours)).order_by(Attempt.message_id, Attempt.number)
        ):
            attempts[attempt.message_id].append(attempt)
        return Ledger(
            patients={patient.id: patient for patient in session.scalars(scoped(Patient, actor))},
            nudges=[
                NudgeRow(nudge, activity, helps.words if helps else None, agreed_at, message)
                for nudge, activity, helps, agreed_at, message in nudges
            ],
            messages=session.scalars(scoped(Message, actor).order_by(Message.created_at, Message.id)).all(),
            attempts=attempts,
            answers=session.scalars(scoped(Answer, actor).order_by(Answer.recorded_at, Answer.id)).all(),
            consents=session.scalars(scoped(ConsentEvent, actor).order_by(ConsentEvent.id)).all(),
            tasks=session.scalars(scoped(Task, actor).order_by(Task.created_at, Task.id)).all(),
            revisions=session.scalars(scoped(CarePlanRevision, actor).order_by(CarePlanRevision.recorded_at)).all(),
            audit=session.scalars(scoped(AuditEntry, actor).order_by(AuditEntry.id)).all(),
        )


def next_due(actor: Actor, after: datetime) -> datetime | None:
    """The next moment, later than `after`, at which a row of the pain service asks for a beat of the worker: a planned
    nudge or a waiting text comes due, the provider is to be asked about one, or may be tried again. For whoever plays
    with the time."""
    require(actor, Permission.SEE_RECORD)
    nudges = scoped(Nudge, actor).where(Nudge.status == NudgeStatus.PLANNED, Nudge.due_at > after)
    texts = scoped(Message, actor).where(Message.status == MessageStatus.CREATED, Message.due_at > after)
    asked = scoped(Message, actor).where(Message.status.in_(IN_FLIGHT), Message.lease_until_at > after)
    moments = (
        nudges.with_only_columns(func.min(Nudge.due_at)),
        texts.with_only_columns(func.min(Message.due_at)),
        asked.with_only_columns(func.min(Message.lease_until_at)),
    )
    with reading() as session:
        found = [*session.execute(select(*(moment.scalar_subquery() for moment in moments))).one()]
        if session.scalar(select(Carrier.name).where(Carrier.ask_at > after).limit(1)) is not None:
            found.append(after + TRIED_AGAIN)
    return min((moment for moment in found if moment is not None), default=None)
