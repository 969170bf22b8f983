"""Whose link is this, and how do they come in by it?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion import keys
from companion.domain.access import Actor, ActorKind, Role
from companion.domain.invitation import InvitationStatus, status_of
from companion.models import Invitation, InvitedRole, Staff
from companion.records import audit, staff


def mac_of(session: Session, token: str) -> str:
    """What is kept of a link."""
    return keys.of(session).mac("invitation", token.encode()).hex()


def is_open(row: Invitation, now: datetime) -> bool:
    """Whether somebody can come in by it."""
    status = status_of(row.accepted_at, row.withdrawn_at, row.expires_at, now)
    return status is InvitationStatus.OPEN


def roles_of(session: Session, invitation_id: UUID) -> Sequence[Role]:
    """What they are invited to be."""
    return session.scalars(
        select(InvitedRole.role).where(InvitedRole.invitation_id == invitation_id).order_by(InvitedRole.role)
    ).all()


def accept(session: Session, row: Invitation, name: str, password_hash: str, now: datetime) -> Staff:
    """Let them in. The row is held by the caller, who has seen that it is open.

    Raises:
        ConflictError: somebody with that e-mail address came in by another way meanwhile.
    """
    roles = roles_of(session, row.id)
    made = staff.hire(session, row.pain_service_id, name, row.email, password_hash, roles, now)
    row.accepted_at, row.staff_id = now, made.id
    actor = Actor(ActorKind.STAFF, row.pain_service_id, made.id)
    audit.record(session, actor, "invitation.accept", row.id, now, fields=roles)
    return made
