"""How does a test run the product as its user does: as processes of their own, on a port of their own?"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = (
    "DATABASE_URL",
    "ENVIRONMENT",
    "PUBLIC_BASE_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "INDEX_KEY",
    "PORT",
    "TWILIO_",
    "NOTIFY_",
    "TEXTS_",
    "FLASK_",
    "GUNICORN_",
)
# Two cores may be shared by many; whoever waits this long waits in vain.
PATIENCE = 90.0


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(what: str, seen: Callable[[], object]) -> None:
    """Look until it is so."""
    give_up = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < give_up, f"waited {PATIENCE:.0f} seconds for {what}"
        time.sleep(0.05)


@dataclass
class Run:
    """A command under way. `said` is everything that it and its children have written so far."""

    process: subprocess.Popen[bytes]
    written: Path

    @property
    def said(self) -> str:
        return self.written.read_text(encoding="utf-8")

    def wait_for(self, what: str, seen: Callable[[], object]) -> None:
        """Look until it is so; the command must not end before."""
        wait_for(what, lambda: seen() or self.process.poll() is not None)
        assert seen(), self.said

    def wait_until(self, words: str) -> None:
        """Until it has said this."""
        self.wait_for(repr(words), lambda: words in self.said)

    def children(self) -> list[int]:
        """Its children, and theirs."""
        parents = _parents()
        found = [self.process.pid]
        for known in found:
            found += [pid for pid, parent in parents.items() if parent == known]
        return found[1:]

    def child(self, words: str) -> int:
        """Its own child that was started with these words."""
        [found] = [pid for pid, parent in _parents().items() if parent == self.process.pid and words in _command(pid)]
        return found

    def end(self, number: signal.Signals | None = None) -> int:
        """Send it a signal, if one is given, wait for its end and give its exit code."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def running(folder: Path, settings: Mapping[str, str], *words: str) -> Iterator[Run]:
    """`flask --app wsgi` with these words and settings; nothing of it is left when the test ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    written = folder / f"said-{time.monotonic_ns()}"
    with written.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=environment | {"FLASK_SKIP_DOTENV": "1", "PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    run = Run(process, written)
    try:
        yield run
    finally:
        process.kill()
        process.wait()
        # By their session, which they keep when nobody is left who started them.
        for pid in _parents():
            with suppress(ProcessLookupError):
                if os.getsid(pid) == process.pid:
                    os.kill(pid, signal.SIGKILL)


def none_lives(pids: list[int]) -> bool:
    """Whether all of these are gone, or dead and only not yet cleared away."""
    return not set(pids) & set(_parents())


def _parents() -> dict[int, int]:
    """The parent of every living process."""
    if Path("/proc/self/stat").exists():
        found = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # The name, in parentheses, may hold anything.
                state, parent = file.read_text(errors="replace").rpartition(")")[2].split()[:2]
                found[int(file.parent.name)] = (int(parent), state)
        return {pid: parent for pid, (parent, state) in found.items() if state not in "ZX"}
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def _command(pid: int) -> str:
    file = Path(f"/proc/{pid}/cmdline")
    if file.exists():
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
