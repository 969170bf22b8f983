"""How is the web server set up, and how long may a client take? `gunicorn -c python:api.server.web_server wsgi:app`.

gunicorn's own threads wait for a client without end once its first byte is there: sixteen that send a byte now and then
would hold all of them. Here a request gets a thread when it has arrived whole; until then it costs a socket. One that
is not whole in time is cut, and so is one whose answer is not.
"""

import gc
import re
import selectors
import socket
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from gunicorn import util
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

# A head and a body together; whoever is slower than that sits behind a load balancer, which waits for him.
ARRIVED_WITHIN = 10.0
# Longer than any answer takes that is worth waiting for: a statement to the database is broken off at 15.
ANSWERED_WITHIN = 60.0
GONE_WITHIN = 2.0
GARBAGE_AFTER = 10_000
LARGEST_HEAD = 32 * 1024
# As app.py has it; what says that it is longer is refused there, unread.
LARGEST_BODY = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,9})[ \t]*\r?$")
# What comes in pieces, or not before we have said 'go on', cannot be waited for: it gets a thread, and must be in time.
_IN_PIECES = re.compile(rb"(?im)^(?:transfer-encoding|expect):")


class Worker(ThreadWorker):
    """gunicorn's worker with threads, which waits for nobody."""

    wsgi: WSGIApplication

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._coming: WeakKeyDictionary[TConn, float] = WeakKeyDictionary()
        self._in_hand: dict[TConn, float] = {}
        self._leaving: dict[TConn, float] = {}

    def load_wsgi(self) -> None:
        """Take the app."""
        super().load_wsgi()
        self.wsgi = _told_of_faults(self.wsgi)

    def handle(self, conn: TConn) -> Any:
        """In a thread: take the request, if it is all there."""
        if not self.cfg.is_ssl and not _read_ahead(conn):
            too_late = time.monotonic() - self._coming.setdefault(conn, time.monotonic()) > ARRIVED_WITHIN
            missing = _missing(conn.sock)
            if missing is None:
                return _refused(conn.sock, 431, "Request Header Fields Too Large")
            if missing and too_late:
                return _refused(conn.sock, 408, "Request Timeout")
            # The poller wakes us when there is more than there was, not again and again for the same bytes.
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, missing or 1)
            if missing:
                return _DEFER
        self._coming.pop(conn, None)
        self._in_hand[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._in_hand[conn]

    def finish_request(self, conn: TConn, done: Future[Any]) -> None:
        """In the main thread: one that is over is closed when the client has read what we said, or soon.

        gunicorn would wait for that here, two seconds for each, and answer nobody meanwhile.
        """
        if done.cancelled() or done.exception() is not None or done.result():
            super().finish_request(conn, done)
            return
        self._leaving[conn] = time.monotonic()
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read_the_rest, conn))
        except OSError:
            self._close(conn)

    def _read_the_rest(self, conn: TConn, client: socket.socket) -> None:
        """Unread, it would make the system break the line off before our answer has arrived."""
        try:
            over = not client.recv(LARGEST_BODY)
        except BlockingIOError:
            return
        except OSError:
            over = True
        if over:
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        del self._leaving[conn]
        with suppress(KeyError, ValueError):
            self.poller.unregister(conn.sock)
        conn.close()
        self.nr_conns -= 1

    def murder_pending(self) -> None:
        """Every second, in the main thread: cut who takes too long. A thread that waits for him wakes up."""
        super().murder_pending()
        now = time.monotonic()
        for conn, since in list(self._leaving.items()):
            if now - since > GONE_WITHIN:
                self._close(conn)
        for conn, since in list(self._in_hand.items()):
            with suppress(OSError):  # gone already
                if now - since > ANSWERED_WITHIN:
                    conn.sock.shutdown(socket.SHUT_RDWR)
                elif now - since > ARRIVED_WITHIN:
                    conn.sock.shutdown(socket.SHUT_RD)


class _Body:
    """What the app reads a body from. Pieces that are no pieces are the client's fault: werkzeug makes 400 of OSError,
    and knows no other."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many."""
        try:
            found: bytes = self._body.read(size)
        except ParseException as error:
            raise OSError(str(error)) from error
        return found


def _told_of_faults(app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        return app(environ, start_response)

    return answer


def _read_ahead(conn: TConn) -> bool:
    """Whether some of the next request was read together with the last one."""
    return conn.parser is not None and bool(conn.parser.unreader.buf.getvalue())


def _missing(client: socket.socket) -> int | None:
    """0 if a thread can take the request; else how many bytes must be there before looking again makes sense. None if
    the head is too large."""
    client.setblocking(False)
    try:
        here = client.recv(LARGEST_HEAD + LARGEST_BODY, socket.MSG_PEEK)
    except BlockingIOError:
        return 1
    except OSError:
        return 0
    end = here.find(_END)
    if not here:  # the client has closed
        return 0
    if end < 0:
        return len(here) + 1 if len(here) <= LARGEST_HEAD else None
    head, arrived = here[:end], len(here) - end - len(_END)
    if end > LARGEST_HEAD:
        return None
    length = _LENGTH.search(head)
    expected = int(length[1]) if length and not _IN_PIECES.search(head) else 0
    return 0 if arrived >= expected or expected > LARGEST_BODY else len(here) + 1


def _refused(client: socket.socket, status: int, words: str) -> bool:
    with suppress(OSError):
        client.setblocking(True)
        util.write_error(client, status, words, words)
    return False


def post_worker_init(_worker: Worker) -> None:
    """Freeze permanent objects, so that the garbage collector skips them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


# gunicorn's settings, by its own names.
worker_class = Worker
control_socket_disable = True
loglevel = "warning"
graceful_timeout = 10
keepalive = 5
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# No header of a client's, and none of a proxy's, tells us where we are: PUBLIC_BASE_URL does.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# libpq reads it. A statement of a web request is broken off, and the answer is 503; workers and migrations may take
# their time.
raw_env = ["PGOPTIONS=-c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000"]
