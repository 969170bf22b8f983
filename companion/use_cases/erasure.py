"""How does somebody have their record erased, as far as the law allows, and how is it proved? (UK GDPR article 17)"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion.db import keyed_transaction, reading, scoped, transaction
from companion.domain import erasure as rules
from companion.domain.access import Actor, ActorKind, Permission, require, system
from companion.domain.erasure import ErasureGround, ErasureStatus
from companion.domain.local_time import local
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.models import Erasure, PainService, Patient, Redaction
from companion.records import audit, certificate, task
from companion.records import erasure as erasures
from companion.records import patient as patients
from companion.records import restriction as restrictions

log = logging.getLogger(__name__)

OPEN = (ErasureStatus.REQUESTED, ErasureStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class ErasureView:
    """A request as it stands, and how many texts the provider has still to forget."""

    erasure: Erasure
    provider_still_has: int


@dataclass(frozen=True, slots=True)
class Certified:
    """What was certified, as it was signed, and the signature."""

    certificate: certificate.Certificate
    signature: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is given to the person before: afterwards nobody knows any more where to write to."""

    patient: Patient
    service: PainService
    erasure: Erasure
    kept_until_on: str


def ask(actor: Actor, patient_id: UUID, now: datetime) -> Erasure:
    """A patient asks to be erased; or staff write down that they did. A person decides, and says so within a month.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: it is asked for already.
    """
    require(actor, Permission.USE_RIGHTS)
    try:
        with transaction() as session:
            patient = patients.known(session, actor, patient_id)
            row = Erasure(
                id=uuid4(),
                pain_service_id=patient.pain_service_id,
                patient_id=patient_id,
                status=ErasureStatus.REQUESTED,
                asked_by=actor.kind,
                asked_staff_id=actor.id if actor.kind is ActorKind.STAFF else None,
                asked_at=now,
            )
            session.add(row)
            why = (
                "Erasure of this record has been requested. A clinician or administrator must decide: see /v1/erasures."
            )
            service = session.get_one(PainService, patient.pain_service_id)
            task.ask(session, service, TaskKind.ERASURE, why, now, patient_id=patient_id)
            audit.record(session, actor, "erasure.ask", row.id, now, patient_id=patient_id)
            session.flush()
            return row
    except IntegrityError as error:
        raise ConflictError("Erasure of this record has already been requested.") from error


def approve(actor: Actor, erasure_id: UUID, ground: ErasureGround, now: datetime) -> Erasure:
    """Decide that the record is erased. From now on it rests; what was enrolled by mistake goes at once, anything else
    after a week, in which the person gets the letter and anybody may still withdraw it.

    Raises:
        NotFoundError: no such request in the actor's pain service.
        ConflictError: it is decided already, or whoever asked for it decides.
        InvalidError: the law makes us keep the record; the words say until when.
    """
    require(actor, Permission.DECIDE_ERASURE)
    with transaction() as session:
        row, patient = _to_decide(session, actor, erasure_id)
        service = session.get_one(PainService, row.pain_service_id)
        stands = erasures.standing(session, actor, patient, now)
        obstacle = rules.obstacle(ground, stands, local(now, service.time_zone).date())
        if obstacle is not None:
            raise InvalidError([Fault("ground", obstacle)])
        row.status, row.ground = ErasureStatus.APPROVED, ground
        row.decided_at, row.decided_by = now, actor.id
        row.from_at = rules.carried_out_from(ground, now)
        resting = restrictions.standing(session, actor, patient)
        if resting is not None:
            restrictions.end(session, actor, patient, resting, now)
            session.flush()
        restrictions.impose(session, actor, patient, RestrictionGround.ERASURE_DECIDED, now)
        audit.record(session, actor, "erasure.approve", row.id, now, patient_id=patient.id)
        return row


def refuse(actor: Actor, erasure_id: UUID, answer: str, now: datetime) -> Erasure:
    """Decide that the record is kept, and say why, in words that the person reads.

    Raises:
        NotFoundError: no such request in the actor's pain service.
        ConflictError: it is decided already, or whoever asked for it decides.
    """
    require(actor, Permission.DECIDE_ERASURE)
    with transaction() as session:
        row, patient = _to_decide(session, actor, erasure_id)
        row.status, row.answer = ErasureStatus.REFUSED, answer
        row.decided_at, row.decided_by = now, actor.id
        audit.record(session, actor, "erasure.refuse", row.id, now, patient_id=patient.id)
        return row


def withdraw(actor: Actor, erasure_id: UUID, now: datetime) -> Erasure:
    """Take the request back, or the decision, while nothing is erased yet; the record is used again.

    Raises:
        NotFoundError: no such request in the actor's pain service, or, for a patient, of their own.
        ConflictError: it is too late, or it was refused.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        row = _owned(session, actor, erasure_id, lock=True)
        if row.status not in OPEN:
            raise ConflictError(f"This erasure is {row.status}: there is nothing to withdraw.")
        patient = patients.known(session, actor, row.patient_id, lock=True)
        row.status = ErasureStatus.WITHDRAWN
        resting = restrictions.standing(session, actor, patient)
        if resting is not None and resting.ground is RestrictionGround.ERASURE_DECIDED:
            restrictions.end(session, actor, patient, resting, now)
        audit.record(session, actor, "erasure.withdraw", row.id, now, patient_id=patient.id)
        return row


def listed(actor: Actor, now: datetime) -> Sequence[ErasureView]:
    """Every request of the pain service, the newest first. It names nobody."""
    require(actor, Permission.DECIDE_ERASURE)
    with reading() as session:
        wanted = scoped(Erasure, actor).order_by(Erasure.asked_at.desc(), Erasure.id)
        found = [_view(session, row) for row in session.scalars(wanted)]
    _note_seen(actor, now, *(view.erasure for view in found))
    return found


def read(actor: Actor, erasure_id: UUID, now: datetime) -> ErasureView:
    """One request, and the certificate when there is one.

    Raises:
        NotFoundError: no such request in the actor's pain service, or, for a patient, of their own.
    """
    require(actor, Permission.USE_RIGHTS)
    with reading() as session:
        view = _view(session, _owned(session, actor, erasure_id))
    _note_seen(actor, now, view.erasure)
    return view


def certified(actor: Actor, erasure_id: UUID, now: datetime) -> Certified:
    """The certificate of a completed erasure, and the signature under it.

    Raises:
        NotFoundError: no such request in the actor's pain service.
        ConflictError: it is not completed yet.
    """
    require(actor, Permission.DECIDE_ERASURE)
    with reading() as session:
        row = _owned(session, actor, erasure_id)
    if row.certificate is None or row.signature is None:
        raise ConflictError(f"There is no certificate yet: this erasure is {row.status}.")
    _note_seen(actor, now, row)
    return Certified(certificate.read(row.certificate), row.signature)


def letter(actor: Actor, erasure_id: UUID, now: datetime) -> Letter:
    """What the person is given to read: that it is asked for, or what was decided, before anything is done.

    Raises:
        NotFoundError: no such request in the actor's pain service, or, for a patient, of their own.
        ConflictError: the record is gone, or the request was withdrawn.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        row = _owned(session, actor, erasure_id)
        if row.status not in (*OPEN, ErasureStatus.REFUSED):
            raise ConflictError(f"This erasure is {row.status}: there is no letter about it.")
        patient = patients.known(session, actor, row.patient_id)
        service = session.get_one(PainService, row.pain_service_id)
        audit.record(session, actor, "erasure.letter", row.id, now, patient_id=patient.id)
        until = rules.kept_until(erasures.standing(session, actor, patient, now))
        return Letter(patient, service, row, f"{until.day} {until:%B %Y}")


def carry_out(now: datetime) -> int:
    """Erase what was decided on and is due, each in a transaction of its own. Returns how many that were.

    Where something of the person's is under way just now, it waits for the next beat.
    """
    with reading() as session:
        due = select(Erasure.id).where(Erasure.status == ErasureStatus.APPROVED, Erasure.from_at <= now)
        ids = session.scalars(due.order_by(Erasure.from_at)).all()
    done = 0
    for erasure_id in ids:
        try:
            done += _carry_out(erasure_id, now)
        except IntegrityError:
            # Somebody else's row points at one of theirs: that one record waits for us to mend it, and no other.
            log.exception("erasure %s cannot be carried out", erasure_id)
    return done


def complete(now: datetime) -> int:
    """Certify what is erased here and forgotten by the providers. Returns how many that were."""
    with reading() as session:
        left = select(Redaction.erasure_id).where(Redaction.done_at.is_(None))
        ready = select(Erasure.id).where(Erasure.status == ErasureStatus.ERASED, Erasure.id.not_in(left))
        ids = session.scalars(ready).all()
    for erasure_id in ids:
        with transaction() as session:
            row = session.get_one(Erasure, erasure_id, with_for_update=True)
            if row.status is ErasureStatus.ERASED:
                drawn_up = certificate.draw_up(session, row, now)
                row.certificate = certificate.as_text(drawn_up)
                row.signature = certificate.signed(session, drawn_up)
                row.status, row.completed_at = ErasureStatus.COMPLETED, now
                audit.record(session, system(row.pain_service_id), "erasure.complete", row.id, now)
    return len(ids)


def _carry_out(erasure_id: UUID, now: datetime) -> bool:
    with keyed_transaction() as session:
        row = session.get_one(Erasure, erasure_id, with_for_update=True)
        if row.status is not ErasureStatus.APPROVED:
            return False
        actor = system(row.pain_service_id)
        patient = session.scalar(scoped(Patient, actor).where(Patient.id == row.patient_id).with_for_update())
        if patient is None or not erasures.is_quiet(session, patient):
            return False
        erasures.erase(session, row, patient, now)
        audit.record(session, actor, "erasure.erase", row.id, now, patient_id=row.patient_id)
        return True


def _note_seen(actor: Actor, now: datetime, *rows: Erasure) -> None:
    """A request that still has a record was looked at; of one that is carried out nobody is left to be told."""
    for row in rows:
        if row.patient_id is not None:
            audit.seen(actor, "erasure.read", now, row.patient_id, entity_id=row.id)


def _to_decide(session: Session, actor: Actor, erasure_id: UUID) -> tuple[Erasure, Patient]:
    row = _owned(session, actor, erasure_id, lock=True)
    if row.status is not ErasureStatus.REQUESTED:
        raise ConflictError(f"This has already been decided: it is {row.status}.")
    if row.asked_staff_id is not None and row.asked_staff_id == actor.id:
        raise ConflictError(
            "Erasure cannot be undone, so it needs two people. Someone else must decide on your request."
        )
    return row, patients.known(session, actor, row.patient_id, lock=True)


def _owned(session: Session, actor: Actor, erasure_id: UUID, *, lock: bool = False) -> Erasure:
    wanted = scoped(Erasure, actor).where(Erasure.id == erasure_id)
    if actor.kind is ActorKind.PATIENT:
        wanted = wanted.where(Erasure.patient_id == actor.id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFoundError("There is no such erasure.")
    return row


def _view(session: Session, row: Erasure) -> ErasureView:
    left = select(func.count()).where(Redaction.erasure_id == row.id, Redaction.done_at.is_(None))
    return ErasureView(row, session.scalar(left) or 0)
