"""What answers in Twilio's place while we measure? As little as answers in Twilio's shape, in a process of its own.

It shares the machine with those it is to measure, so it does nothing that it need not: no faults, no listing, no
receipts (the double in tests/ has those). It counts the texts that arrive, each by our own id from its StatusCallback.
"""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl
from uuid import uuid4

import httptools
import uvloop

from benchmarks.child import end_with_parent

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "not-a-real-token"  # noqa: S105 (nobody's)
MESSAGING_SERVICE_SID = "MG" + "0" * 32

CREATE = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json".encode()
COUNTS, RESET, STATE = b"/-/counts", b"/-/reset", b"/-/texts"

_HEAD = "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"


class Tally:
    """What has arrived since the last reset, and how long each answer is to take."""

    def __init__(self) -> None:
        self.reset(0.0)

    def reset(self, delay: float) -> None:
        self.delay = delay
        self.texts: Counter[str] = Counter()
        self.numbers: Counter[str] = Counter()
        self.refused = 0
        self.first = self.last = 0.0
        self.open = self.most_open = 0

    def arrived(self, message_id: str, number: str) -> None:
        self.texts[message_id] += 1
        self.numbers[number] += 1
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.open += 1
        self.most_open = max(self.most_open, self.open)

    def as_json(self) -> dict[str, object]:
        """Times are of the machine's monotonic clock, which all its processes share."""
        return {
            "texts": self.texts.total(),
            "distinct": len(self.texts),
            "numbers": len(self.numbers),
            "refused": self.refused,
            "first": self.first,
            "last": self.last,
            "most_open": self.most_open,
        }


class Line(asyncio.Protocol):
    """One connection, kept alive."""

    tally = Tally()
    sids = 0
    run = uuid4().hex[:20]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.parser = httptools.HttpRequestParser(self)
        self.url = b""
        self.body: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        path, body = self.url, b"".join(self.body)
        self.url, self.body = b"", []
        if path == CREATE:
            self._create(body)
        elif path == COUNTS:
            self._answer("200 OK", json.dumps(self.tally.as_json()))
        elif path == STATE:
            self._answer("200 OK", json.dumps(dict(self.tally.texts)))
        elif path == RESET:
            self.tally.reset(float(body or b"0"))
            self._answer("200 OK", "{}")
        else:
            self.tally.refused += 1
            self._answer("404 Not Found", '{"code": 20404, "message": "No such resource", "status": 404}')

    def _create(self, body: bytes) -> None:
        form = dict(parse_qsl(body.decode()))
        to, words, callback = form.get("To"), form.get("Body"), form.get("StatusCallback", "")
        if not to or not words:
            self.tally.refused += 1
            self._answer("400 Bad Request", '{"code": 21604, "message": "A field is missing.", "status": 400}')
            return
        self.tally.arrived(callback.rpartition("message=")[2], to)
        Line.sids += 1
        text = _as_json(f"SM{self.run}{Line.sids:012x}", to, words, form.get("From"))
        if self.tally.delay:
            asyncio.get_running_loop().call_later(self.tally.delay, self._answer_create, text)
        else:
            self._answer_create(text)

    def _answer_create(self, text: str) -> None:
        self.tally.open -= 1
        self._answer("201 Created", text)

    def _answer(self, status: str, text: str) -> None:
        content = text.encode()
        self.transport.write(_HEAD.format(status=status, length=len(content)).encode() + content)


_moment = (0, "")


def _now() -> str:
    """This second, as Twilio writes it."""
    global _moment
    second = int(time.monotonic())
    if _moment[0] != second:
        _moment = (second, format_datetime(datetime.now(UTC)))
    return _moment[1]


def _as_json(sid: str, to: str, body: str, sender: str | None) -> str:
    """Twilio's message as it is just after it was accepted. By hand: json.dumps takes a third of the whole time."""
    at, from_ = _now(), json.dumps(sender)
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}"
    return (
        f'{{"account_sid": "{ACCOUNT_SID}", "api_version": "2010-04-01", "body": {json.dumps(body)}, '
        f'"date_created": "{at}", "date_sent": null, "date_updated": "{at}", "direction": "outbound-api", '
        f'"error_code": null, "error_message": null, "from": {from_}, '
        f'"messaging_service_sid": "{MESSAGING_SERVICE_SID}", "num_media": "0", "num_segments": "0", "price": null, '
        f'"price_unit": null, "sid": "{sid}", "status": "accepted", '
        f'"subresource_uris": {{"media": "{uri}/Media.json"}}, "to": {json.dumps(to)}, "uri": "{uri}.json"}}'
    )


async def serve() -> None:
    """Answer on a free port of the loopback, say which on standard output, and go on until SIGTERM."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Line, "127.0.0.1", 0, backlog=512)
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    end_with_parent()
    await over.wait()


if __name__ == "__main__":
    uvloop.run(serve())
