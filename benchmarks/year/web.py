"""Who takes the year's receipts and replies? The web server that a pain service runs, which keeps its lines open."""

import os
import signal
import socket

from flask import Flask
from gunicorn.app.base import BaseApplication

# More than there are lines to it, so that no post waits for another one's commit.
THREADS = 16


class WebServer:
    """A process of its own, with workers of its own, from `with` to the end of the block."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __enter__(self) -> int:
        """The port."""
        listener = socket.create_server(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        self._process = os.fork()
        if self._process == 0:
            _Gunicorn(self._app, listener).run()
            os._exit(0)
        listener.close()
        return port

    def __exit__(self, *_: object) -> None:
        os.kill(self._process, signal.SIGTERM)


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self._app, self._listener = app, listener
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._listener.fileno()}",
            "threads": THREADS,
            "keepalive": 600,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app
