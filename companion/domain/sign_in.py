"""How long does a sign-in hold, what opened it, and what can it open?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from companion.domain.access import Actor, Role

# However busy somebody is, and if nobody is (NIST SP 800-63B, AAL2: 12 hours and 30 minutes at most).
LASTS = timedelta(hours=8)
IDLE = timedelta(minutes=30)
# So that reading costs no write: the last use is known to the minute.
TOUCHED_EVERY = timedelta(minutes=1)
# For how long a device is known after somebody last signed in there.
DEVICE_KEPT = timedelta(days=180)
# For how long somebody may be on their way to their organisation and back.
BEGINNING_LASTS = timedelta(minutes=10)
# How lately somebody must have signed in to add another way of signing in: who finds a browser open adds none.
RECENT = timedelta(minutes=10)


class SignInDoor(StrEnum):
    """What a sign-in opens. api: a program's, shown as a bearer token. page: a browser's, kept as a cookie. Neither
    opens the other's door."""

    API = "api"
    PAGE = "page"


class Factor(StrEnum):
    """What somebody signed in with, by the strongest of it."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is asking, with the names a screen shows. `token` and `device` are there only in the answer to the sign-in
    itself: the first opens the door, the second is the device's, to be shown at its next sign-in."""

    actor: Actor
    name: str
    pain_service: str
    roles: tuple[Role, ...]
    expires_at: datetime
    id: UUID
    factor: Factor
    token: str | None = None
    device: str | None = None


def is_second(factor: Factor) -> bool:
    """Whether it takes more to come by than a password."""
    return factor is not Factor.PASSWORD


def is_over(expires_at: datetime, last_used_at: datetime, now: datetime) -> bool:
    """Whether a sign-in holds no more, for its age or because nobody used it."""
    return now >= expires_at or now - last_used_at >= IDLE


def is_to_be_touched(last_used_at: datetime, now: datetime) -> bool:
    """Whether its use is worth writing down."""
    return now - last_used_at >= TOUCHED_EVERY


def is_recent(factor: Factor, created_at: datetime, now: datetime) -> bool:
    """Whether somebody has shown of late, and by more than a password, that it is them."""
    return is_second(factor) and now - created_at < RECENT
