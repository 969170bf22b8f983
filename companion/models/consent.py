"""Consent events: every change of a patient's consent to texts, append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter, one_of
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.models.patient import owned_by_patient


class ConsentEvent(Base):
    """Append-only (held by a trigger). `id` orders them; the newest one counts."""

    __tablename__ = "consent_event"
    __table_args__ = (
        owned_by_patient(),
        Index("ix_consent_event_patient_id", "patient_id", "id"),
        Index(
            "ix_consent_event_message_id",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    status: Mapped[ConsentStatus] = mapped_column(one_of(ConsentStatus))
    source: Mapped[ConsentSource] = mapped_column(one_of(ConsentSource))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
