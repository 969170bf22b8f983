"""What do these tests stand on? A clock with hands that a test turns, and a folder in which e-mails lie."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from api.settings.config import Config
from api.settings.letter_box import LetterBox
from api.settings.staff_entry import StaffEntry
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.staff_entry.entrance import Entrance, Hands
from tests.support.apps import app_on
from tests.support.world import World


@pytest.fixture
def hands() -> Hands:
    """Monday, an hour after everybody came to work here."""
    return Hands()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Config:
    """As in development."""
    return Config(
        database_url=database_url, staff_entry=StaffEntry(letter_box=LetterBox(folder=str(tmp_path / "mail")))
    )


@pytest.fixture
def app(settings: Config, gateway: SimulatorGateway, hands: Hands) -> Iterator[Flask]:
    """The product, by that clock."""
    with app_on(settings, gateway, hands.read) as made:
        yield made


@pytest.fixture
def entrance(app: Flask, world: World, hands: Hands, tmp_path: Path) -> Entrance:
    """The doors, and everybody before them."""
    return Entrance(app, world, hands, tmp_path / "mail")
