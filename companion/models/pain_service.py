"""The organisation that cares: its name on texts, its hours, and the most it sends."""

from datetime import datetime, time
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base
from companion.domain.working_hours import Weekday


class PainService(Base):
    """Everything else belongs to exactly one of these, and nobody sees across."""

    __tablename__ = "pain_service"
    __table_args__ = (
        CheckConstraint("daily_ceiling BETWEEN 0 AND 10", name="daily_ceiling"),
        CheckConstraint("weekly_ceiling BETWEEN 0 AND 50", name="weekly_ceiling"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(String(30))
    time_zone: Mapped[str] = mapped_column(String(60))
    bank_holiday_region: Mapped[str] = mapped_column(String(3))
    # The number its texts come from; None where one sender serves the whole deployment.
    sender: Mapped[str | None] = mapped_column(String(40), unique=True)
    text_start: Mapped[time]
    text_end: Mapped[time]
    text_days: Mapped[frozenset[Weekday]]
    text_on_bank_holidays: Mapped[bool] = mapped_column(default=False)
    desk_start: Mapped[time]
    desk_end: Mapped[time]
    desk_days: Mapped[frozenset[Weekday]]
    daily_ceiling: Mapped[int]
    weekly_ceiling: Mapped[int]
    created_at: Mapped[datetime]
