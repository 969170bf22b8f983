"""How does somebody get in whom another organisation has signed in (OpenID Connect)?

Nobody is known by an e-mail address that comes from there. They are linked once, by the invitation that they came by,
or while they are signed in here; from then on by the organisation's own name for them.
"""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.limit import LimitKind
from companion.domain.organisation import Errand, Identity, Link
from companion.domain.refusal import ConflictError, ForbiddenError, NotFoundError, NotSignedInError
from companion.domain.sign_in import Factor, SignedIn, SignInDoor
from companion.models import Invitation, OrganisationIdentity, Staff
from companion.records import audit, beginning, invitation, limit, sign_in, staff
from companion.records.beginning import Begun

PURPOSE = "organisation"
STRANGER = (
    "That sign-in is not linked to anyone here. Use the link in your invitation. If you already work here, sign in as "
    "usual and link it on your own page."
)
NOT_OURS = "That sign-in was started in another browser, or it took too long. Start again."
TAKEN = "That sign-in is already linked to someone here, or you are linked to another one. Remove that link first."
ONLY = "This is your only way to sign in. Set a password first ('I forgot my password'), then remove it."


def set_out(invitation_token: str | None, address: str, now: datetime) -> Errand:
    """Send somebody to the organisation. `invitation_token`: from the link that they came by, if they did. `address`:
    the network address that they come from.

    Raises:
        NotFoundError: that link holds no longer.
        TooManyError: too many came from that address.
    """
    with transaction() as session:
        limit.take(session, LimitKind.STAFF_ADDRESS, address, now)
        invitation_id = None
        if invitation_token is not None:
            mac = invitation.mac_of(session, invitation_token)
            asked = session.scalar(select(Invitation).where(Invitation.mac == mac))
            if asked is None or not invitation.is_open(asked, now):
                raise NotFoundError("This invitation has expired. Ask for a new one.")
            invitation_id = asked.id
        return _errand(session, beginning.begin(session, PURPOSE, now, invitation_id=invitation_id))


def set_out_to_link(actor: Actor, sign_in_id: UUID, now: datetime) -> Errand:
    """Send somebody there who is signed in here, so that they can sign in there from then on.

    Raises:
        ForbiddenError: they have not shown of late, by more than a password, that it is them.
    """
    with transaction() as session:
        sign_in.require_recent(session, actor, sign_in_id, now)
        return _errand(session, beginning.begin(session, PURPOSE, now, staff_id=actor.id))


def take_back(secret: str, state: str, now: datetime) -> tuple[Errand, Begun]:
    """What was sent along, now that somebody comes back, and for whom it was. It counts once.

    Raises:
        NotSignedInError: it was not this browser that went, it took too long, or it came back before.
    """
    with transaction() as session:
        errand = _errand(session, secret)
        if not hmac.compare_digest(errand.state.encode(), state.encode(errors="surrogatepass")):
            raise NotSignedInError(NOT_OURS)
        begun = beginning.take(session, PURPOSE, secret, now)
        if begun is None:
            raise NotSignedInError(NOT_OURS)
        return errand, begun


def come_in(identity: Identity, begun: Begun, device: str | None, origin: str, now: datetime) -> SignedIn:
    """Sign in whom the organisation has signed in: who is linked, or was invited and comes for the first time.

    Raises:
        NotSignedInError: nobody here is linked to that.
    """
    try:
        with transaction() as session:
            known = _known(session, identity)
            staff_id = _invited(session, identity, begun.invitation_id, origin, now) if known is None else known
            found = None if staff_id is None else sign_in.staff_with_roles(session, staff_id)
            if found is None:
                raise NotSignedInError(STRANGER)
            return sign_in.begin(
                session, found, SignInDoor.PAGE, Factor.ORGANISATION, now, device=device, origin=origin
            )
    except (IntegrityError, ConflictError) as error:
        raise NotSignedInError(STRANGER) from error


def link(identity: Identity, staff_id: UUID, origin: str, now: datetime) -> None:
    """Link whom the organisation has signed in to who set out to be linked.

    Raises:
        ConflictError: one of them is linked already.
        NotSignedInError: they have left meanwhile.
    """
    try:
        with transaction() as session:
            found = sign_in.staff_with_roles(session, staff_id)
            if found is None:
                raise NotSignedInError(STRANGER)
            _bind(session, identity, found[0], origin, now)
    except IntegrityError as error:
        raise ConflictError(TAKEN) from error


def standing(actor: Actor) -> Link | None:
    """How it stands with the actor's own link; None if they have none."""
    wanted = (
        select(OrganisationIdentity.bound_at, Staff.password_hash)
        .join(Staff, Staff.id == OrganisationIdentity.staff_id)
        .where(OrganisationIdentity.staff_id == actor.id)
    )
    with reading() as session:
        found = session.execute(wanted).first()
        return None if found is None else Link(found[0], found[1] == staff.NO_PASSWORD)


def unlink(actor: Actor, now: datetime) -> None:
    """Take the actor's own link away: from now on the organisation does not let them in here.

    Raises:
        ConflictError: they have no password, and would have no way in.
        ForbiddenError: only a member of staff has a link.
        NotFoundError: they have none.
    """
    with transaction() as session:
        found = None if actor.id is None else sign_in.staff_with_roles(session, actor.id)
        if found is None:
            raise ForbiddenError("Only staff can link an organisation's sign-in.")
        if found[0].password_hash == staff.NO_PASSWORD:
            raise ConflictError(ONLY)
        mine = delete(OrganisationIdentity).where(OrganisationIdentity.staff_id == actor.id)
        if not session.scalars(mine.returning(OrganisationIdentity.staff_id)).all():
            raise NotFoundError("There is no such link.")
        audit.record(session, actor, "organisation.unlink", actor.id, now)


def _known(session: Session, identity: Identity) -> UUID | None:
    by_name = (OrganisationIdentity.issuer == identity.issuer, OrganisationIdentity.subject == identity.subject)
    return session.scalar(select(OrganisationIdentity.staff_id).where(*by_name))


def _invited(
    session: Session, identity: Identity, invitation_id: UUID | None, origin: str, now: datetime
) -> UUID | None:
    """Who it is, if they were asked to come: from now on they are known, and have no password here."""
    asked = None if invitation_id is None else session.get(Invitation, invitation_id, with_for_update=True)
    if asked is None or not invitation.is_open(asked, now):
        return None
    member = invitation.accept(session, asked, asked.name, staff.NO_PASSWORD, now)
    _bind(session, identity, member, origin, now)
    return member.id


def _bind(session: Session, identity: Identity, member: Staff, origin: str, now: datetime) -> None:
    bound = OrganisationIdentity(issuer=identity.issuer, subject=identity.subject, staff_id=member.id, bound_at=now)
    session.add(bound)
    session.flush()
    actor = Actor(ActorKind.STAFF, member.pain_service_id, member.id, origin=origin)
    audit.record(session, actor, "organisation.link", member.id, now)


def _errand(session: Session, secret: str) -> Errand:
    drawn = (beginning.drawn(session, f"{PURPOSE}/{part}", secret) for part in ("state", "nonce", "verifier"))
    return Errand(secret, *drawn)
