"""How does somebody have their record kept but not used, and how does that end? (UK GDPR article 18)"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, ActorKind, Permission, require
from companion.domain.refusal import ConflictError, NotFoundError
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.models import PainService, Restriction
from companion.records import audit, task
from companion.records import patient as patients
from companion.records import restriction as restrictions


def impose(actor: Actor, patient_id: UUID, ground: RestrictionGround, now: datetime) -> Restriction:
    """Restrict a record, for the patient or as they asked. From now on nothing is planned, nudged or counted from it,
    and staff read it for a stated reason only. What the patient texts still reaches a person (P8).

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: it is restricted already.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        patient = patients.known(session, actor, patient_id, lock=True)
        if patient.restricted_at is not None:
            raise ConflictError("This record is already restricted.")
        row = restrictions.impose(session, actor, patient, ground, now)
        if actor.kind is ActorKind.PATIENT:
            why = "They asked us to restrict their record. Explain what that means and how to end it."
            service = session.get_one(PainService, patient.pain_service_id)
            task.ask(session, service, TaskKind.RESTRICTION, why, now, patient_id=patient_id)
        audit.record(session, actor, "restriction.begin", patient_id, now, patient_id=patient_id)
        session.flush()
        return row


def lift(actor: Actor, restriction_id: UUID, now: datetime) -> Restriction:
    """End a restriction; who lifted it and when is kept.

    Raises:
        NotFoundError: no such restriction in the actor's pain service, or, for a patient, of their own.
        ConflictError: it has ended, an erasure is decided on, or a patient lifts what they did not ask for.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        row = session.scalar(scoped(Restriction, actor).where(Restriction.id == restriction_id))
        if row is None or (actor.kind is ActorKind.PATIENT and row.patient_id != actor.id):
            raise NotFoundError("There is no such restriction.")
        patient = patients.known(session, actor, row.patient_id, lock=True)
        session.refresh(row)
        if row.lifted_at is not None:
            raise ConflictError("This restriction has already ended.")
        if row.ground is RestrictionGround.ERASURE_DECIDED:
            raise ConflictError("Erasure of this record has been approved. Withdraw it first.")
        if actor.kind is ActorKind.PATIENT and row.asked_by is not ActorKind.PATIENT:
            raise ConflictError("The pain service restricted this record. Ask them why, and for how long.")
        restrictions.end(session, actor, patient, row, now)
        audit.record(session, actor, "restriction.lift", row.id, now, patient_id=patient.id)
        session.flush()
        return row


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Sequence[Restriction]:
    """Every restriction of a patient's record, the newest first.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.USE_RIGHTS)
    with reading() as session:
        patients.known(session, actor, patient_id)
        wanted = scoped(Restriction, actor).where(Restriction.patient_id == patient_id)
        found = session.scalars(wanted.order_by(Restriction.began_at.desc(), Restriction.id)).all()
    audit.seen(actor, "restriction.read", now, patient_id)
    return found


def standing(actor: Actor, now: datetime) -> Sequence[Restriction]:
    """Every restriction that holds in the pain service, the oldest first. It names no person: their list does not show
    them while it holds, so this is where staff find them again."""
    require(actor, Permission.USE_RIGHTS)
    if actor.kind is ActorKind.PATIENT:
        raise NotFoundError("There is no such list.")
    with reading() as session:
        wanted = scoped(Restriction, actor).where(Restriction.lifted_at.is_(None))
        found = session.scalars(wanted.order_by(Restriction.began_at, Restriction.id)).all()
    audit.seen(actor, "restriction.read", now, *(row.patient_id for row in found))
    return found
