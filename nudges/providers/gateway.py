"""What may the product ask of whoever carries its texts, and what can the answer be?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from companion.domain.message import MessageStatus


@dataclass(frozen=True, slots=True)
class OutboundText:
    """One text to hand over, once. Its number and words stay out of its repr, and so out of any traceback.

    message_id: our own id; it travels in the receipt's address, so that a receipt finds its message.
    to: E.164. body: as the patient will read it. valid_for: how long it may still be delivered from now.
    sender: the pain service's own number, where it has one; None leaves the choice to the provider's pool.
    """

    message_id: UUID
    to: str = field(repr=False)
    body: str = field(repr=False)
    valid_for: timedelta
    sender: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says of a text, in our words; error_code alone is in the provider's own."""

    provider_id: str
    status: MessageStatus
    error_code: str | None = None


class Fault(StrEnum):
    """What a refusal says about the texts behind it.

    text: nothing; it is about this text or its number. pace: too many at once, so all slow down. account: no text
    would be taken before somebody mends our account. provider: it is down, or cannot be reached. ours: it was not
    even asked.
    """

    TEXT = "text"
    PACE = "pace"
    ACCOUNT = "account"
    PROVIDER = "provider"
    OURS = "ours"


class GatewayError(Exception):
    """A call that did not end in a report. Carries no number and no words of a text."""


class RefusedError(GatewayError):
    """The provider certainly did not take the text.

    permanent: asking again with the same text is useless. Otherwise it may be tried again until it expires.
    fault: whose it is, where it is not this text's alone.
    code: the provider's error code, or a word of ours such as `not-connected`.
    status: how a text that is refused for good ends: the number is at fault (permanent-failure) or something between
    us and the provider (technical-failure).
    """

    def __init__(
        self,
        code: str | None = None,
        *,
        permanent: bool,
        status: MessageStatus = MessageStatus.TECHNICAL_FAILURE,
        fault: Fault = Fault.TEXT,
    ) -> None:
        super().__init__(f"refused {'for good' if permanent else 'for now'}, code {code}")
        self.code = code
        self.permanent = permanent
        self.status = status
        self.fault = fault


class UnansweredError(GatewayError):
    """A time-out, a 5xx, a broken connection or an answer nobody can read: the text may or may not have gone.

    Never send again on this: no provider of texts honours an idempotency key, so a second call is a second
    text. Ask with `find` instead.
    """

    def __init__(self, reason: str = "no answer") -> None:
        super().__init__(reason)
        self.reason = reason


class Gateway(Protocol):
    """A provider of texts. Safe to call from several threads; holds nothing that a restart would lose."""

    name: str
    """Stored with every message, so that questions about it go to the provider that took it."""

    patience: timedelta
    """How long after sending to wait for a receipt before asking for one; zero where none comes by itself."""

    proof_after: timedelta
    """How long after an attempt a complete listing without the text proves that it was never taken."""

    texts_per_second: float | None
    """How many texts one sender may hand over a second, all workers together; None for no limit."""

    async def send(self, text: OutboundText) -> Report:
        """Hand over one text, with one call and no retry inside. Raises RefusedError, UnansweredError.

        The one call of which many are under way at once; all others are rare, and wait for their answer.
        """
        ...

    async def hang_up(self) -> None:
        """Close what the running event loop holds open to it."""
        ...

    def fetch(self, provider_id: str) -> Report | None:
        """What became of a text it took; None when it knows no such text. Raises UnansweredError."""
        ...

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        """Look for a text whose fate we do not know: same number, same body, made at or after `since`, aware.

        None means that the provider, read completely, lists no such text *now*. Listings lag (at Twilio by
        minutes, by users' accounts sometimes by hours), so None proves something only `proof_after` the attempt.
        The report may belong to another message of ours with the same words: the caller checks that its
        provider_id is not taken. Raises UnansweredError when the question could not be answered.
        """
        ...

    def recall(self, provider_id: str) -> Report | None:
        """Take back a text that has not left the provider yet. A report of `cancelled` if it could; of what became
        of the text, if it was too late; None where the provider cannot. Raises UnansweredError."""
        ...

    def redact(self, provider_id: str) -> None:
        """Let the provider forget the words of a text that is final; no error if it has none any more, or keeps
        them for a time of its own. Raises UnansweredError, RefusedError: try again later."""
        ...

    def answers(self) -> bool:
        """Whether it answers a question that changes nothing: it is well, or well again. Never raises."""
        ...
