"""How does the provider's double listen, and which fault strikes which request? Its socket."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from threading import Thread
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from benchmarks.year.provider import Provider
from tests.support.twilio_account import Reply, refusal

# What each fault does with a POST: is it acted on, and what is answered? None: nothing, and the line is cut.
FAULTS: Mapping[str, tuple[bool, Reply | None]] = {
    "429": (False, refusal(20429, 429, "Too many requests")),
    "5xx before acceptance": (False, refusal(20503, 503, "Service unavailable")),
    "5xx after acceptance": (True, refusal(20500, 500, "Internal server error")),
    "cut before acceptance": (False, None),
    "cut after acceptance": (True, None),
    "time-out before acceptance": (False, None),
    "time-out after acceptance": (True, None),
    "account": (False, refusal(20003, 401, "Authenticate")),
}
OUTAGE = "outage"
DOWN = refusal(20503, 503, "Service unavailable")
LONGEST_HANG = 5.0


class Exchange:
    """Listens from `with` to the end of the block, in a thread of its own. `mood`: each fault's chance to strike."""

    def __init__(self, provider: Provider, port: int = 0) -> None:
        self.provider = provider
        self.mood: Mapping[str, float] = {}
        self.url = ""
        self._port = port
        self._posts: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request on a line that is kept open; False when the line is to be cut."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        form = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        parts = urlsplit(target)
        fields = dict(parse_qsl(form.decode() if method == "POST" else parts.query, keep_blank_values=True))
        to = fields.get("To", "") if method == "POST" and parts.path.endswith("/Messages.json") else None
        fault = self._strikes(to)
        if fault == OUTAGE:
            self._send(writer, DOWN)
            return True
        accept, reply = FAULTS[fault] if fault else (True, None)
        answer = self.provider.answer(method, parts.path, fields) if accept else None
        if fault is None and answer is not None:
            reply = answer
        if reply is not None:
            self._send(writer, reply)
            return True
        if fault is not None and fault.startswith("time-out"):
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), LONGEST_HANG)
        return False

    def _strikes(self, to: str | None) -> str | None:
        """Which fault strikes this request; all but an outage strike only what would create a text `to` somebody.

        Drawn for each number's first post, its second, and so on: it does not matter which worker comes first.
        """
        mood = self.mood
        if to is not None:
            self._posts[to] += 1
        if not mood:
            return None
        drawn = 1.0 if to is None else random.Random(f"{self.provider.seed}/exchange/{to}/{self._posts[to]}").random()
        for fault, chance in mood.items():
            if fault == OUTAGE or drawn < chance:
                self.provider.faults[fault] += 1
                return fault
            drawn -= chance
        return None

    def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        status, payload = reply
        content = json.dumps(payload).encode()
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
