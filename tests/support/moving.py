"""What time is it, for a test that moves it?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from api.settings.config import Config
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast
from tests.support.apps import app_on


@dataclass
class Moment:
    """The time, which a test moves; at first a Monday morning."""

    now: datetime = cast.MONDAY


@contextmanager
def app_by(moment: Moment, database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The product on a fresh database, by that clock."""
    with app_on(Config(database_url=database_url), gateway, lambda: moment.now) as made:
        yield made
