"""Reads the rows that one part of a patient's record is made of, and who and what else it takes to tell them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import Session

from companion import keys
from companion.db import scoped
from companion.domain.access import Actor, system
from companion.domain.export import MOVES_A_PATIENT, MOVES_A_PLAN, SOURCES, Part, Source
from companion.domain.refusal import NotFoundError
from companion.models import AuditEntry, CarePlan, PainService, Patient, Staff
from companion.records import belonging, plan_history
from companion.records import patient as patients


def of_patient(session: Session, actor: Actor, patient_id: UUID) -> tuple[Patient, PainService]:
    """The patient with their pain service.

    Raises:
        NotFoundError: no such patient in the actor's scope.
        ForbiddenError: the record is restricted, and staff gave no reason.
    """
    return _whose(session, actor, Patient.id == patient_id, "patient")


def of_row(session: Session, actor: Actor, part: Part, row_id: UUID) -> tuple[Patient, PainService]:
    """The patient in whose record a row of that part stands, with their pain service.

    Raises:
        NotFoundError: no such row in the actor's scope.
        ForbiddenError: the record is restricted, and staff gave no reason.
    """
    return _whose(session, actor, or_(*_stands_in(actor, SOURCES[part], row_id)), part)


def _stands_in(actor: Actor, source: Source, row_id: UUID) -> Iterator[ColumnElement[bool]]:
    for table in source.named:
        model = belonging.models()[table]
        columns = model.__table__.c
        whose = columns.id if table == belonging.PATIENT else columns.patient_id
        yield Patient.id.in_(scoped(model, actor).where(columns.id == row_id).with_only_columns(whose))


def _whose(session: Session, actor: Actor, that: ColumnElement[bool], named: str) -> tuple[Patient, PainService]:
    theirs = scoped(Patient, actor).where(that).join(PainService, PainService.id == Patient.pain_service_id)
    found = session.execute(theirs.add_columns(PainService)).one_or_none()
    if found is None:
        raise NotFoundError(f"There is no such {named}.")
    patients.require_in_use(actor, found[0].restricted_at)
    return found[0], found[1]


def rows(
    session: Session, actor: Actor, patient: Patient, source: Source, row_id: UUID | None
) -> Mapping[str, Sequence[Any]]:
    """The part's rows by their table's name. Where `row_id` names a plan, those of that plan alone."""
    names, plan = source.tables, CarePlan.__tablename__
    found: dict[str, Sequence[Any]] = {belonging.PATIENT: [patient]}
    if plan in names:
        plan_id = row_id if plan in source.named else None
        found |= plan_history.rows(session, actor, patient.id, plan_id, names, of_newest=source.of_newest)
    return found | belonging.rows_of(session, names - found.keys(), patient.id)


def names(session: Session, actor: Actor, tables: Iterable[Sequence[Any]]) -> dict[UUID, str]:
    """The names of those of the pain service's staff who are mentioned in any of the rows, by their ids."""
    mentioned = {value for some in tables for row in some for value in _values(row) if isinstance(value, UUID)}
    ring, colleagues = keys.of(session), scoped(Staff, system(actor.pain_service_id))
    sealed = session.execute(colleagues.with_only_columns(Staff.id, Staff.name_sealed))
    return {each.id: Staff.name.open(ring, each.name_sealed, each.id) for each in sealed if each.id in mentioned}


def moved(session: Session, actor: Actor, patient_id: UUID) -> dict[str, datetime]:
    """When the patient, or a plan of theirs, last came to stand otherwise, by what was done."""
    done, at = AuditEntry.action, func.max(AuditEntry.recorded_at)
    entries = scoped(AuditEntry, actor).where(AuditEntry.patient_id == patient_id)
    moves = entries.where(done.in_(MOVES_A_PATIENT | MOVES_A_PLAN)).with_only_columns(done, at).group_by(done)
    return {str(action): moment for action, moment in session.execute(moves).all()}


def _values(row: Any) -> list[Any]:
    return [getattr(row, column.key) for column in row.__table__.columns]
