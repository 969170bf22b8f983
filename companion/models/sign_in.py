"""Who is signed in, on which devices did they before, and what has somebody begun who is not signed in yet?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.sign_in import Factor, SignInDoor


class SignIn(Base):
    """One sign-in of one member of staff. The token itself is known to its bearer alone."""

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    door: Mapped[SignInDoor] = mapped_column(one_of(SignInDoor), default=SignInDoor.API)
    factor: Mapped[Factor] = mapped_column(one_of(Factor), default=Factor.PASSWORD)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    # To the minute.
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A device on which somebody has signed in, by the mac of a long-lived random cookie. It opens nothing: it has
    failures of its own to make, so that a stranger's do not keep its owner out."""

    __tablename__ = "known_device"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Beginning(Base):
    """What was asked of a browser, a passkey or another organisation and waits for its one answer. Whoever takes the
    answer removes the row, so that it counts once."""

    __tablename__ = "beginning"

    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Whom a passkey is to be made for, and which invitation somebody came by.
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
