"""Where do tests send texts that go by GOV.UK Notify? To a double that listens on this machine and speaks its HTTP.

The Notify service behind it is in notify_account. Here are the socket and the faults: queued by a test, each strikes
the next request of its method, once. Every wait ends.

To try the service against it by hand: `python -m tests.support.notify_double 8011`, with the settings that it prints.
"""

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
from urllib.parse import parse_qs, urlsplit

from tests.support.notify_account import API_KEY, CALLBACK_TOKEN, SENDER, TEMPLATE_ID, Account, Sms, refusal

LONGEST_HANG = 30.0
"""Seconds a hung request is held, should its caller never give up."""


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
    order of arrival; `posts`, how many sends were tried, taken or not.
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
    def texts(self) -> list[Sms]:
        with self.account.lock:
            return list(self.account.texts)

    @property
    def posts(self) -> int:
        with self.account.lock:
            return sum(method == "POST" for method, _ in self.requests)

    # Faults, for the next `times` requests of a method.

    def refuse(self, error: str, status: int = 400, words: str = "", times: int = 1, method: str = "POST") -> None:
        """Refuse as Notify does, with its name for the error; the number stands in the words, as it may in Notify's."""
        _, said = refusal(error, status, f"{words} {SENDER}".strip())
        self.fault(Fault(accept=False, status=status, body=json.dumps(said)), times, method)

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
        with self.account.lock:
            self._faults[method].extend([fault] * times)

    def arrived(self, method: str, path: str) -> Fault | None:
        """Note a request; the fault that strikes it, if any."""
        with self.account.lock:
            self.requests.append((method, path))
            waiting = self._faults[method]
            return waiting.popleft() if waiting else None


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
            status, told = self.double.account.answer(method, parts.path, parse_qs(parts.query), body, authorization)
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
