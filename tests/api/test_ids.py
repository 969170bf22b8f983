"""Can anybody guess the id of somebody's things? Ids are random, and still each is checked: test_matrix.py."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, Uuid

from api.app import create_app
from api.settings.config import Config
from companion.db import Base
from tests.api.caller import Caller

# Parameters of addresses that are no random id, and why that is well.
NO_ID = {
    "filename": "files that everybody gets",
    "token": "of a link that an e-mail brought: drawn by chance, for once, and kept as a mac alone",
    "number": "of a revision, within a plan that is named by its id; or of a version, within a template",
    "base": "likewise",
    "goal": "of a goal, within a plan that is named by its id",
}
# Tables whose rows are counted, and why no address and no answer ever names one of them.
COUNTED = {
    "audit_entry": "their order is what counts",
    "consent_event": "their order is what counts, and they are read as a whole",
    "past_count": "how many there were in a month, of nobody any more",
    "plan_change": "a note from the database to the planner",
    "receipt": "a journal between the web and the worker",
}


@pytest.fixture(scope="module")
def made() -> Flask:
    return create_app(Config(database_url="sqlite://"))


def guessable(app: Flask) -> list[str]:
    """The parameters of addresses that are neither random ids nor known to lead to nothing of anybody's."""
    return [
        f"{rule.rule}: {name}"
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if name not in NO_ID and f"<uuid:{name}>" not in rule.rule
    ]


def ids_told(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the description that is called an id."""
    if isinstance(part, list):
        for index, item in enumerate(part):
            yield from ids_told(item, f"{path}/{index}")
    if isinstance(part, dict):
        for name, item in part.items():
            if path.endswith("/properties") and (name == "id" or name.endswith("_id")):
                yield f"{path}/{name}", item
            yield from ids_told(item, f"{path}/{name}")


def counted(tables: list[Table]) -> list[str]:
    """The tables whose rows have a number for a key of their own."""
    return [
        table.name for table in tables if "id" in table.primary_key.columns and not isinstance(table.c.id.type, Uuid)
    ]


def test_addresses_hold_random_ids(made: Flask) -> None:
    assert guessable(made) == []


def test_a_planted_number_is_found() -> None:
    app = create_app(Config(database_url="sqlite://"))
    app.add_url_rule("/planted/<int:patient_id>", "planted", lambda patient_id: str(patient_id))
    assert guessable(app) == ["/planted/<int:patient_id>: patient_id"]


def test_answers_tell_random_ids(made: Flask) -> None:
    told = list(ids_told(Caller(made.test_client()).get("/openapi.json").json))
    assert len(told) > 10
    assert [path for path, property_ in told if property_.get("format") != "uuid"] == []


def test_rows_get_random_ids() -> None:
    assert set(counted(Base.metadata.sorted_tables)) == set(COUNTED)
    for mapper in Base.registry.mappers:
        key: Any = mapper.local_table.c.get("id")
        if key is not None and isinstance(key.type, Uuid):
            drawn = {key.default.arg(None) for _ in range(2)}
            assert len(drawn) == 2
            assert {each.version for each in drawn if isinstance(each, UUID)} == {4}, mapper
