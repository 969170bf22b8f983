"""Is the OpenAPI description made when it is first asked for, once, however many ask at a time?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from api.app import create_app
from api.settings.config import Config
from api.v1 import care_plan
from tests.api.caller import Caller

ASKERS = 4


@pytest.fixture
def made() -> Flask:
    return create_app(Config(database_url="sqlite://"))


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of a blueprint, once for each time that it is described."""
    times: list[str] = []
    describe = care_plan.blueprint.register_views_in_doc

    def count(*args: object, name: str, **named: object) -> None:
        times.append(name)
        describe(*args, name=name, **named)

    monkeypatch.setattr(care_plan.blueprint, "register_views_in_doc", count)
    return times


def test_a_start_describes_nothing(described: list[str], made: Flask) -> None:
    assert Caller(made.test_client()).get("/health/live").status == 200
    assert described == []


def test_it_is_described_once_for_all_who_ask_at_the_same_time(described: list[str], made: Flask) -> None:
    together = Barrier(ASKERS)

    def ask() -> str:
        together.wait()
        return made.test_client().get("/openapi.json").text

    with ThreadPoolExecutor(ASKERS) as askers:
        answers = {asking.result() for asking in [askers.submit(ask) for _ in range(ASKERS)]}
    assert len(answers) == 1
    assert '"/v1/care-plans/{' in answers.pop()
    assert len(described) == 1
    assert Caller(made.test_client()).get("/openapi.json").status == 200
    assert len(described) == 1
