"""How often was something tried of late?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.limit import LimitKind


class LimitUse(Base):
    """The tries of one sort by one key, since the first of them. Of the key only a mac is kept."""

    __tablename__ = "limit_use"
    __table_args__ = (
        CheckConstraint("tries >= 1", name="tries"),
        CheckConstraint("seconds >= 1", name="seconds"),
    )

    kind: Mapped[LimitKind] = mapped_column(one_of(LimitKind), primary_key=True)
    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Within how long: each kind has several limits, from minutes to a day.
    seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tries: Mapped[int]
    until_at: Mapped[datetime] = mapped_column(index=True)
