"""What did a patient suggest for their plan, and what was answered? And which yes were they asked for by a text?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.suggestion import SuggestionStatus
from companion.models.care_plan import owned_by_revision
from companion.models.patient import of_same_patient, owned_by_patient
from companion.sealed import Sealed, Words


class Suggestion(Sealed, Base):
    """A change to one line of the plan, or a new one (`line` is None), in the patient's words, and the one answer.

    `revision_number` is the revision that they read; `accepted_revision` the one that came of it. What was suggested
    never changes, and neither does an answer (held by triggers).
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        owned_by_revision(),
        ForeignKeyConstraint(
            ["care_plan_id", "accepted_revision"], ["care_plan_revision.care_plan_id", "care_plan_revision.number"]
        ),
        CheckConstraint("(status = 'requested') = (answered_at IS NULL)", name="answered_at_a_time"),
        CheckConstraint("(status = 'accepted') = (accepted_revision IS NOT NULL)", name="accepted_into_a_revision"),
        CheckConstraint("accepted_revision <> revision_number", name="accepted_into_another"),
        CheckConstraint("status <> 'declined' OR answer_sealed IS NOT NULL", name="declined_with_why"),
        Index("ix_suggestion_patient_id", "patient_id"),
        Index("ix_suggestion_care_plan_id", "care_plan_id"),
        Index("ix_suggestion_task_id", "task_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    care_plan_id: Mapped[UUID]
    revision_number: Mapped[int]
    line: Mapped[str | None] = mapped_column(String(40))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    words_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    status: Mapped[SuggestionStatus] = mapped_column(one_of(SuggestionStatus))
    answer_sealed: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    accepted_revision: Mapped[int | None]
    words = Words[str]()
    answer = Words[str | None]()


class AgreementRequest(Base):
    """Staff had a link texted to a patient, to read this revision and say yes to it. Append-only."""

    __tablename__ = "agreement_request"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        owned_by_revision(),
        Index("ix_agreement_request_patient_id", "patient_id"),
        Index("ix_agreement_request_care_plan_id", "care_plan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    care_plan_id: Mapped[UUID]
    revision_number: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
