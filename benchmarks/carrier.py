"""How does the benchmark start the stand-in, set it, and ask what has arrived?"""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.child import READY_WITHIN, FailedError, started


@dataclass(frozen=True, slots=True)
class Carrier:
    """A stand-in that runs."""

    url: str

    def reset(self, delay: float) -> None:
        """Forget all; answer every text after `delay` seconds."""
        self._ask("/-/reset", str(delay).encode())

    def counts(self) -> dict[str, Any]:
        """What arrived since."""
        return self._ask("/-/counts", None)

    def require(self, texts: int) -> dict[str, Any]:
        """The counts, if exactly so many texts arrived, each once; else FailedError: the run is void."""
        counts = self.counts()
        if not counts["texts"] == counts["distinct"] == counts["numbers"] == texts or counts["refused"]:
            raise FailedError(f"void: {texts} texts were due, and this arrived: {counts}")
        return counts

    def _ask(self, path: str, body: bytes | None) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, body, timeout=10) as answer:  # noqa: S310 (our own address)
            said: dict[str, Any] = json.load(answer)
            return said


@contextmanager
def running(log: Path) -> Iterator[Carrier]:
    """A stand-in on the loopback."""
    with started([["benchmarks.stand_in"]], {}, log) as [child]:
        yield Carrier(f"http://127.0.0.1:{child.line(READY_WITHIN)}")
