"""Who asked for a record to be erased, what was decided, and what is proved of it? And what is left to count."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, Counter, one_of
from companion.domain.access import ActorKind
from companion.domain.behaviour import Behaviour
from companion.domain.erasure import ErasureGround, ErasureStatus
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.sealed import Sealed, Words

OPEN = text("status IN ('requested', 'approved')")
TO_DO = text("done_at IS NULL")


class Erasure(Sealed, Base):
    """One request and what came of it. While one is approved the triggers that keep the patient's revisions and
    consents let them be deleted, and at no other time.

    patient_id: no key, because it outlives the patient's row; after that it leads to nobody.
    from_at: not carried out before. removed: how many rows of which table. certificate: as it was signed.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint(
            "status IN ('requested', 'withdrawn') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("(status IN ('approved', 'erased', 'completed')) <= (ground IS NOT NULL)", name="on_a_ground"),
        # What cannot be undone takes two people.
        CheckConstraint("decided_by <> asked_staff_id", name="decided_by_another"),
        CheckConstraint("status <> 'refused' OR answer_sealed IS NOT NULL", name="refused_with_why"),
        CheckConstraint("(status IN ('erased', 'completed')) = (erased_at IS NOT NULL)", name="erased_at_a_time"),
        CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL AND signature IS NOT NULL)", name="completed_and_signed"
        ),
        Index("uq_erasure_open", "patient_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_erasure_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    patient_id: Mapped[UUID]
    status: Mapped[ErasureStatus] = mapped_column(one_of(ErasureStatus))
    asked_by: Mapped[ActorKind] = mapped_column(one_of(ActorKind))
    asked_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    ground: Mapped[ErasureGround | None] = mapped_column(one_of(ErasureGround))
    answer_sealed: Mapped[bytes | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    from_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    removed: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    completed_at: Mapped[datetime | None]
    certificate_sealed: Mapped[bytes | None]
    signature: Mapped[str | None] = mapped_column(String(64))
    answer = Words[str | None]()
    certificate = Words[str | None]()


class Redaction(Base):
    """A text that is gone here and whose words the provider must forget: its name there, until it has."""

    __tablename__ = "redaction"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (provider_id IS NOT NULL)", name="named_until_done"),
        Index("ix_redaction_to_do", "due_at", sqlite_where=TO_DO, postgresql_where=TO_DO),
        Index("ix_redaction_erasure_id", "erasure_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"))
    gateway: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class PastCount(Base):
    """How many nudges of one erased person ended alike in one month. `person` is drawn by chance: it tells two people
    apart, for "how many were texted", and leads to neither. Months and no days, because the provider's bills have the
    days, and beside a number."""

    __tablename__ = "past_count"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        Index("ix_past_count_month_on", "pain_service_id", "month_on"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    person: Mapped[UUID]
    month_on: Mapped[date]
    behaviour: Mapped[Behaviour] = mapped_column(one_of(Behaviour))
    status: Mapped[NudgeStatus] = mapped_column(one_of(NudgeStatus))
    reason: Mapped[Reason | None] = mapped_column(one_of(Reason))
    message_status: Mapped[MessageStatus | None] = mapped_column(one_of(MessageStatus))
    answered: Mapped[bool]
    count: Mapped[int]
