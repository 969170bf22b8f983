"""Who does another organisation say that somebody is, and what was asked of it?"""

from dataclasses import dataclass
from datetime import datetime

# OpenID Connect Core 1.0, section 2.
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, by the name that who signed them in has for them and never gives to anybody else. No e-mail address:
    addresses change hands, and who says that one is somebody's may not have asked."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Errand:
    """What goes with somebody to the organisation and must come back. `secret` stays with their browser."""

    secret: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Link:
    """Somebody's sign-in elsewhere that opens our door too, and since when. `is_only`: they have no password here."""

    bound_at: datetime
    is_only: bool
