"""On which days did each person get nudges? What the ceilings are held against."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.bulk import among
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Nudge

WEEK = timedelta(days=6)


class TextedDays:
    """How many nudges were decided to go to each person on which of their local days, and which of them were late."""

    def __init__(self, session: Session, patient_ids: Collection[UUID], now: datetime) -> None:
        self._days: dict[UUID, Counter[date]] = defaultdict(Counter)
        self._caught_up: dict[UUID, Counter[date]] = defaultdict(Counter)
        since = now.date() - timedelta(days=8)
        wanted = select(Nudge.patient_id, Nudge.texted_on, Nudge.held_reason).where(
            among(session, Nudge.patient_id, patient_ids),
            Nudge.slot_on >= since - timedelta(days=1),
            Nudge.texted_on >= since,
            Nudge.status.in_((NudgeStatus.CLAIMED, NudgeStatus.SENT)),
        )
        for patient_id, day, held in session.execute(wanted):
            if day is not None:
                self.add(patient_id, day, held is Reason.CATCH_UP)

    def add(self, patient_id: UUID, day: date, caught_up: bool, texts: int = 1) -> None:
        """Count one more: a decision taken just now, in the same batch. Or one fewer: what is being asked about."""
        self._days[patient_id][day] += texts
        if caught_up:
            self._caught_up[patient_id][day] += texts

    def on(self, patient_id: UUID, day: date) -> int:
        """How many on that local day."""
        days = self._days.get(patient_id)
        return days[day] if days else 0

    def in_week(self, patient_id: UUID, last: date) -> int:
        """How many on the seven local days that end with `last`."""
        days = self._days.get(patient_id)
        return sum(count for day, count in days.items() if last - WEEK <= day <= last) if days else 0

    def caught_up(self, patient_id: UUID, day: date) -> bool:
        """Whether one of that local day's was late."""
        days = self._caught_up.get(patient_id)
        return days is not None and days[day] > 0
