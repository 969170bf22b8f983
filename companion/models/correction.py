"""What did a patient ask to have put right, and what was answered?"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.access import ActorKind
from companion.domain.correction import CorrectionStatus
from companion.models.patient import owned_by_patient
from companion.sealed import Sealed, Words


class Correction(Sealed, Base):
    """The wish in the patient's own words, and the answer; both are kept and both are theirs to see."""

    __tablename__ = "correction"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("(status = 'requested') = (answered_at IS NULL)", name="answered_at_a_time"),
        CheckConstraint("status <> 'refused' OR answer_sealed IS NOT NULL", name="refused_with_why"),
        Index("ix_correction_patient_id", "patient_id"),
        Index("ix_correction_task_id", "task_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    asked_by: Mapped[ActorKind] = mapped_column(one_of(ActorKind))
    words_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[CorrectionStatus] = mapped_column(one_of(CorrectionStatus))
    answer_sealed: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words = Words[str]()
    answer = Words[str | None]()
