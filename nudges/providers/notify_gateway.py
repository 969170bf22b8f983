"""GOV.UK Notify as a gateway. The only adapter of notifications_python_client.

What Notify does otherwise than Twilio, and what follows:

- It sends templates, not texts. Ours is one template whose whole message is `((body))`. The Notify service should have
  its name left off the start of texts; what stands there is added to ours.
- It takes no validity period: a text that it took may still be tried for 72 hours, also at night, when the phone was
  off. All that can be done here is not to hand over a text that has little time left: see SHORTEST_VALIDITY.
- It takes back nothing, and forgets a text's words by itself after the retention period of the Notify service (7 days
  unless set otherwise there, from 3 to 90).
- It finds by our own id, exactly, because a text carries it as its `reference`.
- A pain service's own number is not used: Notify knows senders by ids of its own, so its default sender speaks for all.
- What GSM-7 and Welsh have no letter for, Notify replaces: an emoji arrives as a question mark.

Sources: docs.notifications.service.gov.uk/python.html; notifications.service.gov.uk/using-notify (message statuses and
data retention period); alphagov/notifications-api, app/celery (how often and how long Notify tries).
"""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import local
from typing import Any, TypeVar

from companion.clock import Clock, now
from companion.domain.message import MessageStatus
from companion.lazy import lazy
from nudges.providers.gateway import Fault, GatewayError, OutboundText, RefusedError, Report, UnansweredError
from nudges.providers.notify_words import delivery_status, failure, failure_code
from nudges.providers.transport import CONNECT_SECONDS, never_connected

errors = lazy("notifications_python_client.errors")
notifications = lazy("notifications_python_client.notifications")

Answer = TypeVar("Answer")

API_BASE_URL = "https://api.notifications.service.gov.uk"

LONGEST_BODY = 918
"""Characters; six parts of a text. Refused here, because Notify's refusal cannot be told from an account's fault."""

SHORTEST_VALIDITY = timedelta(minutes=15)
"""A text with less time left is not handed over. Notify gives most texts to a network within seconds; when its first
carrier fails it tries again at once, then every five minutes, so a quarter of an hour leaves room for three tries."""

LISTED_FOR = timedelta(days=3)
"""How long Notify surely lists a text: the shortest retention period that a Notify service may have."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ERROR_NAME = re.compile(r"[A-Za-z]{1,40}")

# What a body raises that is not JSON, or is JSON of another shape.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)


class NotifyGateway:
    """Sends through a GOV.UK Notify service; asks it what became of a text.

    api_key: of kind live; its last 73 characters are the service's id and the secret.
    template_id: of the template that is `((body))`.
    api_base_url: where to call instead of Notify's own address, without a path (a loopback double, a relay). No proxy
    of the machine's is used on the way there.
    timeout: seconds of silence after which a call counts as unanswered; connecting gets CONNECT_SECONDS at most.
    texts_per_second: 3,000 a minute is what Notify takes from one service, all senders together.
    """

    name = "notify"
    # Notify tries a receipt six times, five minutes apart.
    patience = timedelta(minutes=30)
    # Usually a text is listed before Notify answers. For the busiest services it answers first and stores later, and
    # when storing fails it tries again for up to 25 minutes.
    proof_after = timedelta(minutes=30)

    def __init__(
        self,
        api_key: str,
        template_id: str,
        api_base_url: str | None = None,
        timeout: float = 10.0,
        texts_per_second: float | None = 50.0,
        clock: Clock = now,
    ) -> None:
        # The client logs what Notify says of a refusal, which may repeat the number; urllib3 logs addresses.
        for logger in ("notifications_python_client", "urllib3.connectionpool"):
            logging.getLogger(logger).setLevel(logging.ERROR)
        self.texts_per_second = texts_per_second
        self._template_id = template_id
        self._clock = clock
        self._own = _Own(lambda: _client(api_key, api_base_url, timeout))

    async def send(self, text: OutboundText) -> Report:
        """One POST, never repeated, in a thread of its own. Raises RefusedError when surely not taken, else
        UnansweredError.

        A text with too little time left is refused for now, not for good: another carrier, which can let it expire,
        may still take it, and if none does it lapses, which is the truth.
        """
        if text.valid_for < SHORTEST_VALIDITY:
            raise RefusedError("too-little-time", permanent=False)
        if not text.body.strip():
            raise RefusedError("empty", permanent=True)
        if len(text.body) > LONGEST_BODY:
            raise RefusedError("too-long", permanent=True)
        return await asyncio.to_thread(self._send, text)

    async def hang_up(self) -> None:
        """Nothing is held open by the event loop: each thread has a client of its own."""

    def fetch(self, provider_id: str) -> Report | None:
        """Ask about one text by Notify's id; None when that is no id of Notify's or names nothing there."""
        if not _ID.fullmatch(provider_id):
            return None
        return _asked(lambda: self._fetch(provider_id))

    def find(self, text: OutboundText, since: datetime) -> Report | None:
        """Ask for the text that has our id as its reference. Number, words and time are not needed.

        Notify lists what was sent with keys of one kind (live, team, test): None says nothing of texts that went with
        a key of another. Once the retention period may have passed, UnansweredError is raised instead of None.
        """
        reference = str(text.message_id)
        listed = _asked(lambda: self._listed(reference))
        if listed:
            # Newest first: should there ever be two, the first that was made is the one that was asked about.
            return listed[-1]
        if self._clock() - since > LISTED_FOR:
            raise UnansweredError("no longer listed")
        return None

    def recall(self, provider_id: str) -> Report | None:
        """None: Notify cannot take back a text."""
        return None

    def redact(self, provider_id: str) -> None:
        """Nothing: Notify deletes the words by itself, after the retention period that is set there."""

    def answers(self) -> bool:
        """Whether the key is good and the template is there and has a place for our words. Never raises."""
        try:
            return _asked(lambda: "((body))" in self._own.client.get_template(self._template_id)["body"])
        except UnansweredError:
            return False

    def _send(self, text: OutboundText) -> Report:
        error: GatewayError
        try:
            return _report(
                self._own.client.send_sms_notification(
                    phone_number=text.to,
                    template_id=self._template_id,
                    personalisation={"body": text.body},
                    reference=str(text.message_id),
                )
            )
        except errors.HTTPError as raised:
            error = _failure(raised)
        except (errors.InvalidResponse, *_UNREADABLE):
            error = UnansweredError("unreadable answer")
        # Outside the handlers: Notify's words may repeat the number, and would follow as the context.
        raise error

    def _fetch(self, provider_id: str) -> Report | None:
        try:
            return _report(self._own.client.get_notification_by_id(provider_id))
        except errors.HTTPError as error:
            # A 404 counts when it is in Notify's own words.
            if error.status_code == 404 and _said(error)[0]:
                return None
            raise

    def _listed(self, reference: str) -> list[Report]:
        texts = self._own.client.get_all_notifications(reference=reference)["notifications"]
        if any(text["reference"] != reference for text in texts):
            raise UnansweredError("unreadable answer")
        return [_report(text) for text in texts]


class _Own(local):
    """One client for each thread, with its own connection: by its own words Notify's is not safe to share."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.client = make()


def _client(api_key: str, api_base_url: str | None, timeout: float) -> Any:
    timeouts = (min(timeout, CONNECT_SECONDS), timeout)
    client: Any = notifications.NotificationsAPIClient(api_key, api_base_url or API_BASE_URL, timeouts)
    # Its session retries nothing, but would follow a redirect, and with it send the text to another place.
    client.request_session.max_redirects = 0
    # Proxies and certificates as the machine is set up, but only on the way to Notify itself.
    client.request_session.trust_env = api_base_url is None
    return client


def _asked(question: Callable[[], Answer]) -> Answer:
    """Ask something that changes nothing; whatever goes wrong is an UnansweredError."""
    try:
        return question()
    except errors.HTTPError as error:
        reason = str(_failure(error)) if error.response is None else f"HTTP {error.status_code}"
    except (errors.InvalidResponse, *_UNREADABLE):
        reason = "unreadable answer"
    raise UnansweredError(reason)


def _report(told: Any) -> Report:
    """Notify's answer as a report. Raises UnansweredError when it does not even name the text."""
    if not _ID.fullmatch(told["id"]):
        raise UnansweredError("unreadable answer")
    # The answer to a POST has no status, and one that we do not know is still Notify's: it has the text.
    status = delivery_status(told.get("status", "")) or MessageStatus.SENT
    return Report(told["id"], status, failure_code(status))


def _failure(error: Any) -> RefusedError | UnansweredError:
    if error.response is None:
        cause = error.__cause__
        if isinstance(cause, Exception) and never_connected(cause):
            return RefusedError("not-connected", permanent=False, fault=Fault.PROVIDER)
        return UnansweredError(type(cause).__name__)
    return failure(error.status_code, *_said(error))


def _said(error: Any) -> tuple[str | None, str]:
    """Notify's name for an error, and its words; None and nothing when the answer is not in Notify's form."""
    try:
        first: Any = error.message[0]
        name, words = first["error"], first["message"]
    except (TypeError, LookupError, RecursionError):
        return None, ""
    return (name, str(words)) if isinstance(name, str) and _ERROR_NAME.fullmatch(name) else (None, "")
