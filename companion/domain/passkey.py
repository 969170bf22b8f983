"""Where do passkeys hold, and how many may somebody have?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MOST = 10
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is made for and opens, and nothing else (WebAuthn: the relying party).

    id: the name of the host. origin: the scheme, the host and the port, as browsers write them.
    """

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is asked. `secret`: it keeps that until it answers. `options`: JSON for its passkeys."""

    secret: str
    options: str


@dataclass(frozen=True, slots=True)
class Named:
    """One of somebody's own, as they see it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


def has_gone_back(known: int, counted: int) -> bool:
    """Whether a passkey's own count of its uses says that there are two of it (WebAuthn Level 3, 6.1.1). Most count
    nothing, and always report 0."""
    return (known > 0 or counted > 0) and counted <= known
