"""Templates of plans: their versions, which never change, and which plan began with which of them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.plan_template import TemplateStatus
from companion.models.patient import of_same_patient, owned_by_patient


class PlanTemplate(Base):
    """Where a template stands. `version` moves with every change of it and is its ETag; `current_number` is its newest
    version, `approved_number` the newest that a clinician approved: plans begin with that one alone."""

    __tablename__ = "plan_template"
    __table_args__ = (
        UniqueConstraint("pain_service_id", "id"),
        CheckConstraint("status <> 'active' OR approved_number IS NOT NULL", name="active_is_approved"),
        CheckConstraint("approved_number <= current_number", name="approved_exists"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    status: Mapped[TemplateStatus] = mapped_column(one_of(TemplateStatus))
    current_number: Mapped[int]
    approved_number: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    next_line: Mapped[int]
    created_at: Mapped[datetime]


class PlanTemplateVersion(Base):
    """What a template said, and who stands for it; about no patient. `content` is laid out by records/plan_template.py.

    Only its approval comes later, once, and from somebody else than its author (held by a trigger and a check).
    `version` is the template's when this was written; without an author it came with the product.
    """

    __tablename__ = "plan_template_version"
    __table_args__ = (
        ForeignKeyConstraint(["pain_service_id", "template_id"], ["plan_template.pain_service_id", "plan_template.id"]),
        ForeignKeyConstraint(["pain_service_id", "author_id"], ["staff.pain_service_id", "staff.id"]),
        ForeignKeyConstraint(["pain_service_id", "approved_by"], ["staff.pain_service_id", "staff.id"]),
        # What a plan's beginning points at: with who approved it, so that none can begin with what nobody approved.
        UniqueConstraint(
            "pain_service_id", "template_id", "number", "approved_by", name="uq_plan_template_version_approved"
        ),
        CheckConstraint("version >= number", name="version_counts_it"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at_a_time"),
        CheckConstraint("approved_by <> author_id", name="approved_by_another"),
    )

    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pain_service_id: Mapped[UUID]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]


class PlanStart(Base):
    """That a plan began with a template, and what became of each of its lines there. Append-only."""

    __tablename__ = "plan_start"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("care_plan_id", "care_plan"),
        ForeignKeyConstraint(
            ["pain_service_id", "template_id", "template_number", "approved_by"],
            [f"plan_template_version.{name}" for name in ("pain_service_id", "template_id", "number", "approved_by")],
            name="fk_plan_start_approved_version",
        ),
        Index("ix_plan_start_patient_id", "patient_id"),
    )

    care_plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    template_id: Mapped[UUID]
    template_number: Mapped[int]
    approved_by: Mapped[UUID]
    kept: Mapped[list[str]] = mapped_column(JSON)
    changed: Mapped[list[str]] = mapped_column(JSON)
    left_out: Mapped[list[str]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
