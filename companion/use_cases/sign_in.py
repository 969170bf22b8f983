"""Who is this, and are they still signed in?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from companion import keys, password
from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.limit import LimitKind
from companion.domain.refusal import NotFoundError, NotSignedInError
from companion.domain.sign_in import DEVICE_KEPT, TOUCHED_EVERY, Factor, SignedIn, SignInDoor, is_over, is_to_be_touched
from companion.models import KnownDevice, PainService, SignIn, Staff, StaffRole
from companion.records import audit, limit, second_factor
from companion.records import sign_in as records
from companion.records.second_factor import Look
from companion.records.token import hash_of

# Who bears a token, with their roles: asked before every request of staff, so in one statement and as plain values.
_BEARER = (
    select(SignIn.id, SignIn.factor, SignIn.last_used_at, SignIn.expires_at, Staff.id.label("staff_id"))
    .add_columns(Staff.pain_service_id, Staff.name_sealed, PainService.name.label("pain_service"), StaffRole.role)
    .join(Staff, Staff.id == SignIn.staff_id)
    .join(PainService, PainService.id == SignIn.pain_service_id)
    .outerjoin(StaffRole, StaffRole.staff_id == Staff.id)
    .where(SignIn.revoked_at.is_(None), Staff.left_at.is_(None))
)
TOGETHER = "The e-mail address, password or code is wrong. Check them and try again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody signs in with.

    code: from their app, or a recovery code; empty if they gave none. device: what their device was given when they
    last signed in on it. address: the network address they come from. origin: for the audit trail.
    """

    email: str
    password: str
    code: str = ""
    device: str | None = None
    door: SignInDoor = SignInDoor.API
    address: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to compare with."""

    staff_id: UUID | None
    password_hash: str | None
    seen: Look
    on_known_device: bool


def sign_in(attempt: Attempt, now: datetime) -> SignedIn:
    """Sign a member of staff in, by everything at once.

    A wrong address, a wrong password and a wrong code get the same answer, and take the same time. Failures are
    counted for the account and the network address they come from; but a device on which this very person has signed
    in before has a count of its own, so that nobody keeps them out by failing in their name.

    Raises:
        NotSignedInError: something of it is wrong, or the code was used before.
        TooManyError: there were too many tries.
    """
    known = _look(attempt, now)
    limits = _limits(attempt, known)
    with transaction() as session:
        for what, key in limits:
            limit.take(session, what, key, now)
    right = password.matches(known.password_hash, attempt.password)
    factor = known.seen.factor if known.seen.enrolled else Factor.PASSWORD
    if not right or factor is None or known.staff_id is None:
        raise NotSignedInError(TOGETHER)
    with transaction() as session:
        found = records.staff_with_roles(session, known.staff_id)
        if found is None or found[0].password_hash != known.password_hash:
            raise NotSignedInError(TOGETHER)
        if known.seen.enrolled != second_factor.look(session, known.staff_id, "", now).enrolled:
            raise NotSignedInError(TOGETHER)
        if known.seen.enrolled and not second_factor.spend(session, known.staff_id, known.seen, now):
            raise NotSignedInError(TOGETHER)
        # What others count by the same network address stays as it is.
        limit.forget(session, *limits[0])
        return records.begin(session, found, attempt.door, factor, now, device=attempt.device, origin=attempt.origin)


def who(token: str, door: SignInDoor, now: datetime) -> SignedIn:
    """Return the bearer of a token. Its use is recorded once a minute.

    Raises:
        NotSignedInError: no such token, or it is for another door, expired, too long unused, or revoked.
    """
    wanted = _BEARER.where(SignIn.token_hash == hash_of(token), SignIn.door == door)
    with reading() as session:
        # A row for each role that they hold.
        found = session.execute(wanted).all()
        ring = keys.of(session)
    if not found or is_over(found[0].expires_at, found[0].last_used_at, now):
        raise NotSignedInError("Sign in first: the token or session is missing or has expired.")
    row = found[0]
    if is_to_be_touched(row.last_used_at, now):
        _touch(row.id, now)
    roles = tuple(sorted(held.role for held in found if held.role is not None))
    actor = Actor(ActorKind.STAFF, row.pain_service_id, row.staff_id, frozenset(roles))
    name = Staff.name.open(ring, row.name_sealed, row.staff_id)
    return SignedIn(actor, name, row.pain_service, roles, row.expires_at, row.id, row.factor)


def listed(actor: Actor, now: datetime) -> list[SignIn]:
    """Where the actor is signed in, the newest first."""
    mine = select(SignIn).where(SignIn.staff_id == actor.id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    with reading() as session:
        rows = session.scalars(mine.order_by(SignIn.created_at.desc(), SignIn.id)).all()
    return [row for row in rows if not is_over(row.expires_at, row.last_used_at, now)]


def sign_out(actor: Actor, sign_in_id: UUID, now: datetime) -> None:
    """End one of the actor's own sign-ins, at once.

    Raises:
        NotFoundError: none of theirs, or it is over already.
    """
    with transaction() as session:
        mine = update(SignIn).where(SignIn.id == sign_in_id, SignIn.staff_id == actor.id, SignIn.revoked_at.is_(None))
        if not session.scalars(mine.values(revoked_at=now).returning(SignIn.id)).all():
            raise NotFoundError("There is no such sign-in.")
        audit.record(session, actor, "sign-out", sign_in_id, now)


def sign_out_everywhere(actor: Actor, now: datetime) -> None:
    """End all of the actor's own sign-ins, this one included."""
    with transaction() as session:
        records.end_all(session, _own_id(actor), now)
        audit.record(session, actor, "sign-out.everywhere", actor.id, now)


def _own_id(actor: Actor) -> UUID:
    if actor.id is None:
        raise NotFoundError("There is no such sign-in.")
    return actor.id


def _look(attempt: Attempt, now: datetime) -> _Known:
    """The same questions for an address that nobody has."""
    with reading() as session:
        index = Staff.email.find(keys.of(session), attempt.email.strip().lower())
        by_address = (Staff.email_index == index, Staff.left_at.is_(None))
        found = session.execute(select(Staff.id, Staff.password_hash).where(*by_address)).one_or_none()
        staff_id, password_hash = found if found is not None else (None, None)
        seen = second_factor.look(session, staff_id, attempt.code, now)
        return _Known(staff_id, password_hash, seen, _is_known(session, staff_id, attempt.device, now))


def _is_known(session: Session, staff_id: UUID | None, device: str | None, now: datetime) -> bool:
    mac = records.mac_of_device(session, device or "")
    of_theirs = select(KnownDevice.mac).where(
        KnownDevice.staff_id == staff_id, KnownDevice.mac == mac, KnownDevice.last_used_at > now - DEVICE_KEPT
    )
    return session.scalar(of_theirs) is not None


def _limits(attempt: Attempt, known: _Known) -> list[tuple[LimitKind, str]]:
    email = attempt.email.strip().lower()
    if known.on_known_device:
        return [(LimitKind.STAFF_DEVICE, f"{email} {attempt.device}")]
    return [(LimitKind.STAFF_ACCOUNT, email), (LimitKind.STAFF_ADDRESS, attempt.address)]


def _touch(sign_in_id: UUID, now: datetime) -> None:
    with transaction() as session:
        stale = update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_used_at <= now - TOUCHED_EVERY)
        session.execute(stale.values(last_used_at=now))
