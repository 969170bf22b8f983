"""Which states can a text be in, which way may it move between them, and which text goes first?"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class MessageKind(StrEnum):
    """nudge: a word from the care plan. reply: our answer to something the patient texted. safety: the fixed
    answer to urgent wording (P9). sign-in: a link or code asked for. check: a text to a phone of our own, which
    proves that the way there and back is open. inbound: what somebody texted to us."""

    NUDGE = "nudge"
    REPLY = "reply"
    SAFETY = "safety"
    SIGN_IN = "sign-in"
    CHECK = "check"
    INBOUND = "inbound"


class MessageStatus(StrEnum):
    """What became of a text, in GOV.UK Notify's words where it has one.

    created: in the outbox; nobody has been asked to send it.
    sending: an attempt is recorded and the provider is being called.
    sent: the provider took it; nothing is known yet of the handset.
    delivered: the handset's network confirmed it.
    permanent-failure: the number does not exist, cannot take texts, or blocks them; asking again is useless.
    temporary-failure: the phone was off, out of reach or full until the text expired.
    technical-failure: it went wrong between us and the provider, or in the provider; the number may be good.
    unknown: asked, and no answer that can be trusted: it may or may not have gone. Never sent again on a
    guess, but only if the provider has been proved not to have it.
    cancelled: taken back before it went, by us or, where it could, by the provider.
    received: an inbound text; it came, and that is all that ever becomes of it.
    """

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    PERMANENT_FAILURE = "permanent-failure"
    TEMPORARY_FAILURE = "temporary-failure"
    TECHNICAL_FAILURE = "technical-failure"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    RECEIVED = "received"


_FAILED = frozenset(
    {
        MessageStatus.PERMANENT_FAILURE,
        MessageStatus.TEMPORARY_FAILURE,
        MessageStatus.TECHNICAL_FAILURE,
    }
)
_NOWHERE: frozenset[MessageStatus] = frozenset()

# Receipts come late, twice and out of order, so each pair is allowed or not for itself; "later in the list
# wins" would let a straggling `sent` undo `delivered`.
MOVES: Mapping[MessageStatus, frozenset[MessageStatus]] = MappingProxyType(
    {
        # Waiting to go again, after what looked like proof that it had not gone: a receipt says more.
        MessageStatus.CREATED: _FAILED
        | {MessageStatus.SENDING, MessageStatus.CANCELLED, MessageStatus.SENT, MessageStatus.DELIVERED},
        MessageStatus.SENDING: _FAILED
        | {
            MessageStatus.SENT,
            # A receipt can beat the commit that says `sent`.
            MessageStatus.DELIVERED,
            MessageStatus.UNKNOWN,
            # The one step back: the provider certainly refused, for a passing reason, so it will be tried
            # again.
            MessageStatus.CREATED,
            MessageStatus.CANCELLED,
        },
        # Back to the outbox only on proof that the provider never took it.
        MessageStatus.UNKNOWN: _FAILED
        | {MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.CREATED, MessageStatus.CANCELLED},
        # The provider may still be able to take back what it has not handed on.
        MessageStatus.SENT: _FAILED | {MessageStatus.DELIVERED, MessageStatus.CANCELLED},
        MessageStatus.DELIVERED: _NOWHERE,
        MessageStatus.PERMANENT_FAILURE: _NOWHERE,
        MessageStatus.TEMPORARY_FAILURE: _NOWHERE,
        MessageStatus.TECHNICAL_FAILURE: _NOWHERE,
        MessageStatus.CANCELLED: _NOWHERE,
        MessageStatus.RECEIVED: _NOWHERE,
    }
)

FINAL: frozenset[MessageStatus] = frozenset(status for status, onward in MOVES.items() if not onward)

_PRIORITY: Mapping[MessageKind, int] = MappingProxyType(
    {
        MessageKind.SAFETY: 0,
        MessageKind.SIGN_IN: 1,
        MessageKind.REPLY: 2,
        MessageKind.NUDGE: 5,
        MessageKind.CHECK: 6,
        # Never in the outbox; last, should anything ever sort it with the others.
        MessageKind.INBOUND: 9,
    }
)


def can_move(old: MessageStatus, new: MessageStatus) -> bool:
    """May a text go from `old` to `new`? Staying is not a move: a repeated receipt changes nothing."""
    return new in MOVES[old]


def priority(kind: MessageKind) -> int:
    """The place of a kind in the outbox: the lower number goes first; the gaps are for kinds to come."""
    return _PRIORITY[kind]
