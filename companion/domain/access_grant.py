"""How may somebody read one record that their role or their pain service would keep from them, and for how long?

In an emergency by breaking the glass: they say why, and everybody hears of it. As a partner: the patient's clinician
asks a clinician of another pain service for a second opinion. Either way it is one record, to read and no more, and it
ends by itself.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from companion.domain.access import Actor, Permission, Role, may
from companion.domain.refusal import Fault


class AccessKind(StrEnum):
    """break-glass: staff of the patient's pain service, for themselves. partner: a clinician of another one."""

    BREAK_GLASS = "break-glass"
    PARTNER = "partner"


EMERGENCY_LASTS = timedelta(hours=1)
PARTNER_DAYS, MOST_PARTNER_DAYS = 14, 90
# Characters, spaces at the ends and in rows not counted: less than this explains nothing.
SHORTEST_REASON = 10


def reason_faults(reason: str) -> list[Fault]:
    """What is wrong with a reason."""
    if len(" ".join(reason.split())) >= SHORTEST_REASON:
        return []
    return [Fault("reason", f"Say why, in at least {SHORTEST_REASON} characters.")]


def is_live(from_at: datetime, until_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether it opens anything at `now`: from its first moment until just before its last."""
    return from_at <= now < until_at and ended_at is None


def may_use(actor: Actor, kind: AccessKind) -> bool:
    """Whether the holder is still what they were let in as: a partner who is no clinician any more gives no opinion."""
    return kind is AccessKind.BREAK_GLASS or Role.CLINICIAN in actor.roles


def may_end(actor: Actor, kind: AccessKind, pain_service_id: UUID, holder_id: UUID) -> bool:
    """Whether the actor may end an access to a record of this pain service: its holder, an administrator of the pain
    service, and for a partner's any of its clinicians."""
    if actor.id == holder_id:
        return True
    permission = Permission.INVITE_PARTNER if kind is AccessKind.PARTNER else Permission.ADMINISTER
    at_home = actor.pain_service_id == pain_service_id
    return at_home and (may(actor, Permission.ADMINISTER) or may(actor, permission))
