"""Who was asked what they think of a plan that somebody else wrote, and what did they say?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.second_opinion import OpinionOutcome, OpinionStatus
from companion.models.care_plan import owned_by_revision
from companion.models.patient import of_same_patient, owned_by_patient
from companion.sealed import Sealed, Words

OPEN = text("status = 'requested'")
BECAME = "became_revision IS NULL OR (status = 'given' AND outcome <> 'agree' AND became_revision <> revision_number)"


class SecondOpinion(Sealed, Base):
    """A question about a plan, and what a clinician who did not write it thinks, or why it was taken back.

    `revision_number` is the current revision when it was asked, and from when it is given the one that it is about.
    `asked_by` and `closed_by` are staff; None is the patient. `words` are the opinion, or why the question was taken
    back. `task_id` is what waits, or waited last, in the inbox; `access_grant_id` the access of the partner who was
    asked, the last one if there were several; `became_revision` the revision that came of it.
    What was asked never changes, nor does what was said (held by triggers, and so is that nobody judges their own).
    """

    __tablename__ = "second_opinion"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        owned_by_revision(),
        ForeignKeyConstraint(
            ["care_plan_id", "became_revision"], ["care_plan_revision.care_plan_id", "care_plan_revision.number"]
        ),
        UniqueConstraint("care_plan_id", "became_revision"),
        CheckConstraint("(status = 'requested') = (closed_at IS NULL)", name="closed_at_a_time"),
        CheckConstraint("(status = 'requested') = (words_sealed IS NULL)", name="closed_in_words"),
        CheckConstraint("(status = 'given') = (outcome IS NOT NULL)", name="given_with_an_outcome"),
        CheckConstraint("status <> 'given' OR closed_by IS NOT NULL", name="given_by_somebody"),
        CheckConstraint(BECAME, name="becomes_another_revision"),
        Index("uq_second_opinion_open", "care_plan_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_second_opinion_patient_id", "patient_id"),
        Index("ix_second_opinion_task_id", "task_id"),
        Index("ix_second_opinion_access_grant_id", "access_grant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    care_plan_id: Mapped[UUID]
    revision_number: Mapped[int]
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    access_grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_grant.id"))
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    question_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    status: Mapped[OpinionStatus] = mapped_column(one_of(OpinionStatus))
    outcome: Mapped[OpinionOutcome | None] = mapped_column(one_of(OpinionOutcome))
    words_sealed: Mapped[bytes | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    became_revision: Mapped[int | None]
    question = Words[str]()
    words = Words[str | None]()
