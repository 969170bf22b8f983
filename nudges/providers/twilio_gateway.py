"""Twilio as a gateway, and the check that a post came from Twilio. The only adapter of twilio.

The official client builds the requests and reads the answers; the transport under it is ours, through the
client's documented `http_client` parameter, because the stock one has no time-out, logs every URL with its
query (the patient's number, when listing) and keeps the last request in memory.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.base.values import unset
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from twilio.rest import Client

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Fault, GatewayError, OutboundText, RefusedError, Report, UnansweredError
from nudges.providers.lean_transport import LeanTransport
from nudges.providers.transport import Transport, needs_proxy
from nudges.providers.twilio_http import BlockingClient, LeanClient, ThreadedClient
from nudges.providers.twilio_words import Verdict, delivery_status, verdict

Answer = TypeVar("Answer")

API_BASE_URL = "https://api.twilio.com"

VALIDITY_SECONDS = range(1, 36_001)
"""What Twilio accepts as ValidityPeriod."""

LISTED_AT_MOST = 1_000
"""The largest page Twilio gives: one request, and years of one patient's texts."""

CLOCK_SKEW = timedelta(seconds=60)
"""How far Twilio's clock may lag behind ours. Its times are whole seconds besides, rounded down."""

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")

_API_ERRORS = (TwilioRestException, TwilioServiceException)

# What the client raises on a body that is not JSON, or is JSON of another shape.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError)


class TwilioGateway:
    """Sends through a Twilio Messaging Service; asks Twilio what became of a text.

    status_callback_url: the public address of our receipts; a text's own id is added as `?message=<uuid>`.
    api_base_url: where to call instead of Twilio's own address (a loopback double, a relay).
    timeout: seconds of silence after which a call counts as unanswered.
    texts_per_second: what one sender may hand over; a British long number 10 or so, a short code 100 and more.
    """

    name = "twilio"
    patience = timedelta(minutes=10)
    # Its listings have been seen to lag by ten minutes, and its users tell of more.
    proof_after = timedelta(hours=1)

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        messaging_service_sid: str,
        status_callback_url: str,
        api_base_url: str | None = None,
        timeout: float = 10.0,
        texts_per_second: float | None = None,
    ) -> None:
        # Shows URLs at INFO. Our transport never calls it; should another one, it stays shut.
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
        base_url = api_base_url or API_BASE_URL
        transport = Transport(base_url, timeout)
        self._client = Client(account_sid, auth_token, http_client=BlockingClient(transport))
        lean = None if needs_proxy(base_url) else LeanTransport(base_url, timeout)
        poster = LeanClient(lean) if lean else ThreadedClient(transport)
        self._lean = lean
        self._sender = Client(account_sid, auth_token, http_client=poster)
        self.texts_per_second = texts_per_second
        # Twilio's client loads its parts when they are first asked for, which takes longer than a hundred texts.
        self._texts = self._sender.messages
        self._messaging_service_sid = messaging_service_sid
        self._status_callback_url = status_callback_url

    async def send(self, text: OutboundText) -> Report:
        """One POST, never repeated. Raises RefusedError when surely not taken, else UnansweredError."""
        failure: GatewayError
        try:
            return _report(
                await self._texts.create_async(
                    messaging_service_sid=self._messaging_service_sid,
                    to=text.to,
                    body=text.body,
                    from_=text.sender or unset,
                    validity_period=_validity_period(text.valid_for),
                    status_callback=self._callback(text),
                )
            )
        except _API_ERRORS as error:
            failure = _failure(error)
        except (TwilioException, *_UNREADABLE):
            failure = UnansweredError("unreadable answer")
        # Outside the handlers: Twilio's words often repeat the number, and would follow as the context.
        raise failure

    async def hang_up(self) -> None:
        """Close the connections of the running loop."""
        if self._lean is not None:
            await self._lean.close()

    def fetch(self, provider_id: str) -> Report | None:
        """Ask about one text by Twilio's id; None when that is no id of Twilio's or names nothing there."""
        if not _SID.fullmatch(provider_id):
            return None
        return _asked(lambda: _unless_gone(lambda: _report(self._client.messages(provider_id).fetch())))

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        """Look through what Twilio lists for the number: the earliest with these words, at or after `since`.

        No DateSent filter: date_sent is empty until a text leaves Twilio's queue, so the filter would hide
        just the texts that are in doubt. One found within CLOCK_SKEW before `since` counts only if none is
        after it. What cannot be told (more texts than a page, words already redacted) raises
        UnansweredError instead of None.
        """
        earliest = since.astimezone(UTC).replace(microsecond=0) - CLOCK_SKEW
        listed = _asked(lambda: self._client.messages.list(to=text.to, limit=LISTED_AT_MOST))
        made = sorted(((_created(message), message) for message in listed), key=lambda pair: pair[0])
        recent = [(at, message) for at, message in made if at >= earliest]
        same_words = [(at, message) for at, message in recent if message.body == text.body]
        in_time = [message for at, message in same_words if at >= earliest + CLOCK_SKEW]
        if same_words:
            return _report(in_time[0] if in_time else same_words[-1][1])
        if any(not message.body for _, message in recent):
            raise UnansweredError("redacted")
        if len(listed) == LISTED_AT_MOST and len(recent) == len(listed):
            raise UnansweredError("too many to list")
        return None

    def recall(self, provider_id: str) -> Report | None:
        """Cancel a text that still waits in Twilio's queue; otherwise what became of it. None if it has no such."""
        if not _SID.fullmatch(provider_id):
            return None
        try:
            return _asked(lambda: _report(self._client.messages(provider_id).update(status="canceled")))
        except UnansweredError:
            return self.fetch(provider_id)  # mostly: too late, it has gone

    def redact(self, provider_id: str) -> None:
        """Empty the body that Twilio keeps (and bills, and lists) for over a year if nobody asks otherwise."""
        if not _SID.fullmatch(provider_id):
            return
        _asked(lambda: _unless_gone(lambda: self._client.messages(provider_id).update(body="")))

    def answers(self) -> bool:
        """Whether it lists the newest text, whosever it be."""
        try:
            _asked(lambda: self._client.messages.list(limit=1))
        except UnansweredError:
            return False
        return True

    def _callback(self, text: OutboundText) -> str:
        separator = "&" if urlsplit(self._status_callback_url).query else "?"
        return f"{self._status_callback_url}{separator}message={text.message_id}"


class Headers(Protocol):
    """What a web framework's headers and a dictionary have in common."""

    def items(self) -> Iterable[tuple[str, str]]: ...


def signature_ok(auth_token: str, url: str, form: Mapping[str, Sequence[str]], headers: Headers) -> bool:
    """Was this form post signed by Twilio with our token? False on anything odd; never raises.

    url: the public one that Twilio was given, query included, not the one a proxy shows us.
    form: every field posted, unknown ones too, each with its values; a werkzeug MultiDict will do.
    headers: as received; their names in any case.
    Source: twilio.com/docs/usage/security, HMAC-SHA1, or HMAC-SHA256 when the settings header says so.
    """
    named = {name.lower(): value for name, value in headers.items()}
    signature = named.get(SIGNATURE_HEADER.lower())
    if not signature or not auth_token:  # anyone can sign with an empty token
        return False
    algorithm = get_signature_algorithm(named.get(SIGNATURE_SETTINGS_HEADER.lower()))
    try:
        return bool(_validator(auth_token).validate(url, _Fields(form), signature, algorithm))
    except ValueError:  # an impossible port, half a surrogate pair
        return False


@lru_cache(maxsize=8)
def _validator(auth_token: str) -> RequestValidator:
    return RequestValidator(auth_token)


class _Fields(dict[str, list[str]]):
    """A form as Twilio's validator asks for it: a dictionary with `getall`."""

    def __init__(self, form: Mapping[str, Sequence[str]]) -> None:
        # The items() of a MultiDict would show only the first value of each.
        getlist = getattr(form, "getlist", None)
        for name, values in form.items():
            if getlist is not None:
                values = getlist(name)
            self[name] = [values] if isinstance(values, str) else list(values)

    def getall(self, name: str) -> list[str]:
        return self[name]


def _asked(question: Callable[[], Answer]) -> Answer:
    """Ask something that changes nothing; whatever goes wrong is an UnansweredError."""
    try:
        return question()
    except _API_ERRORS as error:
        reason = f"HTTP {_status(error)}"
    except RefusedError as error:
        reason = str(error.code)
    except (TwilioException, *_UNREADABLE):
        # Twilio's Page puts the whole answer, numbers and words, into a bare TwilioException.
        reason = "unreadable answer"
    raise UnansweredError(reason)


def _unless_gone(question: Callable[[], Answer]) -> Answer | None:
    """The answer; None when Twilio, in its own words, has nothing of that name. Raises what the client raises."""
    try:
        return question()
    except _API_ERRORS as error:
        if _status(error) == 404 and verdict(404, _number(error.code)) is Verdict.PERMANENT:
            return None
        raise


def _report(message: Any) -> Report:
    """Twilio's message as a report. Raises UnansweredError when it does not even name itself."""
    if not _SID.fullmatch(message.sid or ""):
        raise UnansweredError("unreadable answer")
    code = None if message.error_code is None else str(message.error_code)
    # A status we do not know is still Twilio's: it has the text.
    status = delivery_status(str(message.status), code) or MessageStatus.SENT
    return Report(provider_id=str(message.sid), status=status, error_code=code)


def _failure(error: Any) -> GatewayError:
    status, code = _status(error), _number(error.code)
    found = verdict(status, code)
    if found is Verdict.UNANSWERED:
        return UnansweredError(f"HTTP {status}")
    said = str(code or status)
    ends_as = delivery_status("failed", said) or MessageStatus.TECHNICAL_FAILURE
    fault = {Verdict.ACCOUNT: Fault.ACCOUNT, Verdict.TRANSIENT: Fault.PACE}.get(found, Fault.TEXT)
    return RefusedError(said, permanent=found is Verdict.PERMANENT, status=ends_as, fault=fault)


def _status(error: Any) -> int:
    # A TwilioServiceException repeats what the body says of itself; what is no number is no answer.
    return _number(error.status) or 500


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _created(message: Any) -> datetime:
    created = message.date_created
    if not isinstance(created, datetime):
        raise UnansweredError("unreadable answer")
    return created


def _validity_period(valid_for: timedelta) -> int:
    seconds = int(valid_for.total_seconds())
    return min(max(seconds, VALIDITY_SECONDS.start), VALIDITY_SECONDS.stop - 1)
