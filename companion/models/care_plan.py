"""The personalised care plan: its standing, and its revisions that never change."""

from datetime import date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Base, one_of
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import ActivityStatus, AgreedHow, CarePlanStatus, ContactKind, DoneBy, NeedKind
from companion.domain.working_hours import Weekday
from companion.models.patient import of_same_patient, owned_by_patient
from companion.sealed import Sealed, Words


def owned_by_revision() -> ForeignKeyConstraint:
    """The pair of columns that ties a line to the one revision it stands in."""
    return ForeignKeyConstraint(
        ["care_plan_id", "revision_number"], ["care_plan_revision.care_plan_id", "care_plan_revision.number"]
    )


class CarePlan(Base):
    """Where the plan stands. `version` moves with every change of it and is its ETag.

    The `planned_` columns are the planner's own mark of what it has planned nudges from, and up to which
    local day. From `look_on` (UTC) it looks at the plan again though nobody changes anything, as the days
    planned for run out; None of a plan that is not active. What is changed says so itself: PlanChange.
    """

    __tablename__ = "care_plan"
    __table_args__ = (
        owned_by_patient(),
        UniqueConstraint("pain_service_id", "patient_id", "id"),
        CheckConstraint("status <> 'active' OR agreed_revision IS NOT NULL", name="active_is_agreed"),
        CheckConstraint("agreed_revision <= current_revision", name="agreed_exists"),
        Index(
            "uq_care_plan_one_active",
            "patient_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_care_plan_patient_id", "patient_id"),
        Index(
            "ix_care_plan_look_on",
            "look_on",
            sqlite_where=text("look_on IS NOT NULL"),
            postgresql_where=text("look_on IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    status: Mapped[CarePlanStatus] = mapped_column(one_of(CarePlanStatus))
    current_revision: Mapped[int]
    agreed_revision: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    next_line: Mapped[int]
    created_at: Mapped[datetime]
    planned_revision: Mapped[int | None]
    planned_preference: Mapped[int | None]
    planned_through_on: Mapped[date | None]
    look_on: Mapped[date | None]


class CarePlanRevision(Sealed, Base):
    """One immutable state of the plan's words (P10; held by triggers, here and on its lines).

    `version` is the plan's when this was written; None of those from before it was kept.
    """

    __tablename__ = "care_plan_revision"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        CheckConstraint("version >= number", name="version_counts_it"),
        CheckConstraint("(flare_first_steps_sealed IS NULL) = (flare_urgent_help_sealed IS NULL)", name="flare_whole"),
        CheckConstraint("reviewer_id IS NULL OR review_on IS NOT NULL", name="reviewer_has_day"),
        Index("ix_care_plan_revision_patient_id", "patient_id"),
    )

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    what_matters_sealed: Mapped[bytes]
    communicate_how_sealed: Mapped[bytes | None]
    please_do_sealed: Mapped[bytes | None]
    please_dont_sealed: Mapped[bytes | None]
    important_people_sealed: Mapped[bytes | None]
    flare_early_signs_sealed: Mapped[bytes | None]
    flare_first_steps_sealed: Mapped[bytes | None]
    flare_avoid_sealed: Mapped[bytes | None]
    flare_contact_sealed: Mapped[bytes | None]
    flare_urgent_help_sealed: Mapped[bytes | None]
    review_on: Mapped[date | None]
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    version: Mapped[int | None]
    reason_sealed: Mapped[bytes | None]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
    already_helps: Mapped[list["AlreadyHelps"]] = relationship(lazy="raise", order_by="AlreadyHelps.position")
    goals: Mapped[list["Goal"]] = relationship(lazy="raise", order_by="Goal.position")
    activities: Mapped[list["Activity"]] = relationship(lazy="raise", order_by="Activity.position")
    needs: Mapped[list["Need"]] = relationship(lazy="raise", order_by="Need.position")
    medicines_to_review: Mapped[list["MedicineToReview"]] = relationship(
        lazy="raise", order_by="MedicineToReview.position"
    )
    contacts: Mapped[list["PlanContact"]] = relationship(lazy="raise", order_by="PlanContact.position")
    what_matters = Words[str]()
    important_people = Words[str | None]()
    flare_early_signs = Words[str | None]()
    flare_first_steps = Words[str | None]()
    flare_avoid = Words[str | None]()
    flare_contact = Words[str | None]()
    flare_urgent_help = Words[str | None]()
    communicate_how = Words[str | None]()
    please_do = Words[str | None]()
    please_dont = Words[str | None]()
    reason = Words[str | None]()


class AlreadyHelps(Sealed, Base):
    """Something the person already does that helps."""

    __tablename__ = "already_helps"
    __table_args__ = (owned_by_revision(),)

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    words_sealed: Mapped[bytes]
    words = Words[str]()


class Goal(Sealed, Base):
    """What the person hopes for, in their own words."""

    __tablename__ = "goal"
    __table_args__ = (
        owned_by_revision(),
        CheckConstraint("importance BETWEEN 0 AND 10", name="importance"),
        CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence"),
    )

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    words_sealed: Mapped[bytes]
    importance: Mapped[int | None]
    confidence: Mapped[int | None]
    words = Words[str]()


class Activity(Sealed, Base):
    """What is to be done. A healthy activity always points at something that already helps this person."""

    __tablename__ = "activity"
    __table_args__ = (
        owned_by_revision(),
        ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "already_helps_line"],
            ["already_helps.care_plan_id", "already_helps.revision_number", "already_helps.line"],
        ),
        ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "goal_line"], ["goal.care_plan_id", "goal.revision_number", "goal.line"]
        ),
        CheckConstraint("behaviour <> 'healthy' OR already_helps_line IS NOT NULL", name="healthy_already_helps"),
        CheckConstraint("recurrence IS NULL OR starts_on IS NOT NULL", name="recurrence_starts"),
        CheckConstraint("due_on >= starts_on", name="due_after_start"),
    )

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    behaviour: Mapped[Behaviour] = mapped_column(one_of(Behaviour))
    words_sealed: Mapped[bytes]
    nudge_words_sealed: Mapped[bytes | None]
    goal_line: Mapped[str | None] = mapped_column(String(40))
    already_helps_line: Mapped[str | None] = mapped_column(String(40))
    days_of_week: Mapped[frozenset[Weekday]]
    time_of_day: Mapped[time | None]
    status: Mapped[ActivityStatus] = mapped_column(one_of(ActivityStatus))
    done_by: Mapped[DoneBy] = mapped_column(one_of(DoneBy), server_default=DoneBy.PATIENT.value)
    recurrence: Mapped[str | None] = mapped_column(String(120))
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    words = Words[str]()
    nudge_words = Words[str | None]()


class Need(Sealed, Base):
    """A need, concern or problem, and the condition it comes with if it comes with one."""

    __tablename__ = "need"
    __table_args__ = (owned_by_revision(),)

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    kind: Mapped[NeedKind] = mapped_column(one_of(NeedKind))
    words_sealed: Mapped[bytes]
    condition_sealed: Mapped[bytes | None]
    words = Words[str]()
    condition = Words[str | None]()


class MedicineToReview(Sealed, Base):
    """A medicine to talk about at the review: never a dose, never what to take."""

    __tablename__ = "medicine_to_review"
    __table_args__ = (owned_by_revision(),)

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    words_sealed: Mapped[bytes]
    why_sealed: Mapped[bytes | None]
    words = Words[str]()
    why = Words[str | None]()


class PlanContact(Sealed, Base):
    """A carer, or somebody to turn to if things go wrong."""

    __tablename__ = "plan_contact"
    __table_args__ = (owned_by_revision(),)

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    kind: Mapped[ContactKind] = mapped_column(one_of(ContactKind))
    words_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes | None]
    words = Words[str]()
    phone = Words[str | None]()


class Agreement(Base):
    """The patient's own yes to one revision of the plan. Append-only."""

    __tablename__ = "agreement"
    __table_args__ = (owned_by_revision(), UniqueConstraint("care_plan_id", "revision_number"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    care_plan_id: Mapped[UUID]
    revision_number: Mapped[int]
    how: Mapped[AgreedHow] = mapped_column(one_of(AgreedHow))
    agreed_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
