"""On which phones and pages is a patient signed in?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.device import DeviceKind, TokenKind
from companion.models.patient import owned_by_patient
from companion.sealed import Sealed, Words


class Device(Sealed, Base):
    """One sign-in of a patient, with every token that came of it: their family, which ends as one."""

    __tablename__ = "device"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
        CheckConstraint("ended_at >= created_at", name="ended_after_created"),
        Index("ix_device_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    kind: Mapped[DeviceKind] = mapped_column(one_of(DeviceKind))
    # What the app calls itself, for the list of devices.
    name_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    name = Words[str | None]()


class DeviceToken(Base):
    """One secret of a device, as its SHA-256. A refresh token stays after its use, to be known if it comes again."""

    __tablename__ = "device_token"
    __table_args__ = (
        CheckConstraint("expires_at > issued_at", name="expires_after_issued"),
        CheckConstraint("used_at IS NULL OR kind = 'refresh'", name="only_refresh_is_used"),
    )

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), index=True)
    kind: Mapped[TokenKind] = mapped_column(one_of(TokenKind))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
