"""Does a slow client cost the others anything, and does one that sends too much get an answer?"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import text

from api.server import web_server
from companion.db import transaction
from tests.api.caller import Caller
from tests.api.run import ROOT, free_port, wait_for
from tests.support.databases import on_postgresql

THREADS = 4
GET = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /v1/sign-ins HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The product as it is served: by gunicorn, with its own settings."""
    found = free_port()
    command = ["-m", "gunicorn", "-c", "python:api.server.web_server", "wsgi:app", "--bind", f"127.0.0.1:{found}"]
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('web')}/x.sqlite3", "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen([sys.executable, *command, "--threads", str(THREADS)], cwd=ROOT, env=environment)
    try:
        wait_for("the web server", lambda: server.poll() is None and _answer(found, GET + b"\r\n"))
        yield found
    finally:
        server.terminate()
        server.wait()


def _answer(port: int, sent: bytes) -> bytes:
    """The first line of what comes back."""
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        with suppress(ConnectionError):  # it may answer before all is sent
            client.sendall(sent)
        return client.makefile("rb").readline().strip()
    return b""


class Slow:
    """A client that begins a request, and goes on with it a few bytes at a time, without end."""

    def __init__(self, port: int, begun: bytes, more: bytes) -> None:
        self._client = socket.create_connection(("127.0.0.1", port), timeout=0.01)
        self._client.sendall(begun)
        self._more, self.cut = more, False

    def goes_on(self) -> None:
        """A few bytes more, unless the server has had enough. An answer to what went before may come meanwhile."""
        try:
            self._client.sendall(self._more)
            self.cut = self.cut or self._client.recv(65_536) == b""
        except TimeoutError:
            pass
        except OSError:
            self.cut = True

    def close(self) -> None:
        """Enough."""
        self._client.close()


# What they have sent of a request when they slow down, and what they send from then on.
BEFORE_IT_IS_WHOLE = {
    "nothing": (b"", b"G"),
    "a header's name": (GET, b"X"),
    "a header": (GET + b"A: ", b"b"),
    "a body": (POST + b"Content-Length: 60000\r\n\r\n", b" "),
}
# What cannot be waited for without a thread: these are few enough to leave one.
WITH_A_THREAD = {
    "a body in pieces": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body that waits to be told": (POST + b"Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n", b" "),
    "a second request": (GET + b"\r\n" + GET, b"X"),
}


@pytest.mark.parametrize(("kinds", "of_each"), [(BEFORE_IT_IS_WHOLE, THREADS), (WITH_A_THREAD, 1)], ids=["many", "few"])
def test_slow_clients_cost_the_others_nothing_and_are_cut(
    port: int, kinds: dict[str, tuple[bytes, bytes]], of_each: int
) -> None:
    slow = [Slow(port, *kind) for kind in kinds.values() for _ in range(of_each)]
    try:
        for _ in range(5):
            assert _answer(port, GET + b"\r\n") == b"HTTP/1.1 200 OK"
        if of_each > 1:
            for client in slow:
                client.goes_on()
            assert len([client for client in slow if not client.cut]) > THREADS, "nobody was slow: this shows nothing"

        def all_cut() -> bool:
            for client in slow:
                client.goes_on()
            return all(client.cut for client in slow)

        wait_for("every slow client to be cut", all_cut)
    finally:
        for client in slow:
            client.close()
    assert _answer(port, GET + b"\r\n") == b"HTTP/1.1 200 OK"


def test_who_does_not_hang_up_after_a_refusal_costs_the_others_nothing(port: int) -> None:
    """Enough of them that two seconds for each in turn, as gunicorn gives them, would outlast this test."""
    rude = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(100)]
    try:
        for client in rude:
            client.sendall(b"GET /health/live HTTP/9.9\r\n\r\n")
        for client in rude:
            assert b" 400 " in client.makefile("rb").readline()
        assert _answer(port, GET + b"\r\n") == b"HTTP/1.1 200 OK"
    finally:
        for client in rude:
            client.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (GET + b"A: " + b"b" * 9_000 + b"\r\n\r\n", b"431"),
        (GET + b"A: b\r\n" * 70 + b"\r\n", b"431"),
        (GET + b"".join(b"A%d: %s\r\n" % (number, b"b" * 4_000) for number in range(20)) + b"\r\n", b"431"),
        (b"GET /health/live?" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (POST + b"Content-Length: 999999999\r\n\r\n", b"413"),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\n", b"413"),
        (POST + b"Content-Length: -1\r\n\r\n", b"400"),
        (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", b"400"),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", b"400"),
        (POST + b"Content-Length : 2\r\n\r\n{}", b"400"),
        (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", b"400"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX\r\n", b"400"),
        (GET + b"A: b\r\n c\r\n\r\n", b"400"),
        (GET + b"A: \x00\r\n\r\n", b"400"),
        (GET + b"\xff: b\r\n\r\n", b"400"),
        (b"GET /health/live HTTP/9.9\r\nHost: localhost\r\n\r\n", b"400"),
        (b"get /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"TRACE /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"CONNECT /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"GET /static/../app.py HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /static/..%5capp.py HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /static//etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /static/site.css%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
    ],
)
def test_a_client_that_sends_what_it_must_not_is_told(port: int, sent: bytes, status: bytes) -> None:
    assert _answer(port, sent).split(b" ")[1:2] == [status]


def test_a_request_that_comes_in_two_pieces_is_whole(port: int) -> None:
    """And so is one that waits to be told to go on."""
    body = b'{"email": "nobody@example.org"}'
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        lines = client.makefile("rb")
        for piece in (POST[:20], POST[20:], b"Content-Length: %d\r\n" % len(body), b"\r\n", body[:5], body[5:]):
            client.sendall(piece)
        assert b" 422 " in lines.readline()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        lines = client.makefile("rb")
        client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert b" 100 " in lines.readline()
        client.sendall(body)
        assert lines.readline() == b"\r\n"
        assert b" 422 " in lines.readline()


@on_postgresql
def test_what_a_web_request_asks_of_the_database_has_an_end(database_url: str) -> None:
    """And what a worker asks has none. A statement that is broken off is an OperationalError, and so a 503."""
    asking = "from api.app import create_app; from sqlalchemy import text; from companion.db import db\n"
    asking += "with create_app().app_context(): print(db.session.scalar(text('SHOW statement_timeout')))"
    found = []
    for more in ([], web_server.raw_env):
        settings = dict(each.split("=", 1) for each in more)
        environment = {"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin", **settings}
        command = [sys.executable, "-c", asking]
        found.append(
            subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
        )
    assert [each.strip() for each in found] == ["0", "15s"]


@on_postgresql
@pytest.mark.own_app
def test_a_statement_that_is_broken_off_says_that_it_may_be_tried_again(app: Flask, nobody: Caller) -> None:
    def ask_for_long() -> str:
        with transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 50"))
            session.execute(text("SELECT pg_sleep(60)"))
        return ""

    app.add_url_rule("/long", view_func=ask_for_long)
    answer = nobody.get("/long")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
