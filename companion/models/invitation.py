"""Who was asked to come in, or to choose a new password, by a link in an e-mail?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.access import Role
from companion.domain.invitation import MailStatus
from companion.sealed import Sealed, Words


class Invitation(Sealed, Base):
    """Somebody who may come to work for a pain service. Only a mac of the link is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint("(accepted_at IS NULL) = (staff_id IS NULL)", name="accepted_by_somebody"),
        Index(
            "uq_invitation_open_email",
            "email_index",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"), index=True)
    name_sealed: Mapped[bytes]
    email_sealed: Mapped[bytes]
    email_index: Mapped[UUID]
    # None if an operator asked.
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    mac: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mail_status: Mapped[MailStatus] = mapped_column(one_of(MailStatus), default=MailStatus.WAITING)
    mailed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    name = Words[str]()
    email = Words[str](index="email")


class InvitedRole(Base):
    """One role that somebody was invited to."""

    __tablename__ = "invited_role"

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role), primary_key=True)


class PasswordReset(Base):
    """Somebody who forgot their password and may choose another. Only a mac of the link is kept."""

    __tablename__ = "password_reset"

    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
