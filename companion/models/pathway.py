"""A person's way from referral to closed, move by move; and what was referred to a hospital."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Base, one_of
from companion.domain.pathway import MOVES, REASONS, MoveReason, Step
from companion.models.patient import of_same_patient, owned_by_patient
from companion.sealed import Sealed, Words

OPEN = text("step <> 'closed'")


def _listed(words: frozenset[Step] | frozenset[MoveReason]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _ways() -> str:
    ways = [
        "from_step IS NULL AND to_step IN ('referral')",
        "corrects IS NOT NULL AND coalesce(from_step, '') = to_step",
    ]
    ways += [
        f"coalesce(from_step, '') = '{step}' AND to_step IN ({_listed(to)})"
        for step, to in MOVES.items()
        if step and to
    ]
    return " OR ".join(ways)


def _reasons() -> str:
    back = "coalesce(from_step, '') = to_step AND reason = 'entered-in-error'"
    return " OR ".join([back, *(f"to_step = '{step}' AND reason IN ({_listed(of)})" for step, of in REASONS.items())])


class Pathway(Base):
    """Where one person is (FHIR: EpisodeOfCare). `version` moves with every change of it and is its ETag.

    `step` and `since_at` repeat the last move that stands, written in the same transaction: a caseload is counted from
    them. `asked_at`: when staff were asked for the review of `review_on`, a local day of the pain service.
    """

    __tablename__ = "pathway"
    __table_args__ = (
        owned_by_patient(),
        UniqueConstraint("pain_service_id", "patient_id", "id"),
        CheckConstraint("step <> 'active-plan' OR review_on IS NOT NULL", name="plan_is_reviewed"),
        CheckConstraint("review_on IS NULL OR step IN ('active-plan', 'open-contact')", name="review_of_a_step"),
        CheckConstraint("asked_at IS NULL OR review_on IS NOT NULL", name="asked_for_a_review"),
        Index("uq_pathway_open", "patient_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_pathway_patient_id", "patient_id"),
        Index("ix_pathway_step", "pain_service_id", "step"),
        Index(
            "ix_pathway_review_on",
            "review_on",
            sqlite_where=text("asked_at IS NULL AND review_on IS NOT NULL"),
            postgresql_where=text("asked_at IS NULL AND review_on IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    step: Mapped[Step] = mapped_column(one_of(Step))
    since_at: Mapped[datetime]
    review_on: Mapped[date | None]
    asked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class PathwayMove(Sealed, Base):
    """One move as it was written down: never changed (held by triggers), put right by a later one that `corrects` it.

    `effective_at` is when it happened, `recorded_at` when we learned of it. `follows` is the move that stood before
    it: a key over that one's end makes sure that no move begins where nobody was.
    """

    __tablename__ = "pathway_move"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("pathway_id", "pathway"),
        UniqueConstraint("pathway_id", "to_step", "number"),
        UniqueConstraint("pathway_id", "corrects"),
        ForeignKeyConstraint(
            ["pathway_id", "from_step", "follows"],
            ["pathway_move.pathway_id", "pathway_move.to_step", "pathway_move.number"],
        ),
        ForeignKeyConstraint(["pathway_id", "corrects"], ["pathway_move.pathway_id", "pathway_move.number"]),
        CheckConstraint("(follows IS NULL) = (from_step IS NULL)", name="follows_a_step"),
        CheckConstraint("follows <> number", name="follows_another"),
        CheckConstraint("corrects <> number", name="corrects_another"),
        CheckConstraint("corrects IS NULL OR words_sealed IS NOT NULL", name="corrected_with_why"),
        CheckConstraint("(number = 1) = (follows IS NULL AND corrects IS NULL)", name="begins_once"),
        CheckConstraint(_ways(), name="way"),
        CheckConstraint(_reasons(), name="reason_of_step"),
        Index("ix_pathway_move_patient_id", "patient_id"),
    )

    pathway_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    follows: Mapped[int | None]
    from_step: Mapped[Step | None] = mapped_column(one_of(Step))
    to_step: Mapped[Step] = mapped_column(one_of(Step, name="to_step"))
    reason: Mapped[MoveReason] = mapped_column(one_of(MoveReason))
    words_sealed: Mapped[bytes | None]
    corrects: Mapped[int | None]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words = Words[str | None]()


class HospitalReferral(Sealed, Base):
    """Somebody was referred to a hospital (FHIR: ServiceRequest): why, and what was tried first. Never changed."""

    __tablename__ = "hospital_referral"
    __table_args__ = (
        owned_by_patient(),
        of_same_patient("pathway_id", "pathway"),
        Index("ix_hospital_referral_pathway_id", "pathway_id"),
        Index("ix_hospital_referral_patient_id", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pain_service_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    pathway_id: Mapped[UUID]
    to_sealed: Mapped[bytes]
    reason_sealed: Mapped[bytes]
    tried_first_sealed: Mapped[bytes]
    referred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    to = Words[str]()
    reason = Words[str]()
    tried_first = Words[str]()
