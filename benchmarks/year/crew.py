"""Who works tonight? Worker processes and the web server, told over a line when to beat and at which step to die."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
LONGEST_BEAT = 120.0
KILL, LEAP, PAUSE = "kill", "leap", "pause"


@dataclass(frozen=True, slots=True)
class Order:
    """What happens to a worker at the `nth` time that it stands at `step`: it is killed, the clock leaps by `seconds`,
    or it waits there until `meanwhile` is done."""

    what: str
    step: str
    nth: int = 1
    seconds: float = 0.0
    meanwhile: Callable[[], object] = lambda: None


class Child:
    """One process of the nursery, at the other end of a line."""

    def __init__(self, address: str, be: dict[str, str]) -> None:
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(address)
        self.line.settimeout(LONGEST_BEAT)
        self.talk = self.line.makefile("rw")
        self.tell(be)
        self.ready = self.hear()

    def tell(self, what: dict[str, Any]) -> None:
        self.talk.write(json.dumps(what) + "\n")
        self.talk.flush()

    def hear(self) -> dict[str, Any]:
        """The next thing it says; nothing when it is dead."""
        try:
            said = self.talk.readline()
        except ConnectionError:
            said = ""
        return dict(json.loads(said)) if said else {}

    def leave(self) -> None:
        self.talk.close()
        self.line.close()


class Crew:
    """`size` workers and the web server, from `with` to the end of the block.

    seen: every step that any of them reached, and how often. struck: where orders were carried out. errors: beats that
    ended in an exception.
    """

    def __init__(self, settings: dict[str, str], size: int = 2) -> None:
        self._settings = settings
        self._size = size
        self._born = 0
        self._turn = 0
        self.seen: Counter[str] = Counter()
        self.struck: Counter[tuple[str, str]] = Counter()
        self.errors: Counter[str] = Counter()
        self.workers: list[Child] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="year-")
        self.address = str(Path(self._folder.name, "nursery"))
        self._lifeline, far_end = socket.socketpair()
        self._log = Path(self._folder.name, "log")
        with socket.socket(socket.AF_UNIX) as listener, far_end, self._log.open("wb") as stderr:
            listener.bind(self.address)
            listener.listen(64)
            sockets = (listener.fileno(), far_end.fileno())
            settings = {**self._settings, "listener": sockets[0], "lifeline": sockets[1]}
            command = [sys.executable, "-m", "benchmarks.year.nursery", json.dumps(settings)]
            self._nursery = subprocess.Popen(command, cwd=ROOT, pass_fds=sockets, stderr=stderr)
        self.web = Child(self.address, {"be": "web"})
        if not self.web.ready:
            raise RuntimeError(f"The workers do not come up: {self._log.read_text()[-2000:]}")
        self.workers = [self._hire() for _ in range(self._size)]
        return self

    @property
    def web_port(self) -> int:
        """Where the web server listens."""
        return int(self.web.ready["port"])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.send_home()
        self._lifeline.close()
        self._nursery.wait()
        self._folder.cleanup()

    def beat(self, orders: Sequence[Order | None] = (), only: str = "") -> list[Order]:
        """Every worker beats once, all at the same time, each under its order. The orders that were carried out.

        only: the name of one beat, where the others do not come round.
        """
        return self._beat(dict(zip(self.workers, [*orders, *[None] * self._size], strict=False)), only)

    def beat_alone(self) -> None:
        """One worker beats, and the next one the next time."""
        self._turn = (self._turn + 1) % self._size
        self._beat({self.workers[self._turn]: None})

    def _beat(self, given: dict[Child, Order | None], only: str = "") -> list[Order]:
        for child, order in given.items():
            words = (
                {"order": order.what, "step": order.step, "nth": order.nth, "seconds": order.seconds} if order else {}
            )
            child.tell(words | {"only": only})
        obeyed: list[Order] = []
        with selectors.DefaultSelector() as ears:
            for child in given:
                ears.register(child.line, selectors.EVENT_READ, child)
            while ears.get_map():
                heard = ears.select(LONGEST_BEAT)
                if not heard:
                    raise RuntimeError(f"A worker does not come back from its beat:\n{self._stand(ears)}")
                for key, _ in heard:
                    child = key.data
                    order = given[child]
                    if self._listen(child, order, ears.unregister) and order is not None:
                        obeyed.append(order)
        return obeyed

    def send_home(self) -> None:
        """Let everybody go, the web server too, so that nobody holds on to the database."""
        for child in (*self.workers, self.web):
            child.leave()
        self.workers = []

    def call_in(self) -> None:
        """Take on new ones in the place of those who were sent home."""
        self.web = Child(self.address, {"be": "web"})
        self.workers = [self._hire() for _ in range(self._size)]

    def _stand(self, ears: selectors.BaseSelector) -> str:
        """Where those stand that do not come back, line by line of their stacks."""
        for key in ears.get_map().values():
            os.kill(key.data.ready["pid"], signal.SIGUSR1)
        time.sleep(1.0)
        return self._log.read_text()[-8000:]

    def _listen(self, child: Child, order: Order | None, done: Callable[[socket.socket], object]) -> bool:
        said = child.hear()
        if not said or said["said"] == "done":
            done(child.line)
            if said:
                self.seen.update(said["seen"])
                self.errors.update(said["errors"])
            else:
                child.leave()
                self.workers[self.workers.index(child)] = self._hire()
            return False
        if order is None:
            raise RuntimeError("A worker does what nobody told it.")
        self.struck[order.what, order.step] += 1
        if order.what != KILL:
            order.meanwhile()
            child.tell({})
        return True

    def _hire(self) -> Child:
        self._born += 1
        return Child(self.address, {"be": "worker", "name": f"worker-{self._born}"})
