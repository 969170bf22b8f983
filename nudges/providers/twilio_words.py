"""What do Twilio's statuses and error codes mean in our words?

Sources: twilio.com/docs/messaging/api/message-resource (statuses) and twilio.com/docs/api/errors (codes).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from companion.domain.message import MessageStatus


class Verdict(StrEnum):
    """What an HTTP error says of the text that was being handed over."""

    TRANSIENT = "transient"
    """Certainly not taken, for a passing reason."""
    ACCOUNT = "account"
    """Certainly not taken, and no text would be: our account is at fault, and somebody can mend that."""
    PERMANENT = "permanent"
    """Certainly not taken, and never will be as it stands."""
    UNANSWERED = "unanswered"
    """Whether it was taken cannot be told."""


# Too many requests; the queue of the Messaging Service is full; the queue of the number is full.
_TRANSIENT = frozenset({20429, 30001, 21611})

# The token is wrong, the account is not active, the country is not switched on, the sender cannot
# text there, the Messaging Service has no sender, the account is suspended.
_ACCOUNT = frozenset({20003, 20005, 21408, 21606, 21612, 21703, 30002})

# Internal error, unavailable, gateway time-out. Twilio's page on 20500 says that a POST may have been acted
# on.
_UNANSWERED = frozenset({20500, 20503, 20504})

# Twilio's codes have five figures. Its client puts the HTTP status in the code's place when the body has
# none.
_SMALLEST_CODE = 10_000

# The number is wrong, dead, a landline, or its owner blocks us.
_PERMANENT_FAILURE = frozenset({"21211", "21610", "21614", "30004", "30005", "30006"})

# Out of reach, unknown carrier error, carrier congested, expired while waiting for the phone.
_TEMPORARY_FAILURE = frozenset({"30003", "30008", "30017", "30036"})

_KNOWN_STATUS: Mapping[str, MessageStatus] = MappingProxyType(
    {
        "accepted": MessageStatus.SENT,
        "scheduled": MessageStatus.SENT,
        "queued": MessageStatus.SENT,
        "sending": MessageStatus.SENT,
        "sent": MessageStatus.SENT,
        "delivered": MessageStatus.DELIVERED,
        "read": MessageStatus.DELIVERED,
        "canceled": MessageStatus.CANCELLED,
    }
)


def verdict(http_status: int, code: int | None) -> Verdict:
    """Was a text taken, when Twilio's API answered with an error? Only used for answers outside 2xx.

    A refusal counts as certain only when Twilio itself says so, with a code of its own: a bare 403, 404 or
    408 may come from a proxy on the way, and says nothing of what happened behind it. A 429 is certain from
    anyone.
    """
    if http_status >= 500 or code in _UNANSWERED:
        return Verdict.UNANSWERED
    if http_status == 429 or code in _TRANSIENT:
        return Verdict.TRANSIENT
    if 400 <= http_status < 500 and code is not None and code >= _SMALLEST_CODE:
        return Verdict.ACCOUNT if code in _ACCOUNT else Verdict.PERMANENT
    return Verdict.UNANSWERED


def delivery_status(twilio_status: str, error_code: str | None) -> MessageStatus | None:
    """Twilio's status of an outbound text in our words; None for one we do not know, which changes nothing.

    `failed` and `undelivered` are told apart by the error code, in GOV.UK Notify's meaning: permanent (the
    number), temporary (the phone), technical (between us and the provider, and every code not in the tables
    above). With no code at all, `undelivered` means that a network tried and could not, `failed` that it
    never left Twilio.
    """
    if twilio_status not in ("failed", "undelivered"):
        return _KNOWN_STATUS.get(twilio_status)
    if error_code in _PERMANENT_FAILURE:
        return MessageStatus.PERMANENT_FAILURE
    if error_code in _TEMPORARY_FAILURE:
        return MessageStatus.TEMPORARY_FAILURE
    if error_code or twilio_status == "failed":
        return MessageStatus.TECHNICAL_FAILURE
    return MessageStatus.TEMPORARY_FAILURE
