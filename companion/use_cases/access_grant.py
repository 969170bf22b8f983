"""How is somebody let in to one record, who hears of it, and how does it end?"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import access_grant as rules
from companion.domain.access import Actor, Permission, may, require
from companion.domain.access_grant import AccessKind
from companion.domain.local_time import local
from companion.domain.refusal import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError
from companion.domain.task import TaskKind, TaskPriority
from companion.models import AccessGrant, Patient, Staff
from companion.records import access_grant as grants
from companion.records import audit, pain_service
from companion.records import patient as patients
from companion.records import task as tasks

log = logging.getLogger(__name__)

RESTS = "This record has been restricted since you were given access. Ask the person who gave you access."
NOT_YOURS = "This access to a record is not yours, or it has expired. Ask for a new one."


@dataclass(frozen=True, slots=True)
class GrantView:
    """An access with its holder's name. `patient_id` and `reason` are None for whoever may not know them."""

    grant: AccessGrant
    holder: str
    patient_id: UUID | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[GrantView]
    total: int


def break_glass(actor: Actor, patient_id: UUID | None, nhs_number: str | None, reason: str, now: datetime) -> GrantView:
    """Let the asker read one record of their own pain service for an hour, in an emergency and for a reason.

    The patient is named by the id or by the NHS number, as who has no list of patients knows no id. Everybody hears of
    it: an urgent task in the inbox, a loud line in the log, the list of accesses, and the trail that patients see.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        InvalidError: the reason says too little, or the patient is named in no way or in two.
    """
    require(actor, Permission.BREAK_GLASS)
    faults = rules.reason_faults(reason)
    if (patient_id is None) == (nhs_number is None):
        faults.append(Fault("patient_id", "Give either patient_id or nhs_number, not both."))
    if faults:
        raise InvalidError(faults)
    asker = replace(actor, reason=reason)
    with transaction() as session:
        patient = (
            patients.owned(session, asker, patient_id)
            if patient_id is not None
            else patients.by_nhs_number(session, asker, nhs_number or "")
        )
        made = grants.write(session, asker, asker, AccessKind.BREAK_GLASS, patient.id, now + rules.EMERGENCY_LASTS, now)
        view = _seen(session, asker, made)
        service = pain_service.own(session, asker)
        until = f"{local(made.until_at, service.time_zone):%H:%M}"
        why = (
            f"{view.holder} opened this record in an emergency, to read it until {until}. Check if this was justified."
        )
        urgent = TaskPriority.URGENT
        tasks.ask(session, service, TaskKind.EMERGENCY_ACCESS, why, now, priority=urgent, patient_id=patient.id)
        audit.record(session, asker, "access.break-glass", made.id, now, patient_id=patient.id)
    log.critical("ALARM break-glass: a record was opened in an emergency; access %s", made.id)
    return view


def invite_partner(actor: Actor, patient_id: UUID, email: str, reason: str, days: int, now: datetime) -> GrantView:
    """Let a clinician of another pain service read a patient's record for 1 to 90 days, for a second opinion.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        InvalidError: the reason says too little, the days are too many, or no such clinician works elsewhere.
    """
    require(actor, Permission.INVITE_PARTNER)
    asker = replace(actor, reason=reason)
    with transaction() as session:
        patient = patients.owned(session, asker, patient_id)
        made = grants.invite(session, asker, patient.id, email, days, rules.MOST_PARTNER_DAYS, now)
        audit.record(session, asker, "access.invite-partner", made.id, now, patient_id=patient.id)
        return _seen(session, asker, made)


def under(actor: Actor, grant_id: UUID, now: datetime) -> Actor:
    """The asker as this access lets them ask: to read that one record, in its pain service, for its reason.

    Raises:
        ForbiddenError: it is not theirs, or it is over; or they are a partner, and the record rests since they were
            let in: the reason from before is none for looking now (UK GDPR article 18).
    """
    with reading() as session:
        mine = select(AccessGrant, Patient.restricted_at).join(Patient, Patient.id == AccessGrant.patient_id)
        row = session.execute(mine.where(AccessGrant.id == grant_id, AccessGrant.holder_id == actor.id)).one_or_none()
    found, restricted_at = row or (None, None)
    if (
        found is None
        or not rules.is_live(found.from_at, found.until_at, found.ended_at, now)
        or not rules.may_use(actor, found.kind)
    ):
        raise ForbiddenError(NOT_YOURS)
    if found.kind is AccessKind.PARTNER and restricted_at is not None and found.from_at < restricted_at:
        raise ForbiddenError(RESTS)
    return replace(actor, pain_service_id=found.pain_service_id, record_of=found.patient_id, reason=found.reason)


def mine(actor: Actor, now: datetime) -> list[GrantView]:
    """The accesses that the asker holds just now, the one that ends first first."""
    require(actor, Permission.SEE_ACCESS)
    held = select(AccessGrant).where(
        AccessGrant.holder_id == actor.id,
        AccessGrant.from_at <= now,
        AccessGrant.until_at > now,
        AccessGrant.ended_at.is_(None),
    )
    with reading() as session:
        found = [_seen(session, actor, grant) for grant in session.scalars(held.order_by(AccessGrant.until_at))]
    _note_seen(actor, found, now)
    return found


def listed(actor: Actor, offset: int, limit: int, now: datetime) -> Page:
    """Every access to records of the asker's pain service, the newest first: who, in which way, and until when.

    Who may not see records learns neither whose it is nor why.
    """
    require(actor, Permission.SEE_ACCESS)
    wanted = scoped(AccessGrant, actor)
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        newest = wanted.order_by(AccessGrant.from_at.desc(), AccessGrant.id).offset(offset).limit(limit)
        found = [_seen(session, actor, grant) for grant in session.scalars(newest)]
    _note_seen(actor, found, now)
    return Page(found, total)


def end(actor: Actor, grant_id: UUID, now: datetime) -> GrantView:
    """End an access before its time: its holder, an administrator, and of a partner's any clinician of the patient's.

    Raises:
        NotFoundError: the asker holds no such access, and there is none in their pain service.
        ForbiddenError: it is for an administrator to end it.
        ConflictError: it is over already.
    """
    require(actor, Permission.SEE_ACCESS)
    with transaction() as session:
        held = select(AccessGrant).where(AccessGrant.id == grant_id, AccessGrant.holder_id == actor.id)
        grant = _locked(session, scoped(AccessGrant, actor).where(AccessGrant.id == grant_id)) or _locked(session, held)
        if grant is None:
            raise NotFoundError("There is no such access.")
        if not rules.may_end(actor, grant.kind, grant.pain_service_id, grant.holder_id):
            raise ForbiddenError("Only an administrator, or the person who has this access, can end it.")
        if not rules.is_live(grant.from_at, grant.until_at, grant.ended_at, now):
            raise ConflictError("This access has already ended.")
        grant.ended_at, grant.ended_by = now, actor.id
        ender = replace(actor, pain_service_id=grant.pain_service_id)
        audit.record(session, ender, "access.end", grant.id, now, patient_id=grant.patient_id)
        return _seen(session, actor, grant)


def _locked(session: Session, wanted: Select[AccessGrant]) -> AccessGrant | None:
    return session.scalar(wanted.with_for_update())


def _note_seen(actor: Actor, found: Sequence[GrantView], now: datetime) -> None:
    """Whose record it is, and why, was looked at: it stands in the trail of that record's pain service."""
    for view in found:
        if view.patient_id is not None:
            at = replace(actor, pain_service_id=view.grant.pain_service_id)
            audit.seen(at, "access.read", now, view.patient_id, entity_id=view.grant.id)


def _seen(session: Session, actor: Actor, grant: AccessGrant) -> GrantView:
    holder = session.get_one(Staff, grant.holder_id).name
    at_home = grant.pain_service_id == actor.pain_service_id and may(actor, Permission.SEE_RECORD)
    if at_home or grant.holder_id == actor.id:
        return GrantView(grant, holder, grant.patient_id, grant.reason)
    return GrantView(grant, holder, None, None)
