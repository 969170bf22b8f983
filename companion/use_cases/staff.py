"""How does somebody come to work for a pain service?"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from companion import keys, password
from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, Role, require, system
from companion.domain.refusal import ConflictError, Fault, InvalidError
from companion.models import Staff, StaffRole
from companion.records import audit

SHORTEST_PASSWORD = 12


def add(actor: Actor, name: str, email: str, secret: str, roles: Collection[Role], now: datetime) -> Staff:
    """Add a member of staff to the actor's pain service, who can then sign in.

    Raises:
        ConflictError: somebody has that e-mail address.
        InvalidError: the password is shorter than 12 characters, or no role is given.
    """
    require(actor, Permission.ADMINISTER)
    faults = []
    if len(secret) < SHORTEST_PASSWORD:
        faults.append(Fault("password", f"A password has at least {SHORTEST_PASSWORD} characters."))
    if not roles:
        faults.append(Fault("roles", "Give at least one role."))
    if faults:
        raise InvalidError(faults)
    with transaction() as session:
        index = Staff.email.find(keys.of(session), email.strip().lower())
        if session.scalar(select(Staff.id).where(Staff.email_index == index)):
            raise ConflictError("Somebody with that e-mail address is there already.")
        made = Staff(
            id=uuid4(),
            pain_service_id=actor.pain_service_id,
            name=name,
            email=email.strip().lower(),
            password_hash=password.hashed(secret),
            created_at=now,
            roles=[StaffRole(role=role) for role in sorted(set(roles))],
        )
        session.add(made)
        audit.record(session, actor, "staff.add", made.id, now)
        return made


def listed(pain_service_id: UUID) -> list[Staff]:
    """Everybody who works for a pain service, by name, with their roles. For the operator and the demonstration."""
    with reading() as session:
        wanted = scoped(Staff, system(pain_service_id)).options(selectinload(Staff.roles))
        return sorted(session.scalars(wanted), key=lambda staff: staff.name)
