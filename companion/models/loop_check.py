"""Did the nightly text to our own phone go out and come back?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base


class LoopCheck(Base):
    """One text of kind `check`, known by its code, its receipt and its reply. It ends passed or failed.

    slot_at: the moment it was for, which stands once, so that two workers make one check of it.
    """

    __tablename__ = "loop_check"
    __table_args__ = (
        CheckConstraint("passed_at IS NULL OR (delivered_at IS NOT NULL AND replied_at IS NOT NULL)", name="passed"),
        CheckConstraint("passed_at IS NULL OR failed_at IS NULL", name="one_end"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slot_at: Mapped[datetime] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    started_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
