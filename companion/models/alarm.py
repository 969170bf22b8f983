"""What was so wrong that somebody had to look?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.alarm import AlarmKind

OPEN = text("cleared_at IS NULL")


class Alarm(Base):
    """One alarm from when it was raised until it was cleared; of a kind and a gateway there is one at a time."""

    __tablename__ = "alarm"
    __table_args__ = (Index("uq_alarm_open", "kind", "gateway", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[AlarmKind] = mapped_column(one_of(AlarmKind))
    # Empty where it is about no gateway in particular.
    gateway: Mapped[str] = mapped_column(String(20), default="")
    code: Mapped[str | None] = mapped_column(String(20))
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
