"""How is somebody let in to one record, and how does that end? Inside a transaction that somebody else began."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion import keys
from companion.db import scoped
from companion.domain import access_grant as rules
from companion.domain.access import Actor, ActorKind, Role
from companion.domain.access_grant import AccessKind
from companion.domain.refusal import Fault, InvalidError
from companion.models import AccessGrant, Staff, StaffRole


def invite(
    session: Session, asker: Actor, patient_id: UUID, email: str, days: int, most_days: int, now: datetime
) -> AccessGrant:
    """Let a clinician of another pain service read a patient's record for 1 to `most_days` days. The patient was found
    within the asker's scope, who gives the reason.

    Raises:
        InvalidError: the reason says too little, the days are too many, or no such clinician works elsewhere.
    """
    faults = rules.reason_faults(asker.reason)
    if not 1 <= days <= most_days:
        faults.append(Fault("days", f"Choose from 1 to {most_days} days."))
    index = Staff.email.find(keys.of(session), email.strip().lower())
    partner = session.scalar(
        select(Staff)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.email_index == index, Staff.left_at.is_(None), StaffRole.role == Role.CLINICIAN)
    )
    if partner is None or partner.pain_service_id == asker.pain_service_id:
        faults.append(Fault("email", "No clinician at another pain service has this e-mail address."))
    if faults or partner is None:
        raise InvalidError(faults)
    holder = Actor(asker.kind, partner.pain_service_id, partner.id)
    return write(session, asker, holder, AccessKind.PARTNER, patient_id, now + timedelta(days=days), now)


def write(
    session: Session, asker: Actor, holder: Actor, kind: AccessKind, patient_id: UUID, until_at: datetime, now: datetime
) -> AccessGrant:
    """Write an access down, for the asker's reason."""
    made = AccessGrant(
        id=uuid4(),
        pain_service_id=asker.pain_service_id,
        patient_id=patient_id,
        kind=kind,
        holder_service_id=holder.pain_service_id,
        holder_id=holder.id,
        granted_by=asker.id,
        reason=asker.reason,
        from_at=now,
        until_at=until_at,
    )
    session.add(made)
    session.flush()
    return made


def is_live(grant: AccessGrant | None, now: datetime) -> bool:
    """Whether there is an access, and it opens anything at `now`."""
    return grant is not None and rules.is_live(grant.from_at, grant.until_at, grant.ended_at, now)


def held(session: Session, actor: Actor, grant_id: UUID | None) -> AccessGrant | None:
    """An access to a record of the actor's scope, ours until the transaction ends: so it does not end meanwhile."""
    return session.scalar(scoped(AccessGrant, actor).where(AccessGrant.id == grant_id).with_for_update())


def end(grant: AccessGrant | None, actor: Actor, now: datetime) -> None:
    """End an open access. ended_by is empty when the patient ended it."""
    if grant is not None and is_live(grant, now):
        grant.ended_at, grant.ended_by = now, actor.id if actor.kind is ActorKind.STAFF else None
