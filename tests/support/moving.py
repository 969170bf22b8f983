"""What time is it, for a test that moves it?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from api.app import create_app
from api.settings.config import Config
from companion.db import db
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast


@dataclass
class Moment:
    """The time, which a test moves; at first a Monday morning."""

    now: datetime = cast.MONDAY


@contextmanager
def app_by(moment: Moment, database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The product on a fresh database, by that clock."""
    made = create_app(Config(database_url=database_url), gateway, lambda: moment.now)
    with made.app_context():
        yield made
        db.engine.dispose()
