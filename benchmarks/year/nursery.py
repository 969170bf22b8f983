"""Where do workers come from? From one warm process that has imported everything and forks for whoever knocks.

Run as `python -m benchmarks.year.nursery SETTINGS`, a JSON object. Each connection to its socket gets a child of its
own, which serves it and ends with it: a worker, told when to beat, or the web server.
"""

import faulthandler
import json
import os
import select
import signal
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path as File
from typing import Any

from flask import Flask

from api.app import create_app
from api.settings.config import Config, Twilio
from benchmarks.year.clock import WorldClock
from benchmarks.year.steps import Path, Watched, watch_commits
from benchmarks.year.web import WebServer
from companion.db import db
from nudges import worker
from nudges.providers.twilio_gateway import TwilioGateway
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID

PUBLIC = "https://pain.example"
STATUS, INBOUND = f"{PUBLIC}/webhooks/twilio/status", f"{PUBLIC}/webhooks/twilio/inbound"
TIMEOUT_SECONDS = 0.25
# More than a step ever brings, but not without limit: what holds several workers back together is lived through too.
TEXTS_PER_SECOND = 100.0


class Nursery:
    """What every child finds ready: the app, its gateway, the world's clock; no connection is open yet."""

    def __init__(self, database_url: str, provider_url: str, clock_file: str) -> None:
        twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, provider_url)
        config = Config(database_url=database_url, public_base_url=PUBLIC, twilio=twilio)
        self.clock = WorldClock(File(clock_file))
        self.path = Path()
        named = (
            ACCOUNT_SID,
            AUTH_TOKEN,
            MESSAGING_SERVICE_SID,
            STATUS,
            provider_url,
            TIMEOUT_SECONDS,
            TEXTS_PER_SECOND,
        )
        self.gateway: Any = Watched(TwilioGateway(*named), self.path.reach)
        self.app: Flask = create_app(config, self.gateway, self.clock.now)
        with self.app.app_context():
            watch_commits(db.engine, self.path.reach)

    def warm(self, moments: Sequence[datetime]) -> None:
        """Beat at these moments before anybody is born, so that children need not compile every statement again.

        What that leaves in the database is for whoever asked for it to take away.
        """
        for moment in moments:
            self.clock.set(moment)
            for work in worker.beats([self.gateway], "nursery", self.clock.now).values():
                with self.app.app_context():
                    work()
        with self.app.app_context():
            db.engine.dispose()

    def serve(self, listener: socket.socket, lifeline: socket.socket) -> None:
        """Fork for whoever knocks, until the one who started us is gone."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        faulthandler.register(signal.SIGUSR1)  # for one that hangs: where does it stand?
        while lifeline not in select.select([listener, lifeline], [], [])[0]:
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                self._be(line)
                os._exit(0)
            line.close()

    def _be(self, line: socket.socket) -> None:
        talk = line.makefile("rw")
        wanted = json.loads(talk.readline())
        if wanted["be"] == "web":
            with WebServer(self.app) as port:
                _say(talk, {"said": "ready", "port": port})
                talk.readline()
            return
        _say(talk, {"said": "ready", "pid": os.getpid()})
        for told in talk:
            self._beat(json.loads(told), wanted["name"], talk)

    def _beat(self, told: dict[str, Any], name: str, talk: Any) -> None:
        """Every beat once, or only one of them, as the metronome would call them; a fault in one is noted and the next
        one goes on."""
        errors: Counter[str] = Counter()

        def obey() -> None:
            _say(talk, {"said": told["order"], "step": told["step"]})
            if told["order"] == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            self.clock.leap(timedelta(seconds=told["seconds"]))
            talk.readline()

        self.path.begin(told.get("step", ""), told.get("nth", 1), obey)
        for beat, work in worker.beats([self.gateway], name, self.clock.now).items():
            if told["only"] not in ("", beat):
                continue
            try:
                with self.app.app_context():
                    work()
            except Exception as error:  # as APScheduler does: the beat is lost, the clock is not
                errors[f"{beat}: {type(error).__name__}"] += 1
        _say(talk, {"said": "done", "seen": self.path.seen, "errors": errors})


def _say(talk: Any, what: dict[str, Any]) -> None:
    talk.write(json.dumps(what) + "\n")
    talk.flush()


def main(settings: dict[str, str]) -> None:
    """Listen on the socket that was handed down, for as long as the other one has somebody at its far end."""
    nursery = Nursery(settings["database_url"], settings["provider_url"], settings["clock_file"])
    nursery.warm([datetime.fromisoformat(moment) for moment in settings.get("warm", "").split()])
    worker.calm_collector()  # as a worker does when it starts
    with (
        socket.socket(fileno=int(settings["listener"])) as listener,
        socket.socket(fileno=int(settings["lifeline"])) as lifeline,
    ):
        nursery.serve(listener, lifeline)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
