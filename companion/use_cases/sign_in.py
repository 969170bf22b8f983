"""Who is this, and are they still signed in?"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from companion import keys, password
from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind, Role
from companion.domain.refusal import NotSignedInError
from companion.models import PainService, SignIn, Staff
from companion.records import audit

LASTS = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is asking, with the names a screen shows. `token` is there only in the answer to the sign-in itself."""

    actor: Actor
    name: str
    pain_service: str
    roles: tuple[Role, ...]
    expires_at: datetime
    token: str | None = None


def sign_in(email: str, secret: str, now: datetime) -> SignedIn:
    """Sign a member of staff in by e-mail address and password, for eight hours.

    A wrong address and a wrong password take the same time and get the same answer.

    Raises:
        NotSignedInError: the two do not belong together.
    """
    with reading() as session:
        staff = _known_as(session, email)
    if not password.matches(staff.password_hash if staff else None, secret) or staff is None:
        raise NotSignedInError("The e-mail address and the password do not belong together.")
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        row = SignIn(
            pain_service_id=staff.pain_service_id,
            staff_id=staff.id,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + LASTS,
        )
        session.add(row)
        session.flush()
        actor = Actor(ActorKind.STAFF, staff.pain_service_id, staff.id)
        audit.record(session, actor, "sign-in", row.id, now)
    return _signed_in(row.token_hash, now, token)


def who(token: str, now: datetime) -> SignedIn:
    """The bearer of a token.

    Raises:
        NotSignedInError: no such token, or it is expired or revoked.
    """
    return _signed_in(_hash(token), now, None)


def sign_out(actor: Actor, token: str, now: datetime) -> None:
    """Revoke the token at once."""
    with transaction() as session:
        row = session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token)))
        if row is not None and row.revoked_at is None:
            row.revoked_at = now
            audit.record(session, actor, "sign-out", row.id, now)


def _known_as(session: Session, email: str) -> Staff | None:
    index = Staff.email.find(keys.of(session), email.strip().lower())
    return session.scalar(select(Staff).where(Staff.email_index == index))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signed_in(token_hash: str, now: datetime, token: str | None) -> SignedIn:
    wanted = (
        select(SignIn, Staff, PainService.name)
        .join(Staff, Staff.id == SignIn.staff_id)
        .join(PainService, PainService.id == SignIn.pain_service_id)
        .where(SignIn.token_hash == token_hash, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
        .options(selectinload(Staff.roles))
    )
    with reading() as session:
        found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotSignedInError("Sign in first: there is no valid sign-in with this request.")
    row, staff, pain_service = found
    roles: tuple[Role, ...] = tuple(held.role for held in staff.roles)
    staff_id: UUID = staff.id
    actor = Actor(ActorKind.STAFF, staff.pain_service_id, staff_id, frozenset(roles))
    return SignedIn(actor, staff.name, pain_service, roles, row.expires_at, token)
