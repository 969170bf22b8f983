"""How is each text provider doing, as all workers together have seen it, and how fast may each number text?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class Carrier(Base):
    """One gateway. Kept in the database, so that ten workers stop, slow down and turn away together.

    stopped_at, stopped_code: our account was refused; `ask_at` is when one text alone may try again.
    held_until_at, hold_seconds: it asked us to slow down; for how long, and how long the last such hold was.
    window_at, asked, failed: its calls since that moment, and how many of them it failed.
    failing_at: since when it is turned away from, where there is another.
    """

    __tablename__ = "carrier"
    __table_args__ = (CheckConstraint("failed BETWEEN 0 AND asked", name="failed_of_asked"),)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    stopped_at: Mapped[datetime | None]
    stopped_code: Mapped[str | None] = mapped_column(String(20))
    ask_at: Mapped[datetime | None]
    held_until_at: Mapped[datetime | None]
    hold_seconds: Mapped[float] = mapped_column(default=0.0)
    window_at: Mapped[datetime]
    asked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    failing_at: Mapped[datetime | None]


class Allowance(Base):
    """A token bucket: how many texts one sender of one gateway may still send just now, as counted at `counted_at`.

    `sender` is the number that the texts come from, empty for the provider's pool.
    """

    __tablename__ = "allowance"
    __table_args__ = (CheckConstraint("tokens >= 0", name="tokens"),)

    gateway: Mapped[str] = mapped_column(String(20), primary_key=True)
    sender: Mapped[str] = mapped_column(String(40), primary_key=True)
    tokens: Mapped[float]
    counted_at: Mapped[datetime]
