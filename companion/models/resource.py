"""What of the neighbourhood can help, who looked whether it is still there, and what came of it for whom."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.resource import CheckFound, Cost, Evidence, ResourceEventKind, ResourceKind, ResourceStatus
from companion.models.patient import of_same_patient, owned_by_patient


def of_resource() -> ForeignKeyConstraint:
    """Ties a row to a resource of its own pain service."""
    return ForeignKeyConstraint(["pain_service_id", "resource_id"], ["resource.pain_service_id", "resource.id"])


class Resource(Base):
    """One entry of a pain service's directory: public facts, about nobody.

    `needs` and `reach` are words with a space before and after each, so that either database finds one of them.
    `folded` is what a search by words looks through. `checked_at` repeats the newest check, in the same transaction.
    """

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("pain_service_id", "id"),
        CheckConstraint("evidence <> 'nice-recommended' OR evidence_source IS NOT NULL", name="nice_says_where"),
        CheckConstraint("web LIKE 'http://_%' OR web LIKE 'https://_%'", name="web_is_of_the_web"),
        CheckConstraint(
            "status <> 'listed' OR phone IS NOT NULL OR email IS NOT NULL OR web IS NOT NULL", name="listed_is_reached"
        ),
        Index("ix_resource_pain_service_id", "pain_service_id", "status", "checked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind] = mapped_column(one_of(ResourceKind))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[ResourceStatus] = mapped_column(one_of(ResourceStatus))
    cost: Mapped[Cost] = mapped_column(one_of(Cost))
    cost_words: Mapped[str | None] = mapped_column(String(200))
    needs: Mapped[str] = mapped_column(String(100))
    access_needs: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(300))
    outward: Mapped[str | None] = mapped_column(String(4))
    area: Mapped[str | None] = mapped_column(String(2))
    reach: Mapped[str] = mapped_column(String(500))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(254))
    web: Mapped[str | None] = mapped_column(String(500))
    evidence: Mapped[Evidence] = mapped_column(one_of(Evidence))
    evidence_source: Mapped[str | None] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


class ResourceCheck(Base):
    """Somebody looked whether an entry is still true. Append-only."""

    __tablename__ = "resource_check"
    __table_args__ = (
        of_resource(),
        ForeignKeyConstraint(["pain_service_id", "checked_by"], ["staff.pain_service_id", "staff.id"]),
        Index("ix_resource_check_resource_id", "resource_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    resource_id: Mapped[UUID]
    found: Mapped[CheckFound] = mapped_column(one_of(CheckFound))
    checked_by: Mapped[UUID]
    checked_at: Mapped[datetime]


class ResourceEvent(Base):
    """A resource was offered to somebody, or what came of that. Append-only.

    It may point at the line of a plan that it belongs to, or the text by which it was offered.
    """

    __tablename__ = "resource_event"
    __table_args__ = (
        owned_by_patient(),
        of_resource(),
        of_same_patient("care_plan_id", "care_plan"),
        of_same_patient("message_id", "message"),
        CheckConstraint("(care_plan_id IS NULL) = (line IS NULL)", name="line_of_a_plan"),
        Index("ix_resource_event_patient_id", "patient_id"),
        Index("ix_resource_event_resource_id", "resource_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    resource_id: Mapped[UUID]
    kind: Mapped[ResourceEventKind] = mapped_column(one_of(ResourceEventKind))
    care_plan_id: Mapped[UUID | None]
    line: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[UUID | None]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]
