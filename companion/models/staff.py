"""Who works for the pain service, and in which roles."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Base, one_of
from companion.domain.access import Role
from companion.sealed import Sealed, Words


class Staff(Sealed, Base):
    """A member of staff, who can sign in until they leave. An empty `password_hash`: they sign in elsewhere."""

    __tablename__ = "staff"
    # So that a row elsewhere can name somebody together with the pain service they work for.
    __table_args__ = (Index("uq_staff_of_pain_service", "pain_service_id", "id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"), index=True)
    name_sealed: Mapped[bytes]
    email_sealed: Mapped[bytes]
    email_index: Mapped[UUID] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    roles: Mapped[list["StaffRole"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    name = Words[str]()
    email = Words[str](index="email")


class StaffRole(Base):
    """One role that a member of staff holds."""

    __tablename__ = "staff_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role), primary_key=True)
