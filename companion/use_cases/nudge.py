"""Why did, or didn't, this person get a text?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.message import MessageStatus
from companion.domain.nudge import REASON_WORDS, NudgeStatus
from companion.domain.refusal import NotFoundError
from companion.models import Activity, Answer, Message, Nudge
from companion.records import audit
from companion.records import patient as patients


@dataclass(frozen=True, slots=True)
class NudgeView:
    """A nudge, the plan line it came from, the fate of its text, and what was answered."""

    nudge: Nudge
    line_words: str
    message_id: UUID | None
    message_status: MessageStatus | None
    answers: Sequence[Answer]

    @property
    def reason_words(self) -> str | None:
        """Why it did not go, in plain words."""
        return None if self.nudge.reason is None else REASON_WORDS[self.nudge.reason]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[NudgeView]
    total: int


def of_patient(actor: Actor, patient_id: UUID, offset: int, limit: int, now: datetime) -> Page:
    """A patient's nudges, the latest slot first: planned ones, those that went, and those held back with why.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        mine = scoped(Nudge, actor).where(Nudge.patient_id == patient_id)
        total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        on_line = (
            (Activity.care_plan_id == Nudge.care_plan_id)
            & (Activity.revision_number == Nudge.revision_number)
            & (Activity.line == Nudge.line)
        )
        rows = session.execute(
            mine.join(Activity, on_line)
            .outerjoin(Message, Message.nudge_id == Nudge.id)
            .add_columns(Activity, Message.id, Message.status)
            .order_by(Nudge.due_at.desc(), Nudge.id)
            .offset(offset)
            .limit(limit)
        ).all()
        wanted = scoped(Answer, actor).where(Answer.nudge_id.in_([row[0].id for row in rows]))
        answers = list(session.scalars(wanted.order_by(Answer.recorded_at)))
    audit.seen(actor, "nudge.read", now, patient_id)
    items = [
        NudgeView(
            nudge, activity.words, message_id, status, [answer for answer in answers if answer.nudge_id == nudge.id]
        )
        for nudge, activity, message_id, status in rows
    ]
    return Page(items, total)


def bring_forward(actor: Actor, patient_id: UUID, now: datetime, to: datetime | None = None) -> Nudge:
    """Make the patient's next planned nudge due at `to`, which is `now` unless told otherwise; one that is due
    before that stays where it is. It is still checked before it is sent.

    Raises:
        NotFoundError: no such patient in the actor's pain service, or no nudge is planned.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        patients.owned(session, actor, patient_id)
        nudge = session.scalar(
            scoped(Nudge, actor)
            .where(Nudge.patient_id == patient_id, Nudge.status == NudgeStatus.PLANNED, Nudge.expires_at > now)
            .order_by(Nudge.due_at)
            .limit(1)
            .with_for_update()
        )
        if nudge is None:
            raise NotFoundError("No nudge is planned for this patient.")
        nudge.due_at = min(nudge.due_at, to or now)
        audit.record(session, actor, "nudge.bring-forward", nudge.id, now, patient_id=patient_id)
        return nudge
