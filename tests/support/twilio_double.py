"""Where do tests send their texts? To a double of Twilio that listens on this machine and speaks its HTTP.

The account behind it is in twilio_account, the posts it makes in twilio_webhook. Here are the socket, the
Basic authentication, and the faults: queued by a test, each strikes the next request of its method, once.
Every wait ends.

To try the service against it by hand: `python -m tests.support.twilio_double 8010`, with the settings that it prints.
"""

import base64
import json
import select
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.twilio_account import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    MESSAGING_SERVICE_SID,
    SENDER,
    Account,
    Sms,
    refusal,
)
from tests.support.twilio_webhook import SignedPost, inbound, post, receipt

LONGEST_HANG = 30.0
"""Seconds a hung request is held, should its caller never give up."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: is it acted on all the same, and what does the caller see?

    With a status: that answer, with that body. Without: nothing, ever; `hang` keeps the line open, else it
    is cut.
    """

    accept: bool
    status: int | None = None
    body: str = ""
    hang: bool = False


class TwilioDouble:
    """A Twilio account on this machine, listening from `with` to the end of the block.

    `url` is what TWILIO_API_BASE_URL wants. To look at: `messages`, oldest first; `requests`, every method
    and path in order of arrival; `posts`, how many sends were tried, taken or not.
    """

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.account = Account(clock)
        self.requests: list[tuple[str, str]] = []
        self.closing = Event()
        self.connections: set[socket.socket] = set()
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
    def messages(self) -> list[Sms]:
        with self.account.lock:
            return list(self.account.messages)

    @property
    def posts(self) -> int:
        with self.account.lock:
            return sum(method == "POST" and path.endswith("/Messages.json") for method, path in self.requests)

    # Faults, for the next `times` requests of a method.

    def refuse(self, code: int, status: int = 400, times: int = 1, method: str = "POST") -> None:
        """Refuse as Twilio does, with its code; the number is in the message, as it often is in Twilio's."""
        body = json.dumps(refusal(code, status, f"Refused {SENDER}")[1])
        self.fault(Fault(accept=False, status=status, body=body), times, method)

    def answer(self, status: int, body: str, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Answer with just this, having acted on the request or not."""
        self.fault(Fault(accept=accept, status=status, body=body), times, method)

    def hang(self, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Never answer, and leave the line open until the caller gives up."""
        self.fault(Fault(accept=accept, hang=True), times, method)

    def drop(self, *, accept: bool, times: int = 1, method: str = "POST") -> None:
        """Cut the line without an answer."""
        self.fault(Fault(accept=accept), times, method)

    def fault(self, fault: Fault, times: int = 1, method: str = "POST") -> None:
        with self.account.lock:
            self._faults[method].extend([fault] * times)

    def arrived(self, method: str, path: str) -> Fault | None:
        """Note a request; the fault that strikes it, if any."""
        with self.account.lock:
            self.requests.append((method, path))
            waiting = self._faults[method]
            return waiting.popleft() if waiting else None

    # What Twilio does of its own accord. Without `post`: the signed form, for a test client.

    def settle(self, sid: str, status: str = "delivered", error_code: int | None = None) -> SignedPost:
        """Move a message on and write its receipt. LookupError if unknown, or sent without StatusCallback."""
        message = self.account.settle(sid, status, error_code)
        if message.callback is None:
            raise LookupError(f"{sid} has no StatusCallback")
        return receipt(message, message.callback)

    def deliver(
        self, sid: str, status: str = "delivered", error_code: int | None = None, through: str | None = None
    ) -> int:
        """Move a message on and post its receipt; the HTTP status of the answer."""
        return post(self.settle(sid, status, error_code), through)

    def inbound(self, from_: str, body: str, url: str, to: str = SENDER) -> SignedPost:
        """A text from a phone, signed for the service's public `url`. STOP blocks the phone at once."""
        return inbound(self.account.receive(from_, body, to), url)

    def post_inbound(self, from_: str, body: str, url: str, through: str | None = None) -> int:
        """Take a text from a phone and post it; the HTTP status of the answer."""
        return post(self.inbound(from_, body, url), through)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, double: TwilioDouble, *args: Any) -> None:
        self.double = double
        super().__init__(*args)

    def setup(self) -> None:
        super().setup()
        self.double.connections.add(self.connection)

    def finish(self) -> None:
        self.double.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._handle("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._handle("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

    def _handle(self, method: str, encoded: str) -> None:
        path = urlsplit(self.path).path
        fault = self.double.arrived(method, path)
        if fault is None or fault.accept:
            # A redaction is an empty Body, so blank values count.
            fields = dict(parse_qsl(encoded, keep_blank_values=True))
            status, payload = refusal(20003, 401, "Authenticate")
            if self._is_allowed():
                status, payload = self.double.account.answer(method, path, fields)
            if fault is None:
                self._send(status, json.dumps(payload))
                return
        if fault.status is not None:
            self._send(fault.status, fault.body)
            return
        if fault.hang:
            self._wait_for_the_caller_to_give_up()
        self.close_connection = True

    def _is_allowed(self) -> bool:
        wanted = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _send(self, status: int, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _wait_for_the_caller_to_give_up(self) -> None:
        until = monotonic() + LONGEST_HANG
        while monotonic() < until and not self.double.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the path of a listing holds a number."""


def main(port: int) -> None:
    """Listen until interrupted, and say what arrives."""
    with TwilioDouble(port) as double:
        sys.stdout.write(
            f"TWILIO_ACCOUNT_SID={ACCOUNT_SID}\nTWILIO_AUTH_TOKEN={AUTH_TOKEN}\n"
            f"TWILIO_MESSAGING_SERVICE_SID={MESSAGING_SERVICE_SID}\nTWILIO_API_BASE_URL={double.url}\n"
        )
        shown = 0
        with suppress(KeyboardInterrupt):
            while not double.closing.wait(0.5):
                for message in double.messages[shown:]:
                    sys.stdout.write(f"{message.created:%H:%M:%S} to {message.to}: {message.body}\n")
                    shown += 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8010)
