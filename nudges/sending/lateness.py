"""How late are the texts that wait?"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from companion.db import reading
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.models import Message, Nudge


def of_waiting(now: datetime) -> timedelta:
    """For how long the oldest nudge or text that is due, and could still go, has waited; nothing if none waits.

    What was put off waits from the moment that it was put off to.
    """
    nudges = select(func.min(Nudge.due_at)).where(
        Nudge.status == NudgeStatus.PLANNED, Nudge.due_at <= now, Nudge.expires_at > now
    )
    texts = select(func.min(Message.due_at)).where(
        Message.status == MessageStatus.CREATED, Message.due_at <= now, Message.expires_at > now
    )
    with reading() as session:
        found = session.execute(select(nudges.scalar_subquery(), texts.scalar_subquery())).one()
    oldest = min((moment for moment in found if moment is not None), default=now)
    return now - oldest
