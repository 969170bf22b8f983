"""How does somebody choose another password?"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from companion import keys, password
from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.invitation import RESET_LASTS
from companion.domain.limit import LimitKind
from companion.domain.refusal import Fault, InvalidError, NotFoundError
from companion.models import PasswordReset, Staff
from companion.records import audit, limit, second_factor, sign_in, staff

WRONG = Fault("current_password", "The current password or the code is wrong.")
GONE = "This link has expired or has already been used. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Link:
    """Whom to write to, and what opens the page where they choose another password."""

    email: str
    token: str


def change(actor: Actor, current: str, new: str, code: str, now: datetime) -> None:
    """Change your password, with the present one and, where there is a second factor, a code. Every sign-in is over.

    Raises:
        InvalidError: the present password or the code is wrong, or the new one is too easily guessed.
        TooManyError: there were too many tries.
    """
    with transaction() as session:
        limit.take(session, LimitKind.STAFF_CODE, str(actor.id), now)
    with reading() as session:
        member = session.scalars(select(Staff).where(Staff.id == actor.id)).one()
        seen = second_factor.look(session, member.id, code, now)
    right = password.matches(member.password_hash, current)
    if not right or (seen.enrolled and seen.factor is None):
        raise InvalidError([WRONG])
    staff.require_fit("new_password", new, member.name, member.email)
    hashed = password.hashed(new)
    with transaction() as session:
        if seen.enrolled and not second_factor.spend(session, member.id, seen, now):
            raise InvalidError([WRONG])
        same = update(Staff).where(Staff.id == member.id, Staff.password_hash == member.password_hash)
        if not session.scalars(same.values(password_hash=hashed).returning(Staff.id)).all():
            raise InvalidError([WRONG])
        sign_in.end_all(session, member.id, now)
        limit.forget(session, LimitKind.STAFF_CODE, str(actor.id))
        audit.record(session, actor, "password.change", member.id, now)


def forget(email: str, address: str, now: datetime) -> Link | None:
    """Ask for a link by which to choose another password; None if nobody signs in here with that address.

    Raises:
        TooManyError: too many were asked for, in this name or from this network address.
    """
    asked_for = email.strip().lower()
    with transaction() as session:
        limit.take(session, LimitKind.RESET_ACCOUNT, asked_for, now)
        limit.take(session, LimitKind.RESET_ADDRESS, address, now)
    with transaction() as session:
        member = staff.known_as(session, asked_for)
        if member is None or member.left_at is not None or not member.password_hash:
            return None
        token = secrets.token_urlsafe(32)
        mac = keys.of(session).mac("password-reset", token.encode()).hex()
        reset = PasswordReset(mac=mac, staff_id=member.id, created_at=now, expires_at=now + RESET_LASTS)
        session.add(reset)
        actor = Actor(ActorKind.STAFF, member.pain_service_id, member.id)
        audit.record(session, actor, "password.forget", member.id, now)
        return Link(member.email, token)


def can_be_reset(token: str, now: datetime) -> bool:
    """Whether the link holds."""
    with reading() as session:
        mac = keys.of(session).mac("password-reset", token.encode()).hex()
        held = (PasswordReset.mac == mac, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now)
        return session.scalar(select(PasswordReset.mac).where(*held)) is not None


def reset(token: str, new: str, now: datetime) -> None:
    """Change your password by the link. It opens nothing else: signing in still takes the second factor. Every
    sign-in is over, and so is every other link.

    Raises:
        NotFoundError: the link holds no longer, or never did.
        InvalidError: the password is too easily guessed; the link goes on to hold.
    """
    with transaction() as session:
        mac = keys.of(session).mac("password-reset", token.encode()).hex()
        staff_id = session.scalar(
            update(PasswordReset)
            .where(PasswordReset.mac == mac, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now)
            .values(used_at=now)
            .returning(PasswordReset.staff_id)
        )
        found = None if staff_id is None else sign_in.staff_with_roles(session, staff_id)
        if found is None:
            raise NotFoundError(GONE)
        member = found[0]
        staff.require_fit("new_password", new, member.name, member.email)
        _write(session, member, new, now)


def _write(session: Session, member: Staff, new: str, now: datetime) -> None:
    member.password_hash = password.hashed(new)
    others = update(PasswordReset).where(PasswordReset.staff_id == member.id, PasswordReset.used_at.is_(None))
    session.execute(others.values(used_at=now))
    sign_in.end_all(session, member.id, now)
    actor = Actor(ActorKind.STAFF, member.pain_service_id, member.id)
    audit.record(session, actor, "password.reset", member.id, now)
