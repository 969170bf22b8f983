"""When did each beat of the worker last come round?"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class Heartbeat(Base):
    """One row a beat, overwritten each time."""

    __tablename__ = "heartbeat"

    beat: Mapped[str] = mapped_column(String(40), primary_key=True)
    worker: Mapped[str] = mapped_column(String(80))
    beaten_at: Mapped[datetime]
