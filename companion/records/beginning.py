"""What has somebody begun who will come back with an answer, and is this the one answer to it?

All that goes along is drawn from one random value that only their browser has, so that nothing of it need be kept.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from companion import keys
from companion.domain.sign_in import BEGINNING_LASTS
from companion.models import Beginning

SWEPT_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Begun:
    """Whom it was begun for, and by which invitation they came; neither, if by nobody who is known yet."""

    staff_id: UUID | None
    invitation_id: UUID | None


def begin(
    session: Session, purpose: str, now: datetime, *, staff_id: UUID | None = None, invitation_id: UUID | None = None
) -> str:
    """Wait for an answer from now on; what the browser is to keep until then."""
    over = select(Beginning.mac).where(Beginning.expires_at <= now).limit(SWEPT_AT_ONCE)
    session.execute(delete(Beginning).where(Beginning.mac.in_(over.with_for_update(skip_locked=True))))
    secret = secrets.token_urlsafe(32)
    ends = now + BEGINNING_LASTS
    mac = _mac(session, purpose, secret).hex()
    session.add(Beginning(mac=mac, staff_id=staff_id, invitation_id=invitation_id, expires_at=ends))
    return secret


def take(session: Session, purpose: str, secret: str, now: datetime) -> Begun | None:
    """The answer is here: it counts once, even if it comes twice at once. None: it is not waited for, or no more."""
    mine = delete(Beginning).where(Beginning.mac == _mac(session, purpose, secret).hex(), Beginning.expires_at > now)
    found = session.execute(mine.returning(Beginning.staff_id, Beginning.invitation_id)).one_or_none()
    return None if found is None else Begun(found[0], found[1])


def drawn(session: Session, purpose: str, secret: str) -> str:
    """What goes along for this purpose: 43 letters that tell nothing of the secret, nor of those for other purposes."""
    return base64.urlsafe_b64encode(_mac(session, f"{purpose}/drawn", secret)).decode().rstrip("=")


def _mac(session: Session, purpose: str, secret: str) -> bytes:
    return keys.of(session).mac(f"beginning/{purpose}", secret.encode(errors="surrogatepass"))
