"""How does somebody come to work for a pain service, change what they are there, and leave?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from companion import password
from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, Role, require, system
from companion.domain.refusal import ConflictError, Fault, ForbiddenError, InvalidError
from companion.models import (
    Invitation,
    KnownDevice,
    OrganisationIdentity,
    Passkey,
    RecoveryCode,
    SecondFactor,
    Staff,
    StaffRole,
)
from companion.records import audit, sign_in
from companion.records import staff as records

NO_ROLE = Fault("roles", "Choose at least one role.")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for a pain service, as an administrator sees them."""

    id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    created_at: datetime
    left_at: datetime | None
    second_factor: bool


def add(actor: Actor, name: str, email: str, secret: str, roles: Collection[Role], now: datetime) -> Staff:
    """Add a member of staff to the actor's pain service, who can then sign in.

    Raises:
        ConflictError: somebody has that e-mail address.
        InvalidError: the password is too short or too easily guessed, or no role is given.
    """
    require(actor, Permission.ADMINISTER)
    weak = password.weakness(secret, (name, email))
    faults = [Fault("password", weak)] if weak else []
    if not roles:
        faults.append(NO_ROLE)
    if faults:
        raise InvalidError(faults)
    hashed = password.hashed(secret)
    with transaction() as session:
        made = records.hire(session, actor.pain_service_id, name, email, hashed, roles, now)
        audit.record(session, actor, "staff.add", made.id, now)
        return made


def members(actor: Actor) -> list[Member]:
    """Everybody who works for the actor's pain service, or did, by name."""
    require(actor, Permission.ADMINISTER)
    with reading() as session:
        rows = session.scalars(scoped(Staff, actor).options(selectinload(Staff.roles)))
        everybody = sorted(rows, key=lambda row: (row.name.casefold(), row.id))
        strong = set(
            session.scalars(
                select(SecondFactor.staff_id).where(
                    SecondFactor.staff_id.in_([row.id for row in everybody]), SecondFactor.confirmed_at.is_not(None)
                )
            )
        )
    return [
        Member(
            row.id,
            row.name,
            row.email,
            tuple(sorted(held.role for held in row.roles)),
            row.created_at,
            row.left_at,
            row.id in strong,
        )
        for row in everybody
    ]


def change_roles(actor: Actor, staff_id: UUID, roles: Collection[Role], now: datetime) -> None:
    """Give somebody these roles and no others; whoever is signed in as them signs in again.

    Raises:
        ForbiddenError: it is oneself: who gives access to records is another than who gets it.
        NotFoundError: nobody there by that id.
        ConflictError: nobody would be left to administer the pain service.
        InvalidError: no role is given.
    """
    require(actor, Permission.ADMINISTER)
    if staff_id == actor.id:
        raise ForbiddenError("You cannot change your own roles. Ask another administrator to change them.")
    if not roles:
        raise InvalidError([NO_ROLE])
    with transaction() as session:
        if Role.ADMINISTRATOR not in roles:
            _require_another_administrator(session, actor, staff_id)
        member = records.found(session, actor, staff_id)
        session.execute(delete(StaffRole).where(StaffRole.staff_id == member.id))
        session.add_all(StaffRole(staff_id=member.id, role=role) for role in sorted(set(roles)))
        sign_in.end_all(session, member.id, now)
        audit.record(session, actor, "staff.change-roles", member.id, now, fields=sorted(set(roles)))


def leave(actor: Actor, staff_id: UUID, now: datetime) -> None:
    """Write down that somebody has left: from now on nothing of theirs opens a door. What they did stays theirs.

    Raises:
        NotFoundError: nobody there by that id.
        ConflictError: they have left already, or nobody would be left to administer the pain service.
    """
    require(actor, Permission.ADMINISTER)
    with transaction() as session:
        _require_another_administrator(session, actor, staff_id)
        member = records.found(session, actor, staff_id)
        if member.left_at is not None:
            raise ConflictError("They have already left.")
        member.left_at = now
        member.password_hash = records.NO_PASSWORD
        sign_in.end_all(session, member.id, now)
        for kind in (SecondFactor, RecoveryCode, Passkey, OrganisationIdentity, KnownDevice):
            session.execute(delete(kind).where(kind.staff_id == member.id))
        # Nor do the people come in whom they asked.
        asked = update(Invitation).where(Invitation.invited_by == member.id, Invitation.accepted_at.is_(None))
        session.execute(asked.where(Invitation.withdrawn_at.is_(None)).values(withdrawn_at=now))
        audit.record(session, actor, "staff.leave", member.id, now)


def take_second_factor(actor: Actor, staff_id: UUID, now: datetime) -> None:
    """Take away somebody's second factor, because their phone and their recovery codes are gone. They set up another
    when they next sign in.

    Raises:
        NotFoundError: nobody there by that id.
    """
    require(actor, Permission.ADMINISTER)
    with transaction() as session:
        member = records.found(session, actor, staff_id)
        for kind in (SecondFactor, RecoveryCode, Passkey, KnownDevice):
            session.execute(delete(kind).where(kind.staff_id == member.id))
        sign_in.end_all(session, member.id, now)
        audit.record(session, actor, "staff.take-second-factor", member.id, now)


def listed(pain_service_id: UUID) -> list[Staff]:
    """Everybody who works for a pain service, by name, with their roles. For the operator and the demonstration."""
    with reading() as session:
        wanted = scoped(Staff, system(pain_service_id)).options(selectinload(Staff.roles))
        there = session.scalars(wanted.where(Staff.left_at.is_(None)))
        return sorted(there, key=lambda member: (member.name.casefold(), member.id))


def _require_another_administrator(session: Session, actor: Actor, staff_id: UUID) -> None:
    """Somebody must be left who can let people in; they are held first, and in one order, so that two who
    leave at once wait for each other."""
    administrators = (
        scoped(Staff, actor)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(StaffRole.role == Role.ADMINISTRATOR, Staff.left_at.is_(None))
        .order_by(Staff.id)
        .with_for_update(of=Staff)
    )
    there = [row.id for row in session.scalars(administrators)]
    if there == [staff_id]:
        raise ConflictError("They are the only administrator. Make someone else an administrator first.")
