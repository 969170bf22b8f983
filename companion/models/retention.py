"""What did the retention schedule do, or find that it would do, and when?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.retention import RecordKind


class RetentionRun(Base):
    """One kind of record, looked through once. A dry run touches nothing: `done` is then 0."""

    __tablename__ = "retention_run"
    __table_args__ = (
        CheckConstraint("done BETWEEN 0 AND found", name="done_of_found"),
        CheckConstraint("NOT dry OR done = 0", name="dry_does_nothing"),
        Index("ix_retention_run_kind", "kind", "ran_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[RecordKind] = mapped_column(one_of(RecordKind))
    dry: Mapped[bool]
    found: Mapped[int]
    done: Mapped[int]
    ran_at: Mapped[datetime]
