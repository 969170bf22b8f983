"""What do GOV.UK Notify's statuses and errors mean in our words?

Sources: docs.notifications.service.gov.uk/rest-api.html (statuses, error tables) and the service's own source, which is
public: alphagov/notifications-api, app/v2/errors.py and app/notifications/validators.py.
"""

from collections.abc import Mapping
from types import MappingProxyType

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Fault, RefusedError, UnansweredError

LONGEST_CODE = 20
"""Characters of a code that we keep."""

_KNOWN_STATUS: Mapping[str, MessageStatus] = MappingProxyType(
    {
        # Notify keeps it in its own queue, then a carrier's; `pending` is a carrier's first failure, which it may mend;
        # `sent` is as much as a carrier abroad ever tells.
        "created": MessageStatus.SENT,
        "sending": MessageStatus.SENT,
        "pending": MessageStatus.SENT,
        "sent": MessageStatus.SENT,
        "delivered": MessageStatus.DELIVERED,
        "permanent-failure": MessageStatus.PERMANENT_FAILURE,
        "temporary-failure": MessageStatus.TEMPORARY_FAILURE,
        "technical-failure": MessageStatus.TECHNICAL_FAILURE,
    }
)

_FAILED = frozenset(
    {
        MessageStatus.PERMANENT_FAILURE,
        MessageStatus.TEMPORARY_FAILURE,
        MessageStatus.TECHNICAL_FAILURE,
    }
)


def delivery_status(notify_status: str) -> MessageStatus | None:
    """Notify's status of a text in our words, which are its own; None for one we do not know, which changes nothing."""
    return _KNOWN_STATUS.get(notify_status)


def failure_code(status: MessageStatus) -> str | None:
    """Notify gives no code with a failure: its status says all there is, so it stands in the code's place."""
    return status.value if status in _FAILED else None


def failure(http_status: int, error: str | None, words: str) -> RefusedError | UnansweredError:
    """What an HTTP error says of the text that was being handed over. Only for answers outside 2xx.

    error: Notify's name for it, such as `BadRequestError`; None when the answer was not in Notify's form. A bare 403
    or 404 may come from a proxy on the way, and says nothing of what happened behind it; a 429 is certain from anyone.
    words: Notify's sentence. It asks programs not to rely on those, so they decide only whom a certain refusal is
    about, and what they do not say counts as the account's fault: a false alarm is heard, a lost text is not.
    """
    code = error[:LONGEST_CODE] if error else None
    if http_status == 429:
        # RateLimitError: 3,000 a minute. TooManyRequestsError: the day's allowance, until midnight.
        return RefusedError(code or "429", permanent=False, fault=Fault.PACE)
    if error is None or http_status not in (400, 401, 403):
        return UnansweredError(f"HTTP {http_status}")
    if http_status == 400 and _about_the_number(error, words):
        return RefusedError(code, permanent=True, status=MessageStatus.PERMANENT_FAILURE)
    if http_status == 400 and "international" in words.lower():
        # Jersey, Guernsey and Man count as abroad, and the Notify service has not been allowed to text there.
        return RefusedError("international", permanent=True)
    # The key is wrong or of the wrong kind, our clock is off, the service is archived, suspended or on trial, the
    # template is missing or wants other words.
    return RefusedError(code, permanent=False, fault=Fault.ACCOUNT)


def _about_the_number(error: str, words: str) -> bool:
    # ValidationError begins with the name of the field.
    return error == "InvalidPhoneError" or (error == "ValidationError" and words.startswith("phone_number"))
