"""Whose record rests, since when, and why?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.access import ActorKind
from companion.domain.restriction import RestrictionGround
from companion.models.patient import owned_by_patient

OPEN = text("lifted_at IS NULL")


class Restriction(Base):
    """One restriction from its beginning until it was lifted; a patient has one at a time.

    `patient.restricted_at` repeats the beginning of the one that holds, written in the same transaction: the last
    look before a text goes is one row. `began_by` and `lifted_by` are staff; None is the patient, or a decided erasure.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        owned_by_patient(),
        CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", name="lifted_at_a_time"),
        Index("uq_restriction_open", "patient_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_restriction_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    ground: Mapped[RestrictionGround] = mapped_column(one_of(RestrictionGround))
    asked_by: Mapped[ActorKind] = mapped_column(one_of(ActorKind))
    began_at: Mapped[datetime]
    began_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
