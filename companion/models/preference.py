"""When and how often a patient wants to be nudged."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base
from companion.domain.working_hours import Weekday
from companion.models.patient import owned_by_patient


class Preference(Base):
    """One row a patient. Local times are on the wall clock of the patient's zone; an end of 00:00 is midnight."""

    __tablename__ = "preference"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("daily_ceiling >= 0", name="daily_ceiling"),
        CheckConstraint("weekly_ceiling >= 0", name="weekly_ceiling"),
    )

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    pain_service_id: Mapped[UUID]
    local_start: Mapped[time]
    local_end: Mapped[time]
    days_of_week: Mapped[frozenset[Weekday]]
    on_bank_holidays: Mapped[bool] = mapped_column(default=False)
    daily_ceiling: Mapped[int]
    weekly_ceiling: Mapped[int]
    paused_until_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
