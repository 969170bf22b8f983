"""Erases a record in one transaction. Only counts that are not linked to a person remain."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, true
from sqlalchemy.orm import Session

from companion.bulk import update_each
from companion.db import Base, scoped
from companion.domain.access import Actor, system
from companion.domain.calendar import first_of_month
from companion.domain.erasure import ErasureStatus, Standing
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.domain.patient import PatientStatus
from companion.models import (
    Agreement,
    Answer,
    CarePlan,
    CarePlanRevision,
    Erasure,
    Message,
    Nudge,
    PastCount,
    PathwayMove,
    Patient,
    Redaction,
    Task,
)
from companion.records import audit_erasure, belonging
from companion.records.belonging import Number

# Of a patient's tables, those whose rows stay, and why.
KEPT: dict[str, str] = {
    "audit_entry": "the trail proves who looked; its number leads to nobody, and audit_erasure takes out the words",
    "erasure": "the decision and its certificate are the proof that it was done",
    "redaction": "what the provider must still forget; emptied text by text",
    "loop_check": "texts to a phone of our own; they are no patient's",
}
UNDER_WAY = (MessageStatus.CREATED, MessageStatus.SENDING)


def standing(session: Session, actor: Actor, patient: Patient, now: datetime) -> Standing:
    """What the rule asks: when there was last any contact, and whether a plan was ever agreed."""
    moments = [patient.enrolled_at]
    for model, column in (
        (Message, Message.created_at),
        (CarePlanRevision, CarePlanRevision.recorded_at),
        (Answer, Answer.recorded_at),
        (PathwayMove, PathwayMove.recorded_at),
        (Task, Task.completed_at),
    ):
        mine = scoped(model, actor).where(model.patient_id == patient.id)
        newest = session.scalar(mine.with_only_columns(func.max(column)))
        moments += [newest] if newest is not None else []
    plans = scoped(CarePlan, actor).where(CarePlan.patient_id == patient.id).with_only_columns(CarePlan.id)
    agreed = session.scalar(select(exists().where(Agreement.care_plan_id.in_(plans))))
    return Standing(local(min(max(moments), now), patient.time_zone).date(), bool(agreed))


def is_quiet(session: Session, patient: Patient) -> bool:
    """Whether nothing of theirs is under way just now. What is would be decided about, sent or acted upon meanwhile,
    and each of those waits for the patient's row that we hold."""
    texts = (Message.status.in_(UNDER_WAY), Message.handled_at.is_(None) & (Message.kind == MessageKind.INBOUND))
    actor = system(patient.pain_service_id)
    text = scoped(Message, actor).where(Message.patient_id == patient.id, or_(*texts)).limit(1)
    live = (NudgeStatus.PLANNED, NudgeStatus.CLAIMED)
    nudge = scoped(Nudge, actor).where(Nudge.patient_id == patient.id, Nudge.status.in_(live)).limit(1)
    return session.scalar(text) is None and session.scalar(nudge) is None


def erase(session: Session, erasure: Erasure, patient: Patient, now: datetime) -> None:
    """Remove every row of the patient's, within a transaction that holds their row. The erasure is approved: without
    that the schema itself refuses to let go of revisions and consents."""
    number = None if _number_lives_on(session, patient) else Number(patient.pain_service_id, patient.mobile_index)
    _count(session, patient)
    _name_for_provider(session, erasure, patient, number, now)
    removed = {"message": _empty_what_others_point_at(session, patient, number)}
    removed["audit_entry"] = audit_erasure.take_words(session, erasure, patient, now)
    for table in reversed(belonging.tables()):
        if table.name not in KEPT:
            theirs = belonging.theirs(table, patient.id, number)
            gone = session.execute(delete(table).where(theirs, *_in_service(table, patient.pain_service_id)))
            removed[table.name] = removed.get(table.name, 0) + gone.rowcount  # type: ignore[attr-defined]
    others = scoped(Erasure, system(patient.pain_service_id)).where(Erasure.patient_id == patient.id)
    for other in session.scalars(others.where(Erasure.id != erasure.id)):
        session.delete(other)
    erasure.status, erasure.erased_at = ErasureStatus.ERASED, now
    erasure.removed = {name: count for name, count in sorted(removed.items()) if count}
    # Whatever was said to the person was said to them; what stays says what was done and on which ground.
    erasure.answer = None


def _number_lives_on(session: Session, patient: Patient) -> bool:
    """Whether somebody else has the number by now: then texts with it that name nobody may be theirs."""
    actor = system(patient.pain_service_id)
    others = scoped(Patient, actor).where(Patient.mobile_index == patient.mobile_index, Patient.id != patient.id)
    return session.scalar(others.where(Patient.status == PatientStatus.ACTIVE).limit(1)) is not None


def _count(session: Session, patient: Patient) -> None:
    """Keep past figures true: by month, under a number that leads to nobody."""
    answered = exists().where(Answer.nudge_id == Nudge.id)
    wanted = (
        scoped(Nudge, system(patient.pain_service_id))
        .outerjoin(Message, Message.nudge_id == Nudge.id)
        .where(Nudge.patient_id == patient.id)
        .with_only_columns(Nudge.slot_on, Nudge.behaviour, Nudge.status, Nudge.reason, Message.status, answered)
    )
    counted: Counter[tuple[date, Any, Any, Any, Any, bool]] = Counter(
        (first_of_month(slot_on), behaviour, status, reason, fate, bool(was_answered))
        for slot_on, behaviour, status, reason, fate, was_answered in session.execute(wanted)
    )
    person = uuid4()
    session.add_all(
        PastCount(
            pain_service_id=patient.pain_service_id,
            person=person,
            month_on=month_on,
            behaviour=behaviour,
            status=status,
            reason=reason,
            message_status=fate,
            answered=was_answered,
            count=count,
        )
        for (month_on, behaviour, status, reason, fate, was_answered), count in counted.items()
    )
    session.flush()


def _name_for_provider(
    session: Session, erasure: Erasure, patient: Patient, number: Number | None, now: datetime
) -> None:
    """What the provider still has is written down by its name there, before ours is gone."""
    texts = belonging.theirs(_table(Message), patient.id, number)
    held = (Message.provider_id.is_not(None), Message.gateway.is_not(None), Message.redacted_at.is_(None))
    wanted = scoped(Message, system(patient.pain_service_id)).where(texts, *held)
    session.add_all(
        Redaction(id=uuid4(), erasure_id=erasure.id, gateway=gateway, provider_id=provider_id, due_at=now)
        for gateway, provider_id in session.execute(wanted.with_only_columns(Message.gateway, Message.provider_id))
    )
    session.flush()


def _empty_what_others_point_at(session: Session, patient: Patient, number: Number | None) -> int:
    """A STOP from a phone that two people share stands in the other's consent, which stays: the text loses
    its words, its number and its owner, and its empty row stays for them to point at."""
    texts = _table(Message)
    mine = select(texts.c.id).where(belonging.theirs(texts, patient.id, number))
    pointed_at: list[ColumnElement[bool]] = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is not texts or len(key.elements) > 1 or table is texts:
                continue
            column = key.elements[0].parent
            stays = belonging.theirs(table, patient.id, number).is_not(true())
            pointed_at.append(texts.c.id.in_(select(column).where(column.in_(mine), stays)))
    wanted = select(texts.c.id).where(texts.c.id.in_(mine), texts.c.kind == MessageKind.INBOUND, or_(*pointed_at))
    wordless = [{"id": message_id, "number": "", "body": ""} for message_id in session.scalars(wanted)]
    nothing = {"patient_id": None, "provider_id": None, "in_reply_to": None, "opt_out": None}
    return len(update_each(session, Message, wordless, **nothing))


def _in_service(table: Table, pain_service_id: UUID) -> list[ColumnElement[bool]]:
    """No deletion reaches into another pain service, whatever a row there points at."""
    return [table.c.pain_service_id == pain_service_id] if "pain_service_id" in table.c else []


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]
