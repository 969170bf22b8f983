"""The words the product says, by purpose and version, and who approved them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.wording import WordingPurpose


class Wording(Base):
    """A draft until a named clinician of the pain service approves it."""

    __tablename__ = "wording"
    __table_args__ = (
        UniqueConstraint("pain_service_id", "purpose", "version"),
        UniqueConstraint("pain_service_id", "id"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    purpose: Mapped[WordingPurpose] = mapped_column(one_of(WordingPurpose))
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
