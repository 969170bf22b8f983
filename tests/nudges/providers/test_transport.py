"""When a call fails, is "nothing was sent" said only where it is proved?"""

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    ResponseError,
    SSLError,
)

from nudges.providers.gateway import RefusedError, UnansweredError
from nudges.providers.transport import Transport, never_connected

POOL = HTTPConnectionPool("api.example")
LINE = HTTPConnection("api.example")
NOT_FOUND = NameResolutionError("api.example", LINE, socket.gaierror("no such name"))
NO_LINE = NewConnectionError(LINE, "refused")
TOO_SLOW = ConnectTimeoutError("connecting timed out")
BAD_CERTIFICATE = SSLError(ssl.SSLCertVerificationError("expired"))


def gave_up(reason: Exception) -> MaxRetryError:
    return MaxRetryError(POOL, "/", reason)


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError(gave_up(NO_LINE)),
        requests.ConnectionError(gave_up(NOT_FOUND)),
        requests.ConnectTimeout(gave_up(TOO_SLOW)),
        requests.exceptions.ProxyError(gave_up(ProxyError("no proxy", NO_LINE))),
        requests.exceptions.ProxyError(gave_up(ProxyError("no proxy", TOO_SLOW))),
        requests.exceptions.SSLError(gave_up(BAD_CERTIFICATE)),
    ],
)
def test_proof_that_nothing_left(error: Exception) -> None:
    assert never_connected(error)


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(ReadTimeoutError(POOL, "/", "silence")),
        requests.ConnectionError(ReadTimeoutError(POOL, "/", "silence")),
        requests.ConnectionError(gave_up(ReadTimeoutError(POOL, "/", "silence"))),
        requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
        # Refused after something was already sent is no proof; only a new connection refused is.
        requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionRefusedError(111, "refused"))),
        requests.ConnectionError(),
        requests.ConnectionError("a word"),
        requests.ConnectionError(gave_up(ResponseError("too many"))),
        requests.exceptions.SSLError(gave_up(SSLError("EOF occurred"))),
        requests.exceptions.SSLError(gave_up(SSLError(ssl.SSLError("bad record")))),
        requests.exceptions.ProxyError(gave_up(ProxyError("said no", OSError("Tunnel connection failed: 503")))),
        requests.exceptions.ChunkedEncodingError("half an answer"),
        requests.Timeout(),
    ],
)
def test_no_proof(error: Exception) -> None:
    assert not never_connected(error)


def assert_nothing_left(transport: Transport) -> None:
    with pytest.raises(RefusedError) as caught:
        transport.call("POST", "https://api.example/messages", form={"To": "+447700900123"})
    assert (caught.value.code, caught.value.permanent) == ("not-connected", False)
    assert caught.value.__context__ is None


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert_nothing_left(Transport(f"http://127.0.0.1:{port}", 5))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems treat a full queue of callers differently")
def test_nobody_answers_the_door() -> None:
    with ExitStack() as open_sockets:
        deaf = open_sockets.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        assert_nothing_left(Transport(f"http://127.0.0.1:{deaf.getsockname()[1]}", 0.3))


def test_a_server_without_tls_is_no_proof() -> None:
    # Unlike a certificate that is not accepted: how far this one read is not known.
    with socket.create_server(("127.0.0.1", 0)) as plain:
        thread = Thread(target=answer_once, args=(plain, b"HTTP/1.1 200 OK\r\n\r\n"))
        thread.start()
        with pytest.raises(UnansweredError):
            Transport(f"https://127.0.0.1:{plain.getsockname()[1]}", 5).call("POST", "https://api.example/")
        thread.join()


def answer_once(server: socket.socket, answer: bytes) -> None:
    line, _ = server.accept()
    with line:
        line.recv(65_536)
        line.sendall(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff",
    ],
)
def test_half_an_answer(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=answer_once, args=(server, answer))
        thread.start()
        with pytest.raises(UnansweredError) as caught:
            Transport(f"http://127.0.0.1:{server.getsockname()[1]}", 5).call("POST", "https://api.example/")
        thread.join()
    assert caught.value.__context__ is None


class _Redirecting(BaseHTTPRequestHandler):
    """Sends everybody back to itself, and counts."""

    visits = 0

    def do_POST(self) -> None:
        type(self).visits += 1
        self.send_response(307)
        self.send_header("Location", "/again")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def redirecting() -> Iterator[str]:
    _Redirecting.visits = 0
    with HTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_no_redirect_is_followed(redirecting: str) -> None:
    answer = Transport(redirecting, 5).call("POST", "https://api.example/messages")
    assert answer.status == 307
    assert _Redirecting.visits == 1


def test_a_proxy_of_the_machine_is_not_asked_for_what_is_on_it(
    redirecting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert Transport(redirecting, 5).call("POST", "https://api.example/").status == 307
    assert_nothing_left(Transport("http://api.example", 5))
