"""What would Twilio's messages API answer? The account behind the loopback double: no sockets, no faults.

Create, fetch, list with filters and paging, update (cancel, redact) of the 2010-04-01 API, refusals with
Twilio's codes, and the carrier's block after STOP. Source: Twilio's OpenAPI description and error pages.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from threading import RLock
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "not-a-real-token"
MESSAGING_SERVICE_SID = "MG" + "0" * 32
SENDER = "+447700900999"

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})

_MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

Reply = tuple[int, dict[str, Any]]
Fields = Mapping[str, str]


@dataclass
class Sms:
    """One message as Twilio keeps it. Changed only under the account's lock."""

    to: str
    body: str
    created: datetime
    from_: str | None = None
    messaging_service_sid: str | None = None
    callback: str | None = None
    validity_period: int | None = None
    direction: str = "outbound-api"
    status: str = "queued"
    error_code: int | None = None
    sent: datetime | None = None
    sid: str = field(default_factory=lambda: f"SM{uuid4().hex}")

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent) if self.sent else None,
            "date_updated": format_datetime(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": "0",
            # Zero until the Messaging Service has chosen a sender.
            "num_segments": "1" if self.from_ else "0",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{_MESSAGES}/{self.sid}/Media.json"},
            "to": self.to,
            "uri": f"{_MESSAGES}/{self.sid}.json",
        }


class Account:
    """One Twilio account. Every call may come from its own thread."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.lock = RLock()
        self.clock = clock
        self.messages: list[Sms] = []
        self.opted_out: set[str] = set()
        self.largest_page = 1_000

    def answer(self, method: str, path: str, fields: Fields) -> Reply:
        """`fields`: the query of a GET, the form of a POST."""
        with self.lock:
            if path == f"{_MESSAGES}.json":
                return self._create(fields) if method == "POST" else self._list(fields)
            message = self.message(path.removeprefix(f"{_MESSAGES}/").removesuffix(".json"))
            if message is None:
                return refusal(20404, 404, f"The requested resource {path} was not found")
            return self._update(message, fields) if method == "POST" else (200, message.as_json())

    def message(self, sid: str) -> Sms | None:
        with self.lock:
            return next((message for message in self.messages if message.sid == sid), None)

    def settle(self, sid: str, status: str, error_code: int | None) -> Sms:
        """Move a message on, as the network would."""
        with self.lock:
            message = self.message(sid)
            if message is None:
                raise LookupError(sid)
            message.status, message.error_code = status, error_code
            message.from_, message.sent = message.from_ or SENDER, message.sent or self.clock()
            return message

    def receive(self, from_: str, body: str, to: str) -> Sms:
        """A text from a phone to our number. STOP and START act on the account before we hear of them."""
        message = Sms(to, body, self.clock(), from_, MESSAGING_SERVICE_SID)
        message.direction, message.status = "inbound", "received"
        with self.lock:
            self.messages.append(message)
            if opt_out_type(body) == "STOP":
                self.opted_out.add(from_)
            elif opt_out_type(body) == "START":
                self.opted_out.discard(from_)
        return message

    def _create(self, form: Fields) -> Reply:
        to, body = form.get("To", ""), form.get("Body", "")
        sender, service = form.get("From"), form.get("MessagingServiceSid")
        validity = form.get("ValidityPeriod", "36000")
        if not to:
            return refusal(21604, 400, "A 'To' phone number is required.")
        if not _E164.fullmatch(to):
            return refusal(21211, 400, f"Invalid 'To' Phone Number: {to}")
        if not sender and not service:
            return refusal(21603, 400, "A 'From' phone number is required.")
        if not body:
            return refusal(21602, 400, "Message body is required.")
        if len(body) > 1_600:
            return refusal(21617, 400, "The concatenated message body exceeds the 1600 character limit.")
        if not validity.isascii() or not validity.isdigit() or not 1 <= int(validity) <= 36_000:
            return refusal(20001, 400, "ValidityPeriod is out of range.")
        if to in self.opted_out:
            return refusal(21610, 400, f"Attempt to send to unsubscribed recipient {to}")
        # A Messaging Service answers `accepted` and chooses the sender later.
        status = "accepted" if service else "queued"
        callback = form.get("StatusCallback")
        message = Sms(to, body, self.clock(), sender, service, callback, int(validity), status=status)
        self.messages.append(message)
        return 201, message.as_json()

    def _update(self, message: Sms, form: Fields) -> Reply:
        if form.get("Status") == "canceled":
            if message.status not in {"accepted", "scheduled", "queued"}:
                return refusal(30409, 409, "The message can no longer be canceled.")
            message.status = "canceled"
        if form.get("Body") == "":
            message.body = ""
        return 200, message.as_json()

    def _list(self, query: Fields) -> Reply:
        found = [message for message in self.messages if _matches(message, query)]
        found.sort(key=lambda message: message.sent or message.created, reverse=True)
        size, page = min(int(query.get("PageSize", "50")), self.largest_page), int(query.get("Page", "0"))
        here = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        uri = f"{_MESSAGES}.json?" + urlencode({**query, "PageSize": size})
        return 200, {
            "end": page * size + max(len(here) - 1, 0),
            "first_page_uri": f"{uri}&Page=0",
            "messages": [message.as_json() for message in here],
            "next_page_uri": f"{uri}&Page={page + 1}&PageToken=PA{here[-1].sid}" if more else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": None,
            "start": page * size,
            "uri": f"{uri}&Page={page}",
        }


def refusal(code: int, status: int, message: str) -> Reply:
    """An error in Twilio's shape; like Twilio's, its message may repeat the patient's number."""
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more_info, "status": status}


def opt_out_type(body: str) -> str | None:
    """STOP or START when the whole text is such a word, in any case; Twilio looks no deeper."""
    word = body.strip().upper()
    if word in STOP_WORDS:
        return "STOP"
    return "START" if word in START_WORDS else None


def _matches(message: Sms, query: Fields) -> bool:
    if query.get("To", message.to) != message.to or query.get("From", message.from_) != message.from_:
        return False
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if name in query:
            # What has not left the queue has no date to match.
            if message.sent is None:
                return False
            on, wanted = message.sent.date(), date.fromisoformat(query[name][:10])
            if not {"DateSent": on == wanted, "DateSent<": on <= wanted, "DateSent>": on >= wanted}[name]:
                return False
    return True
