"""How is one POST carried with as little work as can be, many of them at once? The door to httptools.

The call that is made for every text. It does what `nudges.providers.transport` does and nothing else: one request on a
kept-open connection of its own, both time-outs, no retry, no redirect, nothing logged. On a machine that reaches the
provider through a proxy there is no lean way, and `Transport` carries the texts too.
"""

import asyncio
import base64
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote_plus, urlsplit
from weakref import WeakKeyDictionary

import httptools

from nudges.providers.gateway import Fault, RefusedError, UnansweredError
from nudges.providers.transport import CONNECT_SECONDS, Answer

# A connection that lay still for longer may be closed by the other side at the very moment it is used again.
STILL_SECONDS = 15.0
LONGEST_ANSWER = 1 << 20


# Every byte as a form writes it: a table for str.translate does in one step what the library does a letter at a time.
_QUOTED = {byte: quote_plus(bytes([byte])) for byte in range(256)}


def quoted(value: object) -> str:
    """A name or value as it stands in a form: the same as urllib's quote_plus, a tenth of the work."""
    return str(value).encode().decode("latin-1").translate(_QUOTED)


class LeanTransport:
    """Calls one base address. Safe to share between threads; connections belong to the event loop they were made in.

    base_url and timeout: as for `Transport`.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._authority = parts.netloc.rpartition("@")[2]
        self._path = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._timeout = timeout
        self._idle: WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Connection]] = WeakKeyDictionary()
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, set[_Connection]] = WeakKeyDictionary()

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], auth: tuple[str, str] | None
    ) -> Answer:
        """One POST. Raises RefusedError("not-connected") when none left, UnansweredError when in doubt."""
        request = self._request(url, form, headers, auth)
        connection = await self._connection()
        # From here on nobody can say what the other side has done with it.
        answer = await connection.ask(request, self._timeout)
        if connection.usable:
            self._idle.setdefault(asyncio.get_running_loop(), []).append(connection)
        return answer

    async def close(self) -> None:
        """Close the running loop's connections, and wait until they are closed."""
        loop = asyncio.get_running_loop()
        self._idle.pop(loop, None)
        for connection in list(self._made.pop(loop, ())):
            connection.close()
            await connection.gone

    async def _connection(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        idle = self._idle.get(loop)
        while idle:
            kept = idle.pop()
            if kept.usable and loop.time() - kept.used_at < STILL_SECONDS:
                return kept
            kept.close()
        try:
            async with asyncio.timeout(min(self._timeout, CONNECT_SECONDS)):
                _, made = await loop.create_connection(
                    lambda: _Connection(loop),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except (OSError, TimeoutError):  # ssl's own errors are OSErrors too
            made = None
        if made is None:
            # Not from inside the handler: the error's words name the address.
            raise RefusedError("not-connected", permanent=False, fault=Fault.PROVIDER)
        every = self._made.setdefault(loop, set())
        every.add(made)
        made.gone.add_done_callback(lambda _: every.discard(made))
        return made

    def _request(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], auth: tuple[str, str] | None
    ) -> bytes:
        body = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in form.items()).encode()
        lines = [f"POST {self._path}{urlsplit(url).path} HTTP/1.1", f"Host: {self._authority}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if auth is not None:
            lines.append(f"Authorization: Basic {base64.b64encode(':'.join(auth).encode()).decode()}")
        lines += [f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body


@dataclass(eq=False, repr=False)  # what it was answered may hold a number, and asyncio logs its protocols
class _Connection(asyncio.Protocol):
    """One connection, one request at a time; the parser calls the methods that begin with on_."""

    loop: asyncio.AbstractEventLoop
    used_at: float = 0.0
    usable: bool = False
    _parts: list[bytes] = field(default_factory=list)
    _headers: dict[str, str] = field(default_factory=dict)
    _waiting: asyncio.Future[Answer] | None = None

    def __post_init__(self) -> None:
        self.gone: asyncio.Future[None] = self.loop.create_future()

    async def ask(self, request: bytes, timeout: float) -> Answer:
        self._parts, self._headers = [], {}
        self._parser = httptools.HttpResponseParser(self)
        waiting: asyncio.Future[Answer] = self.loop.create_future()
        self._waiting = waiting
        give_up = self.loop.call_later(timeout, self._fail, "ReadTimeout")
        try:
            self._transport.write(request)
            return await waiting
        finally:
            give_up.cancel()
            self._waiting = None
            if not waiting.done() or waiting.cancelled() or waiting.exception():
                self.close()

    def close(self) -> None:
        self.usable = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.usable = cast(asyncio.Transport, transport), True
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        if not self.gone.done():
            self.gone.set_result(None)
        self._fail("ConnectionError")

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.close()  # words that nobody asked for
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("unreadable answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)
        if sum(map(len, self._parts)) > LONGEST_ANSWER:
            self._fail("unreadable answer")

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200 or self._waiting is None or self._waiting.done():
            return  # "100 Continue" and the like; the answer is yet to come
        self.used_at = self.loop.time()
        self.usable = self.usable and self._parser.should_keep_alive()
        try:
            text = b"".join(self._parts).decode()
        except UnicodeDecodeError:
            self._fail("unreadable answer")
            return
        self._waiting.set_result(Answer(status, text, self._headers))

    def _fail(self, reason: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(UnansweredError(reason))
