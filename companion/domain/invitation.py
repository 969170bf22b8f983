"""How does somebody come in by a link in an e-mail, and for how long does such a link hold?"""

from datetime import datetime, timedelta
from enum import StrEnum

INVITATION_LASTS = timedelta(hours=72)
# The person who asked for a new password is waiting for it.
RESET_LASTS = timedelta(hours=1)


class MailStatus(StrEnum):
    """What became of the e-mail. waiting: nobody can tell yet, or the process died over it."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_SENT = "not-sent"


class InvitationStatus(StrEnum):
    """How an invitation stands."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


def status_of(
    accepted_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationStatus:
    """How it stands now."""
    if accepted_at is not None:
        return InvitationStatus.ACCEPTED
    if withdrawn_at is not None:
        return InvitationStatus.WITHDRAWN
    return InvitationStatus.EXPIRED if now >= expires_at else InvitationStatus.OPEN
