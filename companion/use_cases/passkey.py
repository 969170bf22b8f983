"""How does somebody get in with a passkey, and which have they? (WebAuthn)

A passkey that has seen whose finger, face or PIN it is stands for both the password and the code.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion import passkey
from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.limit import LimitKind
from companion.domain.passkey import MOST, Challenge, Named, Site, has_gone_back
from companion.domain.refusal import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, NotSignedInError
from companion.domain.sign_in import Factor, SignedIn, SignInDoor
from companion.models import Passkey, Staff
from companion.passkey import Answer, NotTrueError
from companion.records import audit, beginning, limit, sign_in

ADDING, SHOWING = "passkey-registration", "passkey-sign-in"
REFUSED = "That passkey did not sign you in. Try again, or sign in with your password and a code."
NOT_MADE = Fault("answer", "The passkey was not added, or it took too long. Start again.")
ENOUGH = f"You have {MOST} passkeys already. Remove one first."
TAKEN = "You already have that passkey."
NONE = "There is no such passkey."


def set_out(site: Site, address: str, now: datetime) -> Challenge:
    """Ask for a passkey, of whoever it may be. `address`: the network address that they come from.

    Raises:
        TooManyError: too many came from that address.
    """
    with transaction() as session:
        limit.take(session, LimitKind.STAFF_ADDRESS, address, now)
        secret = beginning.begin(session, SHOWING, now)
        return Challenge(secret, passkey.options_to_show(site, beginning.drawn(session, SHOWING, secret)))


def come_in(
    site: Site, secret: str, answer: str, device: str | None, address: str, origin: str, now: datetime
) -> SignedIn:
    """Sign in whoever's passkey gave that answer. `secret`: what the browser kept since it was asked; whatever comes
    of it, it counts once. `device`: what the device was given when they last signed in on it.

    Raises:
        NotSignedInError: nobody's did, they have left, or there are two of that passkey.
        TooManyError: too many answers that nobody waits for came from that address.
    """
    challenge = _take(SHOWING, secret, address, now)
    if challenge is None:
        raise NotSignedInError(REFUSED)
    try:
        shown = passkey.read(answer)
    except NotTrueError as error:
        raise NotSignedInError(REFUSED) from error
    # Why not is written down before anybody is refused.
    with transaction() as session:
        made = _shown(session, site, challenge[0], shown, device, origin, now)
        if made is not None:
            # A whole hospital may come from one address: only what comes to nothing is held against it.
            limit.give_back(session, LimitKind.STAFF_ADDRESS, address)
    if made is None:
        raise NotSignedInError(REFUSED)
    return made


def set_out_to_add(actor: Actor, sign_in_id: UUID, site: Site, now: datetime) -> Challenge:
    """Ask for a new passkey, of whoever is signed in.

    Raises:
        ConflictError: they have as many as they may.
        ForbiddenError: they have not shown of late, by more than a password, that it is them.
    """
    with transaction() as session:
        sign_in.require_recent(session, actor, sign_in_id, now)
        member = _own(session, actor)[0]
        known = _room(session, member)
        secret = beginning.begin(session, ADDING, now, staff_id=member.id)
        challenge = beginning.drawn(session, ADDING, secret)
        # Its holder's id is random: it tells nothing to whoever finds the device.
        return Challenge(secret, passkey.options_to_make(site, challenge, member.id.bytes, member.email, known))


def add(actor: Actor, sign_in_id: UUID, site: Site, secret: str, answer: str, name: str, now: datetime) -> None:
    """Keep the passkey that a browser made, under a name by which its owner knows it again.

    Raises:
        ConflictError: they have as many as they may, or it is there already.
        ForbiddenError: they have not shown of late, by more than a password, that it is them.
        InvalidError: none was made here, for them, or in time.
    """
    begun = _take(ADDING, secret, None, now)
    if begun is None or begun[1] != actor.id:
        raise InvalidError([NOT_MADE])
    try:
        made = passkey.made(site, begun[0], answer)
    except NotTrueError as error:
        raise InvalidError([NOT_MADE]) from error
    try:
        with transaction() as session:
            sign_in.require_recent(session, actor, sign_in_id, now)
            member = _own(session, actor)[0]
            _room(session, member)
            row = Passkey(staff_id=member.id, credential_id=made.id, public_key=made.public_key, created_at=now)
            row.sign_count, row.name = made.sign_count, name
            session.add(row)
            session.flush()
            audit.record(session, actor, "passkey.add", row.id, now)
    except IntegrityError as error:
        raise ConflictError(TAKEN) from error


def listed(actor: Actor) -> list[Named]:
    """The actor's own, the oldest first."""
    mine = select(Passkey).where(Passkey.staff_id == actor.id).order_by(Passkey.created_at, Passkey.id)
    with reading() as session:
        return [Named(row.id, row.name, row.created_at, row.last_used_at) for row in session.scalars(mine)]


def rename(actor: Actor, passkey_id: UUID, name: str, now: datetime) -> None:
    """Call one of the actor's own something else.

    Raises:
        NotFoundError: none of theirs.
    """
    with transaction() as session:
        mine = select(Passkey).where(Passkey.id == passkey_id, Passkey.staff_id == actor.id)
        row = session.scalar(mine.with_for_update())
        if row is None:
            raise NotFoundError(NONE)
        row.name = name
        audit.record(session, actor, "passkey.rename", passkey_id, now, fields=["name"])


def remove(actor: Actor, passkey_id: UUID, now: datetime) -> None:
    """Take one of the actor's own away: from now on it opens nothing.

    Raises:
        NotFoundError: none of theirs.
    """
    with transaction() as session:
        mine = delete(Passkey).where(Passkey.id == passkey_id, Passkey.staff_id == actor.id)
        if not session.scalars(mine.returning(Passkey.id)).all():
            raise NotFoundError(NONE)
        audit.record(session, actor, "passkey.remove", passkey_id, now)


def _take(purpose: str, secret: str, address: str | None, now: datetime) -> tuple[str, UUID | None] | None:
    """The challenge that was begun, and for whom, if it was: whatever the answer is worth, nobody gives another. Who
    answers what nobody asked is counted by their network address, if one is given; who was asked is counted already."""
    with transaction() as session:
        begun = beginning.take(session, purpose, secret, now)
        if begun is not None:
            return beginning.drawn(session, purpose, secret), begun.staff_id
        if address is not None:
            limit.take(session, LimitKind.STAFF_ADDRESS, address, now)
        return None


def _shown(
    session: Session, site: Site, challenge: str, shown: Answer, device: str | None, origin: str, now: datetime
) -> SignedIn | None:
    """Who is in by that answer; None if nobody. The person is held before the passkey, as when it is taken away."""
    owner = session.scalar(select(Passkey.staff_id).where(Passkey.credential_id == shown.id))
    found = None if owner is None else sign_in.staff_with_roles(session, owner)
    if found is None:
        return None
    by_id = select(Passkey).where(Passkey.credential_id == shown.id, Passkey.staff_id == owner)
    row = session.scalar(by_id.with_for_update())
    if row is None:
        return None
    counted, wrong = _verdict(site, challenge, shown, row)
    if wrong is not None:
        staff = found[0]
        holder = Actor(ActorKind.STAFF, staff.pain_service_id, staff.id, origin=origin)
        audit.record(session, holder, "passkey.refused", row.id, now, fields=[wrong])
        return None
    row.sign_count, row.last_used_at = counted, now
    return sign_in.begin(session, found, SignInDoor.PAGE, Factor.PASSKEY, now, device=device, origin=origin)


def _verdict(site: Site, challenge: str, shown: Answer, row: Passkey) -> tuple[int, str | None]:
    """How often the passkey says it was used, and what is wrong with its answer, if anything is."""
    try:
        counted = passkey.verify(site, challenge, shown, row.public_key)
    except NotTrueError:
        return row.sign_count, "answer"
    if shown.holder != row.staff_id.bytes:
        return counted, "holder"
    return counted, "sign_count" if has_gone_back(row.sign_count, counted) else None


def _own(session: Session, actor: Actor) -> tuple[Staff, str]:
    found = None if actor.id is None else sign_in.staff_with_roles(session, actor.id)
    if found is None:
        raise ForbiddenError("Only staff can have passkeys.")
    return found


def _room(session: Session, member: Staff) -> list[str]:
    """Those that somebody has, who is held, if there may be one more."""
    known = session.scalars(select(Passkey.credential_id).where(Passkey.staff_id == member.id)).all()
    if len(known) >= MOST:
        raise ConflictError(ENOUGH)
    return list(known)
