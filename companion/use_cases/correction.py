"""How does somebody have their record put right, or learn why not? (UK GDPR articles 16 and 12(3))"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.correction import CorrectionStatus, due_on
from companion.domain.local_time import local
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.domain.task import TaskKind
from companion.models import Correction, PainService
from companion.records import audit, task
from companion.records import patient as patients


def ask(actor: Actor, patient_id: UUID, words: str, now: datetime) -> Correction:
    """A patient says what is wrong in their record; or staff write down that they did, by text or on the phone.

    It comes into the inbox like everything that people write, and has to be answered within a month.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.USE_RIGHTS)
    with transaction() as session:
        patient = patients.known(session, actor, patient_id)
        service = session.get_one(PainService, patient.pain_service_id)
        by = due_on(local(now, service.time_zone).date())
        why = f"They asked for a correction to their record. Make it, or say why not, by {by.day} {by:%B %Y}."
        waits = task.ask(session, service, TaskKind.CORRECTION, why, now, patient_id=patient_id)
        session.flush()
        row = Correction(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient_id,
            task_id=waits.id,
            asked_by=actor.kind,
            words=words,
            asked_at=now,
            due_on=by,
            status=CorrectionStatus.REQUESTED,
        )
        session.add(row)
        audit.record(session, actor, "correction.ask", row.id, now, patient_id=patient_id)
        return row


def answer(actor: Actor, correction_id: UUID, status: CorrectionStatus, words: str | None, now: datetime) -> Correction:
    """Staff made the correction, or say why not; the patient sees the wish and the answer. Its task is done with it.

    Raises:
        NotFoundError: no such wish in the actor's pain service.
        ConflictError: it is answered already.
        InvalidError: a refusal without a reason, or no answer at all.
    """
    require(actor, Permission.EDIT_RECORD)
    if status is CorrectionStatus.REQUESTED:
        raise InvalidError([Fault("status", "Say if the correction was made or refused.")])
    if status is CorrectionStatus.REFUSED and not words:
        raise InvalidError([Fault("answer", "Say why the correction is not made. The patient will read this.")])
    with transaction() as session:
        row = session.scalar(scoped(Correction, actor).where(Correction.id == correction_id).with_for_update())
        if row is None:
            raise NotFoundError("Correction request not found.")
        if row.status is not CorrectionStatus.REQUESTED:
            raise ConflictError("This correction request has already been answered.")
        row.status, row.answer, row.answered_at, row.answered_by = status, words, now, actor.id
        task.finish(session, actor, row.task_id, "Answered: see the correction request.", now)
        audit.record(session, actor, f"correction.{status}", row.id, now, patient_id=row.patient_id)
        return row


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Sequence[Correction]:
    """Every wish for a correction and its answer, the newest first: the same for staff and for the patient.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ForbiddenError: their record is restricted, and staff gave no reason.
    """
    require(actor, Permission.USE_RIGHTS)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(Correction, actor).where(Correction.patient_id == patient_id)
        found = session.scalars(wanted.order_by(Correction.asked_at.desc(), Correction.id)).all()
    audit.seen(actor, "correction.read", now, patient_id)
    return found
