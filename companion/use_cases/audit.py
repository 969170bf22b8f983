"""Who looked at a record, who tried to, and is what the trail says still what was written?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from companion.db import reading, scoped, snapshot, transaction
from companion.domain.access import Actor, ActorKind, Permission, Role, require
from companion.domain.alarm import AlarmKind
from companion.domain.audit import ACTION_WORDS, ROLE_WORDS, Anchor, Finding, words
from companion.domain.refusal import NotFoundError
from companion.models import AuditEntry, PainService, Staff, StaffRole
from companion.records import alarm, audit, audit_chain
from companion.records import patient as patients

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a record, or one change of it, in words that the patient may read. `who` names a person and what they
    are, or says that it was the patient, or the service's own machinery."""

    recorded_at: datetime
    who: str
    what: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[Access]
    total: int


def of_patient(actor: Actor, patient_id: UUID, offset: int, limit: int, now: datetime) -> Page:
    """Who looked at a patient's record and who changed it, the latest first: for the patient, and for clinicians.

    Raises:
        NotFoundError: no such patient in the actor's pain service, or it is not the patient who asks.
    """
    if actor.kind is not ActorKind.PATIENT:
        require(actor, Permission.SEE_RECORD)
    elif actor.id != patient_id:
        raise NotFoundError("There is no such patient.")
    with reading() as session:
        patients.owned(session, actor, patient_id)
        mine = scoped(AuditEntry, actor).where(AuditEntry.patient_id == patient_id)
        total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        entries = session.scalars(mine.order_by(AuditEntry.id.desc()).offset(offset).limit(limit)).all()
        people = select(Staff).where(Staff.id.in_({entry.actor_id for entry in entries}))
        names = {staff.id: staff.name for staff in session.scalars(people)}
        held = session.execute(select(StaffRole.staff_id, StaffRole.role).where(StaffRole.staff_id.in_(names)))
        roles: dict[UUID, list[Role]] = {}
        for staff_id, role in held:
            roles.setdefault(staff_id, []).append(role)
        page = Page([_access(entry, names, roles) for entry in entries], total)
    audit.seen(actor, "record-access.read", now, patient_id)
    return page


def _access(entry: AuditEntry, names: Mapping[UUID, str], roles: Mapping[UUID, Sequence[Role]]) -> Access:
    return Access(entry.recorded_at, _who(entry, names, roles), ACTION_WORDS[entry.action], entry.reason)


def _who(entry: AuditEntry, names: Mapping[UUID, str], roles: Mapping[UUID, Sequence[Role]]) -> str:
    if entry.actor_kind is ActorKind.PATIENT:
        return "the patient"
    if entry.actor_id is None or entry.actor_id not in names:
        return "the pain service's computer system" if entry.actor_id is None else "someone who no longer works here"
    said = " and ".join(ROLE_WORDS[role] for role in sorted(roles.get(entry.actor_id, ())))
    return f"{names[entry.actor_id]}, {said}" if said else names[entry.actor_id]


def refused(actor: Actor, asked: str, entity_id: str, status: int, now: datetime) -> None:
    """Somebody who is signed in asked for what is not theirs, or is not there: to us these look alike, and to whoever
    reads the trail a row of them does not."""
    with transaction() as session:
        audit.record(session, actor, "refused", entity_id[:40], now, fields=(asked[:60], str(status)))


def entries(pain_service_id: UUID) -> int:
    """How many entries a pain service's trail has."""
    with reading() as session:
        wanted = select(func.count()).select_from(AuditEntry)
        return session.scalar(wanted.where(AuditEntry.pain_service_id == pain_service_id)) or 0


def verify(
    anchors: Mapping[UUID, Anchor], told: Callable[[int], object] = lambda _count: None
) -> tuple[list[str], dict[UUID, Anchor]]:
    """Look through every pain service's trail. Returns what is wrong, a sentence for each trail that is, and where
    those end that are whole.

    anchors: where they ended at an earlier look. told: how many more entries have been looked at.
    """
    wrong, ends = [], {}
    with snapshot() as session:
        names = {row.id: row.name for row in session.execute(select(PainService.id, PainService.name))}
        for service_id in {*names, *anchors}:
            found = audit_chain.verify(session, service_id, anchors.get(service_id), told)
            if isinstance(found, Finding):
                wrong.append(words(found.fault, found.seq, names.get(service_id, f"pain service {service_id}")))
            elif found is not None:
                ends[service_id] = found
    return sorted(wrong), ends


def watch(now: datetime) -> None:
    """Look through every trail, and raise the alarm if one does not hold; it is cleared when all do. That somebody took
    many records rests a day after the last of them."""
    wrong, _ = verify({})
    with transaction() as session:
        if wrong:
            alarm.raise_once(session, AlarmKind.AUDIT_BROKEN, "", None, now)
        else:
            alarm.clear(session, AlarmKind.AUDIT_BROKEN, "", now)
        if alarm.raised_before(session, AlarmKind.RECORDS_TAKEN, "", now - DAY):
            alarm.clear(session, AlarmKind.RECORDS_TAKEN, "", now)
