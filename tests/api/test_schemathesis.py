"""Does every operation keep to what /openapi.json says of it, whatever it is asked, and by whomever?

Schemathesis makes up the requests: sound ones, and ones that break the description in one place. `make fuzz` asks
far more of them, over a socket and on PostgreSQL.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from api.app import create_app
from api.config import Config
from nudges.simulator_gateway import SimulatorGateway
from tests.api.caller import Caller, signed_in
from tests.api.made_up import configuration
from tests.api.ward import Ids, fill
from tests.conftest import Template
from tests.world import World

EXAMPLES = 8
BY_THE_BOOK = {"fuzzing": {"enabled": False}, "stateful": {"enabled": False}}
BY_CHANCE = {"examples": {"enabled": False}, "coverage": {"enabled": False}}


class Ward:
    """The product, with somebody of every kind signed in and something in every list."""

    def __init__(self, template: Template, file: Path) -> None:
        shutil.copy(template.peopled, file)
        gateway = SimulatorGateway()
        self.app: Flask = create_app(Config(database_url=f"sqlite:///{file}"), gateway)
        with self.app.app_context():
            world = World(gateway, template.everybody)
            self.ids: Ids = fill(world, drafts=4)
            self.ben = signed_in(self.app, world.people.ben)
            self.chandra = signed_in(self.app, world.people.chandra)

    def ask(self, who: Caller | None, phases: dict[str, Any]) -> tuple[int, list[str]]:
        """Ask every operation in somebody's name: how many requests that took, and what was wrong with the answers."""
        settings = configuration(self.ids, phases=phases, examples=EXAMPLES, token=who.token if who else None)
        described = schemathesis.openapi.from_wsgi("/openapi.json", self.app, config=settings)
        if who is not None:
            described = described.exclude(method="DELETE")  # whoever signs out learns nothing more
        asked, wrong = 0, []
        for event in from_schema(described).execute():
            if isinstance(event, NonFatalError | FatalError):
                wrong.append(str(event))
            if isinstance(event, ScenarioFinished):
                asked += len(event.recorder.interactions)
                for check in (check for checks in event.recorder.checks.values() for check in checks):
                    if check.failure_info is not None:
                        wrong.append(f"{check.failure_info.failure}\n{check.failure_info.code_sample}")
        return asked, wrong


@pytest.fixture
def ward(sqlite_template: Template, tmp_path: Path) -> Ward:
    return Ward(sqlite_template, tmp_path / "ward.sqlite3")


def test_a_clinician_gets_what_the_description_says(ward: Ward) -> None:
    asked, wrong = ward.ask(ward.ben, BY_THE_BOOK)
    assert wrong == []
    assert asked > 1_000


def test_a_clinician_gets_what_the_description_says_by_chance_and_in_sequences(ward: Ward) -> None:
    asked, wrong = ward.ask(ward.ben, BY_CHANCE)
    assert wrong == []
    assert asked > 200


def test_a_manager_gets_what_the_description_says(ward: Ward) -> None:
    asked, wrong = ward.ask(ward.chandra, BY_THE_BOOK)
    assert wrong == []
    assert asked > 1_000


def test_nobody_gets_in(ward: Ward) -> None:
    asked, wrong = ward.ask(None, BY_THE_BOOK)
    assert wrong == []
    assert asked > 1_000
