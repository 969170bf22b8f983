"""How fast does the product itself send by way of a queue? One process of it: the clock, or a queue worker.

python -m benchmarks.ours_by_queue hand-on | work DATABASE_URL STAND_IN_URL NAME
"""

import sys
import time
from collections.abc import Collection
from uuid import UUID

from flask import Flask

from api.app import create_app
from api.settings.config import Config
from benchmarks.child import ready_then_go
from benchmarks.ours import gateway
from companion.clock import now
from companion.use_cases import pain_service
from nudges import worker
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.sending import handover, queue

HAND_ON, WORK = "hand-on", "work"


def hand_on(carrier: TwilioGateway, name: str) -> None:
    """The clock's beat `send`, which hands on what is due, as often as the clock beats, until this process is ended."""
    queue.set_up()
    beat = worker.beats([carrier], name, now, hand_on=handover.hand_on)["send"]
    ready_then_go()
    every = worker.EVERY["send"].total_seconds()
    while True:
        began = time.monotonic()
        beat()
        # As the clock's own: a beat that takes longer than that makes the next one begin at the next full turn.
        time.sleep(every - (time.monotonic() - began) % every)


def work(app: Flask, carrier: TwilioGateway, name: str) -> None:
    """What `flask queue-worker` does, until this process is ended."""

    def take(message_ids: Collection[UUID]) -> None:
        with app.app_context():
            handover.take([carrier], name, now, message_ids)

    ready_then_go()
    queue.work(name, take)


def main(role: str, database_url: str, stand_in_url: str, name: str) -> None:
    """One process, from ready to its end."""
    carrier = gateway(stand_in_url)
    app = create_app(Config(database_url=database_url), carrier)
    with app.app_context():
        worker.calm_collector()
        pain_service.every()  # a worker that has been up for a while has its connection
        if role == HAND_ON:
            hand_on(carrier, name)
        else:
            work(app, carrier, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
