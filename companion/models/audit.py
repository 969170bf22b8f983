"""Who did what to whose record, and when. Append-only, and chained: each entry's hash covers the one before it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter, one_of
from companion.domain.access import ActorKind
from companion.sealed import Sealed, Words


class AuditEntry(Sealed, Base):
    """`fields` names what was touched and never holds what was in it; `origin` says from where, `reason` why, if a
    reason was given. `seq` counts a pain service's entries, without gaps; entries from before there was a chain have
    neither it nor a hash, and the chain's first entry vouches for them.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_patient_id", "patient_id", "id"),
        Index("uq_audit_entry_seq", "pain_service_id", "seq", unique=True),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    actor_kind: Mapped[ActorKind] = mapped_column(one_of(ActorKind))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    patient_id: Mapped[UUID | None]
    entity_id: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[str]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
    origin: Mapped[str | None] = mapped_column(String(80))
    reason_sealed: Mapped[bytes | None]
    seq: Mapped[int | None]
    hash: Mapped[str | None] = mapped_column(String(64))
    # An entry's number in the table is the database's to give; its place in the chain is known before.
    SEALED_FOR = ("pain_service_id", "seq")
    reason = Words[str | None]()


class AuditHead(Base):
    """The end of a pain service's chain. A writer of entries locks this row until the commit, so that they are in
    one order."""

    __tablename__ = "audit_head"

    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
