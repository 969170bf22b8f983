"""What is so wrong just now that somebody must look?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from companion.db import reading
from companion.domain.alarm import ALARM_WORDS, AlarmKind
from companion.models import Alarm


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that nobody has cleared. It tells of the machinery alone: of no person, and of no pain service."""

    kind: AlarmKind
    words: str
    gateway: str
    code: str | None
    raised_at: datetime


def still_open() -> Sequence[OpenAlarm]:
    """Every alarm that is raised and not cleared, the oldest first. Anybody may ask."""
    with reading() as session:
        wanted = select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.raised_at, Alarm.kind)
        return [
            OpenAlarm(alarm.kind, ALARM_WORDS[alarm.kind], alarm.gateway, alarm.code, alarm.raised_at)
            for alarm in session.scalars(wanted)
        ]
