"""What a patient answered to which nudge."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.answer import AnswerKind
from companion.models.patient import of_same_patient, owned_by_patient


class Answer(Base):
    """An inbound text is the answer to one nudge at most; its words stay in the message, unchanged."""

    __tablename__ = "answer"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("nudge_id", "nudge"),
        of_same_patient("message_id", "message"),
        UniqueConstraint("message_id"),
        CheckConstraint("(kind = 'number') = (number IS NOT NULL)", name="number_has_number"),
        CheckConstraint("number BETWEEN 0 AND 10", name="number"),
        Index("ix_answer_nudge_id", "nudge_id"),
        Index("ix_answer_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    nudge_id: Mapped[UUID]
    message_id: Mapped[UUID]
    kind: Mapped[AnswerKind] = mapped_column(one_of(AnswerKind))
    number: Mapped[int | None]
    recorded_at: Mapped[datetime]
