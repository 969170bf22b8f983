"""How is somebody asked to come and work for a pain service, and how do they come in?"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion import keys, password
from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, Role, require
from companion.domain.invitation import INVITATION_LASTS, InvitationStatus, MailStatus, status_of
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.domain.sign_in import Factor, SignedIn, SignInDoor
from companion.models import Invitation, InvitedRole, PainService
from companion.records import audit, sign_in, staff
from companion.records import invitation as records

GONE = "This invitation has expired: it was used, withdrawn, or is more than three days old. Ask for a new one."

ASKED = "There is already an invitation for that e-mail address. Send it again, or withdraw it first."


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as an administrator sees it. `token` is there only when it was just made: it goes into the e-mail
    and nowhere else."""

    id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    status: InvitationStatus
    mail_status: MailStatus
    created_at: datetime
    expires_at: datetime
    pain_service: str = ""
    token: str | None = None


def invite(actor: Actor, name: str, email: str, roles: Collection[Role], now: datetime) -> Invited:
    """Invite someone. Their e-mail is for the caller to send, and to tell by `mailed` what came of it.

    Raises:
        ConflictError: they are here already, or were asked already.
        InvalidError: no role is given.
    """
    require(actor, Permission.ADMINISTER)
    if not roles:
        raise InvalidError([Fault("roles", "Choose at least one role.")])
    address = email.strip().lower()
    with transaction() as session:
        if staff.known_as(session, address) is not None:
            raise ConflictError(staff.THERE)
        waiting = select(Invitation).where(Invitation.email_index == Invitation.email.find(keys.of(session), address))
        waiting = waiting.where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        old = session.scalar(waiting.with_for_update())
        if old is not None and records.is_open(old, now):
            raise ConflictError(ASKED)
        if old is not None:
            old.withdrawn_at = now
            session.flush()
        token = secrets.token_urlsafe(32)
        row = Invitation(
            id=uuid4(),
            pain_service_id=actor.pain_service_id,
            name=name,
            email=address,
            invited_by=actor.id,
            mac=records.mac_of(session, token),
            created_at=now,
            expires_at=now + INVITATION_LASTS,
            mail_status=MailStatus.WAITING,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise ConflictError(ASKED) from error
        session.add_all(InvitedRole(invitation_id=row.id, role=role) for role in sorted(set(roles)))
        session.flush()
        audit.record(session, actor, "invitation.invite", row.id, now, fields=sorted(set(roles)))
        return _seen(session, row, now, token)


def renew(actor: Actor, invitation_id: UUID, now: datetime) -> Invited:
    """Ask once more, by a new link; the old one opens nothing any more.

    Raises:
        NotFoundError: no such invitation.
        ConflictError: it was accepted or taken back.
    """
    require(actor, Permission.ADMINISTER)
    with transaction() as session:
        row = _found(session, actor, invitation_id)
        if row.accepted_at is not None or row.withdrawn_at is not None:
            raise ConflictError("This invitation has been accepted or withdrawn.")
        token = secrets.token_urlsafe(32)
        row.mac, row.expires_at = records.mac_of(session, token), now + INVITATION_LASTS
        row.mail_status, row.mailed_at = MailStatus.WAITING, None
        audit.record(session, actor, "invitation.renew", row.id, now)
        session.flush()
        return _seen(session, row, now, token)


def mailed(actor: Actor, invitation_id: UUID, status: MailStatus, now: datetime) -> Invited:
    """Write down what became of its e-mail."""
    require(actor, Permission.ADMINISTER)
    with transaction() as session:
        row = _found(session, actor, invitation_id)
        row.mail_status, row.mailed_at = status, now
        audit.record(session, actor, "invitation.mailed", row.id, now, fields=[status])
        session.flush()
        return _seen(session, row, now)


def withdraw(actor: Actor, invitation_id: UUID, now: datetime) -> None:
    """Take it back: its link opens nothing any more.

    Raises:
        NotFoundError: no such invitation.
        ConflictError: it was accepted or taken back.
    """
    require(actor, Permission.ADMINISTER)
    with transaction() as session:
        row = _found(session, actor, invitation_id)
        if row.accepted_at is not None or row.withdrawn_at is not None:
            raise ConflictError("This invitation has been accepted or withdrawn.")
        row.withdrawn_at = now
        audit.record(session, actor, "invitation.withdraw", row.id, now)


def listed(actor: Actor, now: datetime) -> list[Invited]:
    """Every invitation of the actor's pain service, the newest first."""
    require(actor, Permission.ADMINISTER)
    with reading() as session:
        rows = session.scalars(scoped(Invitation, actor).order_by(Invitation.created_at.desc(), Invitation.id)).all()
        return [_seen(session, row, now) for row in rows]


def look(token: str, now: datetime) -> Invited:
    """Whose invitation it is, for the page that it opens. Looking uses nothing up: mail programs look first.

    Raises:
        NotFoundError: the link holds no longer, or never did.
    """
    with reading() as session:
        row = session.scalar(select(Invitation).where(Invitation.mac == records.mac_of(session, token)))
        if row is None or not records.is_open(row, now):
            raise NotFoundError(GONE)
        return _seen(session, row, now)


def accept(
    token: str, name: str, secret: str, door: SignInDoor, device: str | None, origin: str, now: datetime
) -> SignedIn:
    """Come in by the link, with a name and a password of one's own, and be signed in. Once.

    Raises:
        NotFoundError: the link holds no longer, or never did.
        ConflictError: somebody with that e-mail address is there already.
        InvalidError: the password is too easily guessed; the link goes on to hold.
    """
    invited = look(token, now)
    staff.require_fit("password", secret, name, invited.email)
    hashed = password.hashed(secret)
    with transaction() as session:
        row = session.scalar(
            select(Invitation).where(Invitation.mac == records.mac_of(session, token)).with_for_update()
        )
        if row is None or not records.is_open(row, now):
            raise NotFoundError(GONE)
        made = records.accept(session, row, name, hashed, now)
        found = sign_in.staff_with_roles(session, made.id)
        if found is None:
            raise NotFoundError(GONE)
        return sign_in.begin(session, found, door, Factor.PASSWORD, now, device=device, origin=origin)


def _found(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    row = session.scalar(scoped(Invitation, actor).where(Invitation.id == invitation_id).with_for_update())
    if row is None:
        raise NotFoundError("There is no such invitation.")
    return row


def _seen(session: Session, row: Invitation, now: datetime, token: str | None = None) -> Invited:
    return Invited(
        row.id,
        row.name,
        row.email,
        tuple(records.roles_of(session, row.id)),
        status_of(row.accepted_at, row.withdrawn_at, row.expires_at, now),
        row.mail_status,
        row.created_at,
        row.expires_at,
        session.scalars(select(PainService.name).where(PainService.id == row.pain_service_id)).one(),
        token,
    )
