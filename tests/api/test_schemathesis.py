"""Does every operation keep to what /openapi.json says of it, whatever it is asked, and by whomever?

Schemathesis makes up the requests: sound ones, and ones that break the description in one place. `make fuzz` asks
far more of them, over a socket and on PostgreSQL.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.pytest.lazy import get_all_tests

from api import routes
from api.app import create_app
from api.config import Config
from companion.db import db
from nudges.simulator_gateway import SimulatorGateway
from tests.api.caller import Caller, signed_in
from tests.api.made_up import configuration
from tests.api.ward import fill
from tests.conftest import Template
from tests.world import World

TAGS = [door.blueprint.name for door in routes.V1]


class Ward:
    """The product, with somebody of every kind signed in and something in every list."""

    def __init__(self, template: Template, file: Path) -> None:
        shutil.copy(template.peopled, file)
        gateway = SimulatorGateway()
        self.app = create_app(Config(database_url=f"sqlite:///{file}"), gateway)
        with self.app.app_context():
            world = World(gateway, template.everybody)
            self.ids = fill(world, drafts=4)
            self.ben = signed_in(self.app, world.people.ben)
            self.chandra = signed_in(self.app, world.people.chandra)

    def ask(self, who: Caller | None, subtests: pytest.Subtests, tag: str | None = None) -> int:
        """Ask every operation (with that tag) in somebody's name. Returns how many requests that took."""
        token = who.token if who else None
        thorough = tag is not None
        settings = configuration(self.ids, examples=6 if thorough else 3, token=token, thorough=thorough)
        described: Any = schemathesis.openapi.from_wsgi("/openapi.json", self.app, config=settings)
        if who is not None:
            described = described.exclude(method="DELETE")  # whoever signs out learns nothing more
        if tag is not None:
            described = described.include(tag=tag)
        asked = 0

        def ask(case: Case[Any]) -> None:
            nonlocal asked
            asked += 1
            answer = case.call_and_validate()
            # OPTIONS says to anybody which methods there are.
            assert who or answer.status_code >= 400 or case.method == "OPTIONS"

        for found in get_all_tests(schema=described, test_func=ask, settings=None, given_kwargs={}):
            assert isinstance(found, Ok), found
            operation, test = found.ok()
            with subtests.test(operation.label):
                test()
        return asked


@pytest.fixture
def ward(sqlite_template: Template, tmp_path: Path) -> Iterator[Ward]:
    made = Ward(sqlite_template, tmp_path / "ward.sqlite3")
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("tag", TAGS)
def test_a_clinician_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests, tag: str) -> None:
    assert ward.ask(ward.ben, subtests, tag) > 10


def test_a_manager_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(ward.chandra, subtests) > 50


def test_nobody_gets_in(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(None, subtests) > 50
