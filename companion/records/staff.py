"""What may somebody's password be, and who comes to work here?"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion import keys, password
from companion.db import scoped
from companion.domain.access import Actor, Role
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.models import Staff, StaffRole

# Of whom nobody can say a password: they sign in elsewhere.
NO_PASSWORD = ""
THERE = "Someone with that e-mail address is already a member of staff."


def require_fit(field: str, secret: str, name: str, email: str) -> None:
    """Raise unless this can be the person's password.

    Raises:
        InvalidError: it cannot, and why; under the field's name.
    """
    words = password.weakness(secret, (name, email))
    if words is not None:
        raise InvalidError([Fault(field, words)])


def hire(
    session: Session,
    pain_service_id: UUID,
    name: str,
    email: str,
    password_hash: str,
    roles: Collection[Role],
    now: datetime,
) -> Staff:
    """Write somebody in.

    Raises:
        ConflictError: somebody has that e-mail address.
    """
    address = email.strip().lower()
    if known_as(session, address) is not None:
        raise ConflictError(THERE)
    made = Staff(
        id=uuid4(),
        pain_service_id=pain_service_id,
        name=name,
        email=address,
        password_hash=password_hash,
        created_at=now,
        roles=[StaffRole(role=role) for role in sorted(set(roles))],
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(THERE) from error
    return made


def known_as(session: Session, email: str) -> Staff | None:
    """The member of staff, present or past, with this e-mail address in any spelling."""
    index = Staff.email.find(keys.of(session), email.strip().lower())
    return session.scalar(select(Staff).where(Staff.email_index == index))


def found(session: Session, actor: Actor, staff_id: UUID) -> Staff:
    """Somebody who works for the actor's pain service, or did; held until the end of the transaction.

    Raises:
        NotFoundError: nobody there by that id.
    """
    row = session.scalar(scoped(Staff, actor).where(Staff.id == staff_id).with_for_update())
    if row is None:
        raise NotFoundError("There is no such member of staff.")
    return row
