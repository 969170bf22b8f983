"""Who did what to whose record, and when. Append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter, one_of
from companion.domain.access import ActorKind


class AuditEntry(Base):
    """`fields` names what was touched and never holds what was in it."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_patient_id", "patient_id", "id"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    actor_kind: Mapped[ActorKind] = mapped_column(one_of(ActorKind))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    patient_id: Mapped[UUID | None]
    entity_id: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[str]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
