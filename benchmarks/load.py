"""How fast does a web server answer? Requests made beforehand, over so many connections at once.

    python -m benchmarks.load PORT FILE CONNECTIONS

FILE holds the requests as they go over the wire, each after its length in four bytes. It waits for `go`.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httptools
import uvloop

from benchmarks.child import ready_then_go, say

# Or the process that happens to accept most connections at the beginning keeps most of the work to the end.
REQUESTS_PER_CONNECTION = 25


class Caller(asyncio.Protocol):
    """One connection: the next request goes when the last one is answered; after some it is closed and reopened."""

    def __init__(self, requests: Iterator[bytes], statuses: Counter[int]) -> None:
        self._requests, self._statuses = requests, statuses
        self._asked: bytes | None = None
        self._left = REQUESTS_PER_CONNECTION
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.parser = httptools.HttpResponseParser(self)
        self._next()

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._asked = None
        self._statuses[self.parser.get_status_code()] += 1
        self._left -= 1
        if self._left and self.parser.should_keep_alive():
            self._next()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._asked is not None:
            self._statuses[0] += 1  # a request that nobody answered
        if not self.done.done():
            self.done.set_result(False)

    def _next(self) -> None:
        self._asked = next(self._requests, None)
        if self._asked is None:
            self.done.set_result(True)
            self.transport.close()
        else:
            self.transport.write(self._asked)


async def call(port: int, requests: list[bytes], connections: int) -> dict[str, object]:
    """Send them all; the seconds it took and how many answers of each status there were (0: none)."""
    left, statuses = iter(requests), Counter[int]()
    loop = asyncio.get_running_loop()

    async def keep_calling() -> None:
        finished = False
        while not finished:
            _, caller = await loop.create_connection(lambda: Caller(left, statuses), "127.0.0.1", port)
            finished = await caller.done

    began = time.monotonic()
    await asyncio.gather(*(keep_calling() for _ in range(connections)))
    return {"seconds": time.monotonic() - began, "statuses": {str(status): n for status, n in statuses.items()}}


def _requests(file: Path) -> list[bytes]:
    data, at, found = file.read_bytes(), 0, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def main(port: str, file: str, connections: str) -> None:
    """All of it, from ready to done."""
    requests = _requests(Path(file))
    ready_then_go()
    say(uvloop.run(call(int(port), requests, int(connections))))


if __name__ == "__main__":
    main(*sys.argv[1:])
