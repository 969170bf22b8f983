"""How does somebody set up the second thing they sign in with, and take it away again?"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from companion import totp
from companion.db import reading, transaction
from companion.domain.access import Actor
from companion.domain.limit import LimitKind
from companion.domain.refusal import ConflictError, Fault, ForbiddenError, InvalidError
from companion.domain.second_factor import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    normal_totp,
    written_recovery,
)
from companion.domain.sign_in import Factor, SignedIn, SignInDoor
from companion.models import RecoveryCode, SecondFactor, Staff
from companion.records import audit, limit, sign_in
from companion.records import second_factor as records

ISSUER = "iHELP Companion"
WRONG = Fault("code", "That code is wrong or has already been used. Enter the code the app shows now.")


@dataclass(frozen=True, slots=True)
class Secret:
    """What an authenticator app wants to know: `address` stands in the QR code, `secret` is to be typed instead."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether there is a second factor, and how many recovery codes are left."""

    enrolled: bool
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The recovery codes, which nobody sees again, and the new sign-in: all older ones are over."""

    recovery_codes: list[str]
    signed_in: SignedIn


def standing(actor: Actor) -> Standing:
    """How it stands with the actor's own."""
    with reading() as session:
        confirmed = select(SecondFactor.staff_id).where(
            SecondFactor.staff_id == actor.id, SecondFactor.confirmed_at.is_not(None)
        )
        left = select(func.count()).select_from(RecoveryCode)
        left = left.where(RecoveryCode.staff_id == actor.id, RecoveryCode.used_at.is_(None))
        return Standing(session.scalar(confirmed) is not None, session.scalar(left) or 0)


def enrol(actor: Actor, now: datetime) -> Secret:
    """Begin to set one up: a new secret, which counts when a code of it has been typed in.

    Raises:
        ConflictError: the actor has one.
    """
    own = _own_id(actor)
    with transaction() as session:
        email = session.scalars(select(Staff).where(Staff.id == own).with_for_update()).one().email
        row = session.get(SecondFactor, own)
        if row is not None and row.confirmed_at is not None:
            raise ConflictError("You already have a second step. Remove it first, with a code from your app.")
        if row is not None:
            session.delete(row)
            session.flush()
        secret = totp.new_secret()
        session.add(SecondFactor(staff_id=own, secret=secret, last_step=0, created_at=now))
        audit.record(session, actor, "second-factor.begin", own, now)
        return Secret(secret, totp.address(secret, email, ISSUER))


def pending(actor: Actor) -> Secret | None:
    """The secret that was begun and waits for its first code; None if there is none, or it has been confirmed."""
    with reading() as session:
        found = session.execute(
            select(SecondFactor, Staff)
            .join(Staff, Staff.id == SecondFactor.staff_id)
            .where(SecondFactor.staff_id == actor.id, SecondFactor.confirmed_at.is_(None))
        ).one_or_none()
        if found is None:
            return None
        secret = found[0].secret
        return Secret(secret, totp.address(secret, found[1].email, ISSUER))


def confirm(actor: Actor, code: str, door: SignInDoor, device: str | None, now: datetime) -> Confirmed:
    """Show by a code that the app has the secret. From now on signing in takes one, and every older sign-in is over.

    Raises:
        ConflictError: nothing was begun, or it is confirmed already.
        InvalidError: the code is wrong.
        TooManyError: too many were.
    """
    own = _own_id(actor)
    _count(own, now)
    with transaction() as session:
        found = sign_in.staff_with_roles(session, own)
        row = session.get(SecondFactor, own)
        if found is None or row is None or row.confirmed_at is not None:
            raise ConflictError("There is nothing to confirm. Start again.")
        step = totp.step_of(row.secret, normal_totp(code), now)
        if step is None:
            raise InvalidError([WRONG])
        # The code just typed is used: it does not sign anybody in besides.
        row.confirmed_at, row.last_step = now, step
        codes = _new_codes(session, own)
        sign_in.end_all(session, own, now)
        limit.forget(session, LimitKind.STAFF_CODE, str(own))
        audit.record(session, actor, "second-factor.confirm", own, now)
        made = sign_in.begin(session, found, door, Factor.CODE, now, device=device, origin=actor.origin)
        return Confirmed(codes, made)


def renew_recovery_codes(actor: Actor, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes for a code of the app; the old ones open nothing any more.

    Raises:
        InvalidError: the code is wrong or was used.
        TooManyError: too many were.
    """
    own = _own_id(actor)
    _count(own, now)
    with transaction() as session:
        _spend(session, own, code, now)
        audit.record(session, actor, "second-factor.renew-recovery-codes", own, now)
        return _new_codes(session, own)


def remove(actor: Actor, code: str, now: datetime) -> None:
    """Take away the actor's own, with a code of it, to set up another. Every sign-in is over.

    Raises:
        InvalidError: the code is wrong or was used.
        TooManyError: too many were.
    """
    own = _own_id(actor)
    _count(own, now)
    with transaction() as session:
        _spend(session, own, code, now)
        session.execute(delete(SecondFactor).where(SecondFactor.staff_id == own))
        session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == own))
        sign_in.end_all(session, own, now)
        audit.record(session, actor, "second-factor.remove", own, now)


def _own_id(actor: Actor) -> UUID:
    if actor.id is None:
        raise ForbiddenError("Only staff can have a second step.")
    return actor.id


def _count(own: UUID, now: datetime) -> None:
    """In a transaction of its own, so that a failure stays counted."""
    with transaction() as session:
        limit.take(session, LimitKind.STAFF_CODE, str(own), now)


def _spend(session: Session, own: UUID, code: str, now: datetime) -> None:
    if not records.spend(session, own, records.look(session, own, code, now), now):
        raise InvalidError([WRONG])
    limit.forget(session, LimitKind.STAFF_CODE, str(own))


def _new_codes(session: Session, own: UUID) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == own))
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(staff_id=own, mac=records.mac_of(session, code)) for code in codes)
    return [written_recovery(code) for code in codes]
