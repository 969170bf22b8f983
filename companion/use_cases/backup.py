"""What must be done again when a backup was brought back? It brings back everybody who was erased since it was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.erasure import GROUND_WORDS, ErasureStatus
from companion.domain.refusal import Fault, InvalidError
from companion.domain.restriction import RestrictionGround
from companion.models import Erasure, Patient
from companion.records import audit, certificate
from companion.records import restriction as restrictions

GROUNDS = {words: ground for ground, words in GROUND_WORDS.items()}
OPEN = (ErasureStatus.REQUESTED, ErasureStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class Proof:
    """A certificate and the signature under it, as they are kept beside the backups. It names no patient."""

    certificate: dict[str, Any]
    signature: str


def proofs(actor: Actor) -> list[Proof]:
    """Every certificate that the pain service has, the oldest first: to be kept where no backup is brought back."""
    require(actor, Permission.DECIDE_ERASURE)
    with reading() as session:
        done = scoped(Erasure, actor).where(Erasure.status == ErasureStatus.COMPLETED).order_by(Erasure.completed_at)
        return [
            Proof(certificate.read(row.certificate), row.signature or "")
            for row in session.scalars(done)
            if row.certificate
        ]


def erase_again(actor: Actor, proof: Proof, now: datetime) -> bool:
    """Whether this person is back, and so goes again: their record rests at once, the worker erases it at its next beat
    and issues a new certificate. The actor answers for it; the decision was taken when they were first erased.

    Raises:
        InvalidError: this deployment never signed that.
    """
    require(actor, Permission.DECIDE_ERASURE)
    with transaction() as session:
        if not certificate.is_genuine(session, proof.certificate, proof.signature):
            raise InvalidError([Fault("signature", "This certificate was not issued here, or it has been changed.")])
        of = UUID(proof.certificate["record"])
        patient = session.scalar(scoped(Patient, actor).where(Patient.id == of).with_for_update())
        if patient is None:
            return False
        row = _request(session, actor, patient, UUID(proof.certificate["certificate"]), now)
        row.status, row.ground = ErasureStatus.APPROVED, GROUNDS[proof.certificate["ground"]]
        row.asked_staff_id = None
        row.decided_at, row.decided_by, row.from_at = now, actor.id, now
        resting = restrictions.standing(session, actor, patient)
        if resting is not None:
            restrictions.end(session, actor, patient, resting, now)
            session.flush()
        restrictions.impose(session, actor, patient, RestrictionGround.ERASURE_DECIDED, now)
        audit.record(session, actor, "erasure.approve", row.id, now, patient_id=patient.id)
        return True


def _request(session: Session, actor: Actor, patient: Patient, erasure_id: UUID, now: datetime) -> Erasure:
    """The request as the backup had it, or a new one under the old certificate's number."""
    mine = scoped(Erasure, actor).where(Erasure.patient_id == patient.id)
    row = session.scalar(mine.where((Erasure.id == erasure_id) | Erasure.status.in_(OPEN)).with_for_update())
    if row is None:
        row = Erasure(
            id=erasure_id,
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            asked_by=actor.kind,
            asked_at=now,
        )
        session.add(row)
    return row
