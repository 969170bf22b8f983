"""Which rows of each kind are past their time, in every pain service, and how do they go?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from companion.db import Base
from companion.domain.access import ActorKind
from companion.domain.erasure import ErasureStatus
from companion.domain.message import MessageKind
from companion.domain.patient import PatientStatus
from companion.domain.retention import RecordKind
from companion.domain.task import TaskKind, TaskStatus
from companion.models import (
    Alarm,
    Answer,
    Attempt,
    CarePlanRevision,
    ConsentEvent,
    Device,
    DeviceToken,
    Erasure,
    LoopCheck,
    Message,
    PainService,
    Patient,
    Redaction,
    RetentionRun,
    SignIn,
    Task,
)
from companion.records import task

# In one transaction: short enough that nobody waits for it.
BATCH = 500
Keys = Sequence[Row[Any]]


def _stranger_text(before: datetime) -> ColumnElement[bool]:
    waits = exists().where(Task.message_id == Message.id, Task.status == TaskStatus.REQUESTED)
    # A STOP from a phone that somebody has left behind stands in their consent, which never changes.
    proves = exists().where(ConsentEvent.message_id == Message.id)
    forgotten = or_(Message.provider_id.is_(None), Message.redacted_at.is_not(None))
    nobody_s = and_(Message.patient_id.is_(None), Message.kind != MessageKind.CHECK)
    return and_(nobody_s, Message.created_at < before, forgotten, ~waits, ~proves)


def _health_record(before: datetime) -> ColumnElement[bool]:
    since = [
        exists().where(Message.patient_id == Patient.id, Message.created_at >= before),
        exists().where(CarePlanRevision.patient_id == Patient.id, CarePlanRevision.recorded_at >= before),
        exists().where(Answer.patient_id == Patient.id, Answer.recorded_at >= before),
        exists().where(Task.patient_id == Patient.id, or_(Task.completed_at >= before, Task.completed_at.is_(None))),
        # Whatever was decided the last time stands, and what is asked for is being decided.
        exists().where(Erasure.patient_id == Patient.id, Erasure.status != ErasureStatus.WITHDRAWN),
    ]
    left = and_(Patient.status == PatientStatus.FINISHED, Patient.enrolled_at < before)
    return and_(left, *(~one for one in since))


def _remove_stranger_texts(session: Session, keys: Keys, _now: datetime) -> int:
    ids = [key[0] for key in keys]
    session.execute(delete(Task).where(Task.message_id.in_(ids)))
    session.execute(delete(Attempt).where(Attempt.message_id.in_(ids)))
    session.execute(update(Message).where(Message.in_reply_to.in_(ids)).values(in_reply_to=None))
    return _remove(session, Message, keys)


def _remove_loop_checks(session: Session, keys: Keys, _now: datetime) -> int:
    ids = [key[0] for key in keys]
    texts = session.scalars(select(LoopCheck.message_id).where(LoopCheck.id.in_(ids))).all()
    removed = _remove(session, LoopCheck, keys)
    session.execute(delete(Attempt).where(Attempt.message_id.in_(texts)))
    session.execute(delete(Message).where(Message.id.in_(texts)))
    return removed


def _remove_devices(session: Session, keys: Keys, _now: datetime) -> int:
    session.execute(delete(DeviceToken).where(DeviceToken.device_id.in_([key[0] for key in keys])))
    return _remove(session, Device, keys)


def _remove_certificates(session: Session, keys: Keys, _now: datetime) -> int:
    session.execute(delete(Redaction).where(Redaction.erasure_id.in_([key[0] for key in keys])))
    return _remove(session, Erasure, keys)


def _propose_erasures(session: Session, keys: Keys, now: datetime) -> int:
    for patient in session.scalars(select(Patient).where(Patient.id.in_([key[0] for key in keys]))).all():
        who = {"pain_service_id": patient.pain_service_id, "patient_id": patient.id}
        asked = {"status": ErasureStatus.REQUESTED, "asked_by": ActorKind.SYSTEM, "asked_at": now}
        session.add(Erasure(id=uuid4(), **who, **asked))
        service = session.get_one(PainService, patient.pain_service_id)
        why = "This record is past its retention period. Review it and decide whether to erase it."
        task.ask(session, service, TaskKind.ERASURE, why, now, patient_id=patient.id)
    return len(keys)


def _remove(session: Session, model: type[Base], keys: Keys) -> int:
    columns = _key(model)
    gone = session.execute(delete(model).where(tuple_(*columns).in_([tuple(key) for key in keys])))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _key(model: type[Base]) -> list[Any]:
    return list(model.__table__.primary_key)


@dataclass(frozen=True, slots=True)
class _Kind:
    model: type[Base]
    past: Callable[[datetime], ColumnElement[bool]]
    end: Callable[[Session, Keys, datetime], int] | None = None


_KINDS: dict[RecordKind, _Kind] = {
    RecordKind.HEALTH_RECORD: _Kind(Patient, _health_record, _propose_erasures),
    RecordKind.STRANGER_TEXT: _Kind(Message, _stranger_text, _remove_stranger_texts),
    RecordKind.ATTEMPT: _Kind(Attempt, lambda before: and_(Attempt.started_at < before, Attempt.ended_at.is_not(None))),
    RecordKind.SIGN_IN: _Kind(SignIn, lambda before: SignIn.expires_at < before),
    RecordKind.DEVICE: _Kind(Device, lambda before: Device.expires_at < before, _remove_devices),
    RecordKind.LOOP_CHECK: _Kind(
        LoopCheck,
        lambda before: and_(
            LoopCheck.started_at < before, or_(LoopCheck.passed_at.is_not(None), LoopCheck.failed_at.is_not(None))
        ),
        _remove_loop_checks,
    ),
    RecordKind.ALARM: _Kind(Alarm, lambda before: Alarm.cleared_at < before),
    RecordKind.ERASURE_CERTIFICATE: _Kind(
        Erasure,
        lambda before: and_(Erasure.status == ErasureStatus.COMPLETED, Erasure.completed_at < before),
        _remove_certificates,
    ),
    RecordKind.RETENTION_RUN: _Kind(RetentionRun, lambda before: RetentionRun.ran_at < before),
}


def count(session: Session, kind: RecordKind, before: datetime) -> int:
    """How many records of the kind are dated before that moment, and so past their time."""
    found = _KINDS[kind]
    return session.scalar(select(func.count()).select_from(found.model).where(found.past(before))) or 0


def end_some(session: Session, kind: RecordKind, before: datetime, now: datetime) -> int:
    """Do with up to BATCH of them what the schedule says. Returns how many those were; 0 when none are left."""
    found = _KINDS[kind]
    keys = _key(found.model)
    due = session.execute(select(*keys).where(found.past(before)).order_by(*keys).limit(BATCH)).all()
    if not due:
        return 0
    return found.end(session, due, now) if found.end else _remove(session, found.model, due)
