"""One planned touch on one day from one line of one plan, and what became of it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.behaviour import Behaviour
from companion.domain.nudge import NudgeStatus, Reason
from companion.models.patient import of_same_patient, owned_by_patient

LIVE = "status IN ('planned', 'claimed', 'sent')"


class Nudge(Base):
    """P3 in the schema: a slot has one nudge for each revision and preference that it was planned from, and one live
    nudge whatever it was planned from.

    `slot_on` is a local day of the patient; `due_at` is a hint; `texted_on` is the local day on which it was
    decided to go, which the ceilings count. `held_reason` says why it was last put off.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        UniqueConstraint("pain_service_id", "patient_id", "id"),
        ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "line"],
            ["activity.care_plan_id", "activity.revision_number", "activity.line"],
        ),
        UniqueConstraint(
            "care_plan_id", "line", "slot_on", "revision_number", "preference_version", name="uq_nudge_slot"
        ),
        Index(
            "uq_nudge_one_live",
            "care_plan_id",
            "line",
            "slot_on",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_nudge_due",
            "due_at",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        Index("ix_nudge_patient", "patient_id", "slot_on"),
        CheckConstraint("due_at < expires_at", name="due_before_expiry"),
        CheckConstraint("probability > 0 AND probability <= 1", name="probability"),
        CheckConstraint(
            "(status IN ('skipped', 'lapsed', 'cancelled')) = (reason IS NOT NULL)", name="held_back_with_reason"
        ),
        CheckConstraint("(status IN ('claimed', 'sent')) <= (texted_on IS NOT NULL)", name="texted_on_a_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    care_plan_id: Mapped[UUID]
    revision_number: Mapped[int]
    preference_version: Mapped[int]
    line: Mapped[str] = mapped_column(String(40))
    behaviour: Mapped[Behaviour] = mapped_column(one_of(Behaviour))
    slot_on: Mapped[date]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[NudgeStatus] = mapped_column(one_of(NudgeStatus))
    reason: Mapped[Reason | None] = mapped_column(one_of(Reason))
    held_reason: Mapped[Reason | None] = mapped_column(one_of(Reason, "held_reason"))
    texted_on: Mapped[date | None]
    policy: Mapped[str] = mapped_column(String(40))
    probability: Mapped[float]
    planned_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
