"""Who was let in to one record, by whom, why, and until when?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.access_grant import AccessKind
from companion.models.patient import owned_by_patient
from companion.sealed import Sealed, Words

# Who breaks the glass does so for themselves, in their own pain service; a partner is of another one.
HOLDER = (
    "(kind <> 'break-glass' OR holder_service_id = pain_service_id AND granted_by = holder_id) "
    "AND (kind <> 'partner' OR holder_service_id <> pain_service_id)"
)


def _member(pain_service_id: str, staff_id: str) -> ForeignKeyConstraint:
    """Somebody who works for that very pain service."""
    return ForeignKeyConstraint([pain_service_id, staff_id], ["staff.pain_service_id", "staff.id"])


class AccessGrant(Sealed, Base):
    """One access to one record. `pain_service_id` is the patient's; the holder of a partner's works for another one.

    `ended_by` is staff; of an access that is over, None: the patient took back the question that it was for. Nothing of
    it changes but its end, and that once; the longest times of domain/access_grant.py are in the schema too.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        owned_by_patient(),
        _member("holder_service_id", "holder_id"),
        _member("pain_service_id", "granted_by"),
        CheckConstraint(HOLDER, name="holder"),
        CheckConstraint("until_at > from_at", name="until_after_from"),
        CheckConstraint("ended_at IS NOT NULL OR ended_by IS NULL", name="ended_by_somebody"),
        CheckConstraint("ended_at >= from_at", name="ended_after_from"),
        Index("ix_access_grant_pain_service_id", "pain_service_id", "from_at"),
        Index("ix_access_grant_holder_id", "holder_id", "until_at"),
        Index("ix_access_grant_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    kind: Mapped[AccessKind] = mapped_column(one_of(AccessKind))
    holder_service_id: Mapped[UUID]
    holder_id: Mapped[UUID]
    granted_by: Mapped[UUID]
    reason_sealed: Mapped[bytes]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason = Words[str]()
