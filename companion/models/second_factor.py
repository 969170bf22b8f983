"""With what does a member of staff show, beside the password, that it is them?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base
from companion.sealed import Sealed, Words


class SecondFactor(Sealed, Base):
    """The secret that somebody's authenticator app shares with us, sealed. It counts from when a code confirmed it."""

    __tablename__ = "second_factor"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    # The 30 seconds (since 1970, counted) of the newest code that was used: none as old is taken again.
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    secret = Words[str]()


class RecoveryCode(Base):
    """A code for when the phone is gone, good for once."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Sealed, Base):
    """A key that somebody's device holds for us (WebAuthn); we have its public half."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("sign_count >= 0", name="sign_count"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    # The device's own name for it, base64url: of up to 1,023 bytes.
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    name = Words[str]()


class OrganisationIdentity(Base):
    """Who a member of staff is to another organisation that signs people in: its own name for them."""

    __tablename__ = "organisation_identity"
    __table_args__ = (UniqueConstraint("staff_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    bound_at: Mapped[datetime]
