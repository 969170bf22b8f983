"""Who was sent to NHS login and has not come back?"""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class NhsLoginErrand(Base):
    """One, by the mac of its state. The return from NHS login deletes the row, so that it counts once."""

    __tablename__ = "nhs_login_errand"

    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
