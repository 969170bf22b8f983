"""Which worker does the work that is one worker's alone?"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class Lease(Base):
    """One piece of such work, and who has it until when. Once `until_at` is past, anybody may take it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until_at: Mapped[datetime]
