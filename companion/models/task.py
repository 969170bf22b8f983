"""What waits for a person: the service's inbox is the list of these that are not completed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.task import TaskKind, TaskPriority, TaskStatus
from companion.models.patient import owned_by_patient
from companion.sealed import Sealed, Words


class Task(Sealed, Base):
    """One thing for a person to look at, with the time by which the pain service has promised to."""

    __tablename__ = "task"
    __table_args__ = (
        owned_by_patient(),
        UniqueConstraint("message_id", "kind"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_at_a_time"),
        Index("ix_task_inbox", "pain_service_id", "status", "due_at"),
        Index("ix_task_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    patient_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    kind: Mapped[TaskKind] = mapped_column(one_of(TaskKind))
    priority: Mapped[TaskPriority] = mapped_column(one_of(TaskPriority))
    status: Mapped[TaskStatus] = mapped_column(one_of(TaskStatus), default=TaskStatus.REQUESTED)
    why_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome_sealed: Mapped[bytes | None]
    why = Words[str]()
    outcome = Words[str | None]()
