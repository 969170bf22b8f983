"""Where do tests send texts that go by GOV.UK Notify? To a double that listens on this machine and speaks its HTTP.

Sending a text, asking for one by id, listing by reference, the template; the JSON Web Token checked by hand, not with
Notify's package, so that the product's signing is checked by something else; and faults, queued by a test, each of
which strikes the next request of its method, once. Every wait ends. Source: docs.notifications.service.gov.uk/rest-api.html.

To try the service against it by hand: `python -m tests.notify_double 8011`, with the settings that it prints.
"""

import base64
import hashlib
import hmac
import json
import re
import select
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

SERVICE_ID = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"pain_service-{SERVICE_ID}-{SECRET}"
TEMPLATE_ID = "f33517ff-2a88-4f6e-b855-c550268ce08a"
CALLBACK_TOKEN = "not-a-real-callback-token"
SENDER = "07700900998"

LONGEST_HANG = 30.0
"""Seconds a hung request is held, should its caller never give up."""
TOKEN_LASTS = 30
"""Seconds; what Notify's clock and ours may differ by, both ways."""

_MOBILE = re.compile(r"\+447[0-9]{9}")
Reply = tuple[int, dict[str, Any]]


@dataclass
class Sms:
    """One text as Notify keeps it. Changed only under the double's lock."""

    to: str
    body: str
    reference: str | None
    created: datetime
    status: str = "created"
    id: str = field(default_factory=lambda: str(uuid4()))

    def as_json(self) -> dict[str, Any]:
        at = f"{self.created:%Y-%m-%dT%H:%M:%S.%fZ}"
        return {
            "id": self.id,
            "reference": self.reference,
            "phone_number": self.to,
            "type": "sms",
            "status": self.status,
            "template": {"id": TEMPLATE_ID, "version": 1, "uri": f"/v2/template/{TEMPLATE_ID}/1"},
            "body": self.body,
            "created_at": at,
            "sent_at": None if self.status == "created" else at,
            "completed_at": None if self.status in ("created", "sending", "pending") else at,
        }


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: is it acted on all the same, and what does the caller see?

    With a status: that answer, with that body. Without: nothing, ever; `hang` keeps the line open, else it is cut.
    """

    accept: bool
    status: int | None = None
    body: str = ""
    hang: bool = False


class NotifyDouble:
    """A Notify service on this machine, listening from `with` to the end of the block.

    `url` is what NOTIFY_API_BASE_URL wants. To look at: `texts`, oldest first; `requests`, every method and path in
    order of arrival; `posts`, how many sends were tried, taken or not; `forms`, what those asked for. To change:
    `template`, the words of the template; `page`, how many texts a listing has room for.
    """

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.lock = RLock()
        self.template = "((body))"
        self.page = 250
        self.requests: list[tuple[str, str]] = []
        self.forms: list[dict[str, Any]] = []
        self.closing = Event()
        self.connections: set[socket.socket] = set()
        self._texts: list[Sms] = []
        self._faults: dict[str, deque[Fault]] = {"POST": deque(), "GET": deque()}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), lambda *args: _Handler(self, *args))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in tuple(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(LONGEST_HANG)

    @property
    def texts(self) -> list[Sms]:
        with self.lock:
            return list(self._texts)

    @property
    def posts(self) -> int:
        with self.lock:
            return sum(method == "POST" for method, _ in self.requests)

    def settle(self, id: str, status: str = "delivered") -> dict[str, Any]:
        """Move a text on, as the network would; the receipt that Notify would post."""
        with self.lock:
            text = next(text for text in self._texts if text.id == id)
            text.status = status
            told = text.as_json()
        kept = {name: told[name] for name in ("id", "reference", "status", "created_at", "completed_at", "sent_at")}
        return kept | {"to": text.to, "notification_type": "sms", "template_id": TEMPLATE_ID, "template_version": 1}

    # Faults, for the next `times` requests of a method.

    def refuse(self, error: str, status: int = 400, words: str = "", times: int = 1, method: str = "POST") -> None:
        """Refuse as Notify does, with its name for the error; the number stands in the words, as it may in Notify's."""
        self.fault(
            Fault(False, status, json.dumps(_refusal(error, status, f"{words} {SENDER}".strip())[1])), times, method
        )

    def answer(self, status: int, body: str, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Answer with just this, having acted on the request or not."""
        self.fault(Fault(accept, status, body), times, method)

    def hang(self, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Never answer, and leave the line open until the caller gives up."""
        self.fault(Fault(accept, hang=True), times, method)

    def drop(self, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Cut the line without an answer."""
        self.fault(Fault(accept), times, method)

    def fault(self, fault: Fault, times: int = 1, method: str = "POST") -> None:
        with self.lock:
            self._faults[method].extend([fault] * times)

    # What the handler asks of it.

    def arrived(self, method: str, path: str) -> Fault | None:
        """Note a request; the fault that strikes it, if any."""
        with self.lock:
            self.requests.append((method, path))
            waiting = self._faults[method]
            return waiting.popleft() if waiting else None

    def act(self, method: str, path: str, query: dict[str, list[str]], body: bytes, authorization: str) -> Reply:
        """What Notify would answer."""
        complaint = self._complaint(authorization)
        if complaint:
            return _refusal("AuthError", 403, complaint)
        with self.lock:
            if method == "POST" and path == "/v2/notifications/sms":
                return self._create(json.loads(body))
            if method == "GET" and path == "/v2/notifications":
                return self._list(query)
            if method == "GET" and path == f"/v2/template/{TEMPLATE_ID}":
                return 200, {"id": TEMPLATE_ID, "type": "sms", "version": 1, "body": self.template}
            wanted = path.removeprefix("/v2/notifications/")
            found = next((text for text in self._texts if text.id == wanted), None)
            return _refusal("NoResultFound", 404, "No result found") if found is None else (200, found.as_json())

    def _create(self, form: dict[str, Any]) -> Reply:
        self.forms.append(form)
        to, words = form["phone_number"], form.get("personalisation", {}).get("body")
        if not _MOBILE.fullmatch(to):
            return _refusal("ValidationError", 400, "phone_number Not a UK mobile number")
        if form["template_id"] != TEMPLATE_ID:
            return _refusal("BadRequestError", 400, "Template not found")
        if not words:
            return _refusal("BadRequestError", 400, "Missing personalisation: body")
        text = Sms(to, self.template.replace("((body))", words), form.get("reference"), self.clock())
        self._texts.append(text)
        uri = f"{self.url}/v2/notifications/{text.id}"
        content = {"body": text.body, "from_number": SENDER}
        template = {"id": TEMPLATE_ID, "version": 1, "uri": f"{self.url}/v2/template/{TEMPLATE_ID}"}
        told = {"id": text.id, "reference": text.reference, "content": content, "uri": uri, "template": template}
        return 201, told | {"scheduled_for": None}

    def _list(self, query: dict[str, list[str]]) -> Reply:
        [reference] = query.get("reference", [None])
        found = [text.as_json() for text in reversed(self._texts) if reference in (None, text.reference)]
        return 200, {"notifications": found[: self.page], "links": {"current": f"{self.url}/v2/notifications"}}

    def _complaint(self, authorization: str) -> str | None:
        scheme, _, token = authorization.partition(" ")
        try:
            signed, _, signature = token.rpartition(".")
            header, claims = (json.loads(_unpadded(part)) for part in signed.split("."))
            right = hmac.compare_digest(
                hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256), _unpadded(signature)
            )
        except ValueError:
            return "Invalid token: signature, api token is not valid"
        if scheme != "Bearer" or header.get("alg") != "HS256" or claims.get("iss") != SERVICE_ID or not right:
            return "Invalid token: API key not found"
        if abs(datetime.now(UTC).timestamp() - claims["iat"]) > TOKEN_LASTS:
            return "Error: Your system clock must be accurate to within 30 seconds"
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, double: NotifyDouble, *args: Any) -> None:
        self.double = double
        super().__init__(*args)

    def setup(self) -> None:
        super().setup()
        self.double.connections.add(self.connection)

    def finish(self) -> None:
        self.double.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._handle("GET", b"")

    def do_POST(self) -> None:
        self._handle("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _handle(self, method: str, body: bytes) -> None:
        parts = urlsplit(self.path)
        fault = self.double.arrived(method, parts.path)
        if fault is None or fault.accept:
            authorization = self.headers.get("Authorization", "")
            status, told = self.double.act(method, parts.path, parse_qs(parts.query), body, authorization)
            if fault is None:
                self._send(status, json.dumps(told))
                return
        if fault.status is not None:
            self._send(fault.status, fault.body)
            return
        if fault.hang:
            self._wait_for_the_caller_to_give_up()
        self.close_connection = True

    def _send(self, status: int, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if 300 <= status < 400:
            self.send_header("Location", f"{self.double.url}/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    def _wait_for_the_caller_to_give_up(self) -> None:
        until = monotonic() + LONGEST_HANG
        while monotonic() < until and not self.double.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is sent is nobody's business."""


def _refusal(error: str, status: int, words: str) -> Reply:
    return status, {"status_code": status, "errors": [{"error": error, "message": words}]}


def _unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def main(port: int) -> None:
    """Listen until interrupted, and say what arrives."""
    with NotifyDouble(port) as double:
        sys.stdout.write(
            f"NOTIFY_API_KEY={API_KEY}\nNOTIFY_TEMPLATE_ID={TEMPLATE_ID}\n"
            f"NOTIFY_CALLBACK_TOKEN={CALLBACK_TOKEN}\nNOTIFY_API_BASE_URL={double.url}\n"
        )
        shown = 0
        with suppress(KeyboardInterrupt):
            while not double.closing.wait(0.5):
                for text in double.texts[shown:]:
                    sys.stdout.write(f"{text.created:%H:%M:%S} to {text.to}: {text.body}\n")
                    shown += 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8011)
