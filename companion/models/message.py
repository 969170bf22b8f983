"""Every text, in or out, exactly once; and every try to send one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.sign_in_text import HIDDEN
from companion.models.patient import of_same_patient, owned_by_patient
from companion.sealed import Sealed, Words


class Message(Sealed, Base):
    """One text. `number` is the other party's. An inbound text is kept unchanged, known number or not (P8).

    P3: a nudge has one message at most, and a provider's id stands once. P6: no attempt begins at or after expiry.
    """

    __tablename__ = "message"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("nudge_id", "nudge"),
        UniqueConstraint("pain_service_id", "patient_id", "id"),
        ForeignKeyConstraint(["pain_service_id", "wording_id"], ["wording.pain_service_id", "wording.id"]),
        UniqueConstraint("nudge_id"),
        UniqueConstraint("gateway", "provider_id"),
        CheckConstraint("(kind = 'inbound') = (status = 'received')", name="inbound_is_received"),
        CheckConstraint("(kind = 'nudge') = (nudge_id IS NOT NULL)", name="nudge_has_nudge"),
        CheckConstraint("kind = 'inbound' OR expires_at IS NOT NULL", name="outbound_expires"),
        # Urgent words from a number nobody knows are answered too, and our own phone is no patient's.
        CheckConstraint("kind IN ('inbound', 'safety', 'check') OR patient_id IS NOT NULL", name="outbound_to_patient"),
        CheckConstraint("sending_at < expires_at", name="not_too_late"),
        Index(
            "ix_message_outbox",
            "priority",
            "due_at",
            sqlite_where=text("status = 'created'"),
            postgresql_where=text("status = 'created'"),
        ),
        Index(
            "ix_message_in_flight",
            "lease_until_at",
            sqlite_where=text("status IN ('sending', 'sent', 'unknown')"),
            postgresql_where=text("status IN ('sending', 'sent', 'unknown')"),
        ),
        Index(
            "ix_message_open",
            "number_index",
            sqlite_where=text("status IN ('created', 'sending')"),
            postgresql_where=text("status IN ('created', 'sending')"),
        ),
        Index(
            "ix_message_to_redact",
            "created_at",
            sqlite_where=text("provider_id IS NOT NULL AND redacted_at IS NULL"),
            postgresql_where=text("provider_id IS NOT NULL AND redacted_at IS NULL"),
        ),
        Index(
            "ix_message_to_act_on",
            "due_at",
            sqlite_where=text("status = 'received' AND handled_at IS NULL"),
            postgresql_where=text("status = 'received' AND handled_at IS NULL"),
        ),
        Index(
            "ix_message_sign_in",
            "expires_at",
            sqlite_where=text("kind = 'sign-in'"),
            postgresql_where=text("kind = 'sign-in'"),
        ),
        Index("ix_message_patient", "patient_id", "created_at"),
        Index(
            "ix_message_in_reply_to",
            "in_reply_to",
            sqlite_where=text("in_reply_to IS NOT NULL"),
            postgresql_where=text("in_reply_to IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    patient_id: Mapped[UUID | None]
    kind: Mapped[MessageKind] = mapped_column(one_of(MessageKind))
    status: Mapped[MessageStatus] = mapped_column(one_of(MessageStatus))
    number_sealed: Mapped[bytes]
    number_index: Mapped[UUID]
    body_sealed: Mapped[bytes]
    media_count: Mapped[int] = mapped_column(default=0)
    opt_out: Mapped[str | None] = mapped_column(String(20))
    nudge_id: Mapped[UUID | None]
    wording_id: Mapped[UUID | None]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    in_reply_to: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    priority: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until_at: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    # When the provider was first found not to have it, was asked to take it back, and gave up its copy of the words.
    absent_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None]
    gateway: Mapped[str | None] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(64))
    error_code: Mapped[str | None] = mapped_column(String(20))
    number = Words[str](index="number")
    body = Words[str]()

    @property
    def shown(self) -> str:
        """What anybody but the phone may read of it: never a code or a link that still opens something."""
        return HIDDEN if self.kind is MessageKind.SIGN_IN else self.body


class Attempt(Base):
    """One try to send one text, written before the provider is called: a crash leaves its trace."""

    __tablename__ = "attempt"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gateway: Mapped[str] = mapped_column(String(20))
    worker: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[MessageStatus | None] = mapped_column(one_of(MessageStatus))
    error_code: Mapped[str | None] = mapped_column(String(20))
