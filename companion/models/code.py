"""Which codes and links has a patient been texted to sign in with?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base
from companion.models.patient import owned_by_patient
from companion.sealed import Sealed, Words


class CodeRequest(Sealed, Base):
    """Somebody asked for a code to be texted to this number. It is taken up, and gone, within seconds."""

    __tablename__ = "code_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    mobile_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    mobile = Words[str]()


class SignInCode(Base):
    """The one code that counts for a number: a new one takes its place. Code and number are kept as macs alone.

    A number that nobody has gets a row as well, of nobody, so that trying a code takes as long.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("(patient_id IS NULL) = (pain_service_id IS NULL)", name="somebody_s_or_nobody_s"),
        Index("ix_sign_in_code_patient_id", "patient_id"),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
    )

    number_mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    pain_service_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None]
    code_mac: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


class SignInLink(Base):
    """The one link that opens a patient's page, kept as a mac alone, until it is used."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
    )

    mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
