"""How is a process of the benchmark started, told to go, listened to and, in every case, ended?"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
READY_WITHIN = 60.0
ENDED_WITHIN = 10.0


class FailedError(RuntimeError):
    """A process of the benchmark did not do what it was started for. The text holds its last words."""


class Child:
    """One Python process of ours. It says `ready`, waits for `go`, and says what came of it as one line of JSON."""

    def __init__(self, words: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self.name, self._log = words[0], log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env={**os.environ, **settings, "NO_PROXY": "127.0.0.1", "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                text=True,
            )
        self.pid = self._process.pid

    def line(self, within: float) -> str:
        """The next thing it says. Raises FailedError when it says nothing within so many seconds."""
        give_up, out = time.monotonic() + within, self._process.stdout
        while out is not None and time.monotonic() < give_up:
            if select.select([out], [], [], 0.2)[0]:
                if said := out.readline():
                    return said.strip()
                break
        raise FailedError(f"{self.name} said nothing within {within:.0f} s: {self.last_words()}")

    def wait_until_ready(self) -> None:
        if (said := self.line(READY_WITHIN)) != "ready":
            raise FailedError(f"{self.name} said {said!r}")

    def go(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()

    def result(self, within: float) -> dict[str, Any]:
        """What it says when it is done."""
        said: dict[str, Any] = json.loads(self.line(within))
        return said

    def require_alive(self) -> None:
        if self._process.poll() is not None:
            raise FailedError(f"{self.name} ended with {self._process.returncode}: {self.last_words()}")

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip()

    def stop(self) -> None:
        """End it and whatever it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.pid, number)
                self._process.wait(ENDED_WITHIN)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def started(commands: Sequence[Sequence[str]], settings: Mapping[str, str], log: Path) -> Iterator[list[Child]]:
    """One process for each command; all of them are gone afterwards."""
    children: list[Child] = []
    try:
        for words in commands:
            children.append(Child(words, settings, log))
        yield children
    finally:
        for child in children:
            child.stop()


def say(said: str | Mapping[str, Any]) -> None:
    """What a child says to whoever started it."""
    sys.stdout.write((said if isinstance(said, str) else json.dumps(said)) + "\n")
    sys.stdout.flush()


def ready_then_go() -> None:
    """A child has done what comes before the measuring, and waits for it to begin."""
    say("ready")
    if not sys.stdin.readline():
        raise SystemExit("Nobody is there any more.")
    end_with_parent()


def end_with_parent() -> None:
    """From now on, whoever started this process takes it along, however that one ends."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
