"""How does a sign-in begin and end? For whatever opens one, in a transaction of its own."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from companion import keys
from companion.domain.access import Actor, ActorKind
from companion.domain.refusal import ForbiddenError
from companion.domain.sign_in import DEVICE_KEPT, LASTS, Factor, SignedIn, SignInDoor, is_recent
from companion.models import KnownDevice, PainService, SignIn, Staff
from companion.records import audit
from companion.records.token import hash_of

# A program that does not show its device again is a new one each time; of those, the newest are known.
MOST_DEVICES = 20
AGAIN = "You must have signed in with your second step in the last ten minutes. Sign out and sign in again."


def staff_with_roles(session: Session, staff_id: UUID) -> tuple[Staff, str] | None:
    """A member of staff who has not left, held until the end of the transaction, and their pain service's name."""
    wanted = (
        select(Staff, PainService.name)
        .join(PainService, PainService.id == Staff.pain_service_id)
        .where(Staff.id == staff_id, Staff.left_at.is_(None))
        .options(selectinload(Staff.roles))
        .with_for_update(of=Staff)
    )
    found = session.execute(wanted).one_or_none()
    return None if found is None else (found[0], found[1])


def begin(
    session: Session,
    found: tuple[Staff, str],
    door: SignInDoor,
    factor: Factor,
    now: datetime,
    *,
    device: str | None = None,
    origin: str = "",
) -> SignedIn:
    """Sign somebody in, under a new id, and know the device again from now on.

    device: what the device showed of an earlier sign-in, if anything.
    """
    staff, pain_service = found
    token = secrets.token_urlsafe(32)
    row = SignIn(
        pain_service_id=staff.pain_service_id,
        staff_id=staff.id,
        door=door,
        factor=factor,
        token_hash=hash_of(token),
        created_at=now,
        last_used_at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    roles = tuple(held.role for held in staff.roles)
    actor = Actor(ActorKind.STAFF, staff.pain_service_id, staff.id, frozenset(roles), origin)
    audit.record(session, actor, "sign-in", row.id, now, fields=[factor])
    known = _know(session, staff.id, device, now)
    return SignedIn(actor, staff.name, pain_service, roles, row.expires_at, row.id, factor, token, known)


def require_recent(session: Session, actor: Actor, sign_in_id: UUID, now: datetime) -> None:
    """Raise unless the actor's own sign-in is recent and used more than a password.

    Raises:
        ForbiddenError: it is not.
    """
    mine = select(SignIn).where(SignIn.id == sign_in_id, SignIn.staff_id == actor.id, SignIn.revoked_at.is_(None))
    row = session.scalar(mine)
    if row is None or not is_recent(row.factor, row.created_at, now):
        raise ForbiddenError(AGAIN)


def end_all(session: Session, staff_id: UUID, now: datetime) -> Sequence[UUID]:
    """End every sign-in of somebody, whichever door it opens; which ones those were."""
    ended = update(SignIn).where(SignIn.staff_id == staff_id, SignIn.revoked_at.is_(None)).values(revoked_at=now)
    return session.scalars(ended.returning(SignIn.id)).all()


def mac_of_device(session: Session, device: str) -> str:
    """What is kept of what a device shows."""
    return keys.of(session).mac("known-device", device.encode(errors="surrogatepass")).hex()


def _know(session: Session, staff_id: UUID, device: str | None, now: datetime) -> str:
    mine = KnownDevice.staff_id == staff_id
    if device is not None:
        seen = update(KnownDevice).where(mine, KnownDevice.mac == mac_of_device(session, device))
        if session.scalars(seen.values(last_used_at=now).returning(KnownDevice.mac)).all():
            return device
    # Never one that somebody else chose: who plants a cookie must not know the device.
    device = secrets.token_urlsafe(32)
    session.add(KnownDevice(staff_id=staff_id, mac=mac_of_device(session, device), created_at=now, last_used_at=now))
    session.flush()
    newest = select(KnownDevice.mac).where(mine).order_by(KnownDevice.last_used_at.desc(), KnownDevice.mac)
    kept = session.scalars(newest.limit(MOST_DEVICES)).all()
    session.execute(
        delete(KnownDevice).where(mine, (KnownDevice.mac.not_in(kept)) | (KnownDevice.last_used_at < now - DEVICE_KEPT))
    )
    return device
