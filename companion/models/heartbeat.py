"""When did each beat of the worker last come round, and how late was it?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class Heartbeat(Base):
    """One row a beat, overwritten each time by whichever worker it came round in.

    lag_seconds: for sending, how late the oldest text was that it left waiting; for the others, how much longer than
    their interval they were away.
    """

    __tablename__ = "heartbeat"
    __table_args__ = (CheckConstraint("lag_seconds >= 0", name="lag_seconds"),)

    beat: Mapped[str] = mapped_column(String(40), primary_key=True)
    worker: Mapped[str] = mapped_column(String(80))
    beaten_at: Mapped[datetime]
    # With a default in the schema: a worker of the release before, which knows no lag, beats on during an upgrade.
    lag_seconds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
