"""How many statements does a request that people wait for send to the database? Counted, not timed.

Each statement is a round trip and, through the ORM, a share of a millisecond. The maxima below are what a request needs
today: raise one only for something that the answer cannot do without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from companion.db import db
from tests.api import body
from tests.api.caller import Caller
from tests.api.v1.test_whole_plan import WHOLE
from tests.support import databases
from tests.support.world import World


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects what is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@databases.both
def test_show(world: World, ben: Caller) -> None:
    people = world.people
    plan = ben.post(f"/v1/patients/{people.amina.id}/care-plans", body.content(**WHOLE)).json["plan"]["id"]
    world.texts("My knee hurts on the stairs")
    world.texts("My knee hurts")
    for address in (
        f"/v1/patients/{people.amina.id}",
        f"/v1/care-plans/{plan}",
        "/v1/patients",
        "/v1/inbox",
        f"/fhir/CarePlan/{plan}",
    ):
        ben.get(address)
        with statements() as sent:
            answer = ben.get(address)
        print(address, answer.status, len(sent))
        for s in sent:
            print("   ", " ".join(s.split())[:60], "...", " ".join(s.split()).partition(" FROM ")[2][:150])
