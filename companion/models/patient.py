"""The person who lives with pain: who they are and how they are reached."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.consent import ConsentStatus
from companion.domain.patient import PatientStatus
from companion.sealed import Sealed, Words


def owned_by_patient() -> ForeignKeyConstraint:
    """The pair of columns that ties a row to its patient *and* to that patient's pain service, so that no row
    can say one pain service and point into another."""
    return ForeignKeyConstraint(["pain_service_id", "patient_id"], ["patient.pain_service_id", "patient.id"])


def of_same_patient(column: str, table: str) -> ForeignKeyConstraint:
    """A key to another table's row that must be of the same patient in the same pain service. Where `column` is
    empty it points nowhere, as SQL has it."""
    here = ["pain_service_id", "patient_id", column]
    return ForeignKeyConstraint(here, [f"{table}.{name}" for name in ("pain_service_id", "patient_id", "id")])


class Patient(Sealed, Base):
    """`text_consent` repeats the newest consent event, and `restricted_at` when the restriction began that holds, both
    written in the same transaction: the hot path reads them."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("pain_service_id", "id"),
        UniqueConstraint("pain_service_id", "nhs_number_index"),
        # A number that a finished patient once had may come to somebody else.
        Index(
            "uq_patient_active_mobile",
            "pain_service_id",
            "mobile_index",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_patient_mobile", "mobile_index"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID] = mapped_column(ForeignKey("pain_service.id"))
    given_name_sealed: Mapped[bytes]
    family_name_sealed: Mapped[bytes]
    nhs_number_sealed: Mapped[bytes]
    nhs_number_index: Mapped[UUID]
    mobile_sealed: Mapped[bytes]
    mobile_index: Mapped[UUID]
    birth_date_sealed: Mapped[bytes | None]
    time_zone: Mapped[str] = mapped_column(String(60))
    status: Mapped[PatientStatus] = mapped_column(one_of(PatientStatus), default=PatientStatus.ACTIVE)
    text_consent: Mapped[ConsentStatus] = mapped_column(one_of(ConsentStatus), default=ConsentStatus.NOT_ASKED)
    version: Mapped[int] = mapped_column(default=1)
    enrolled_at: Mapped[datetime]
    restricted_at: Mapped[datetime | None]
    given_name = Words[str]()
    family_name = Words[str]()
    nhs_number = Words[str](index="nhs-number")
    mobile = Words[str](index="number")
    # As ISO 8601 has it: 1968-04-17.
    birth_date = Words[str | None]()
