"""Counts the statements that the requests people wait for send to the database, and the round trips beside them.

Counted and not timed, so that a loaded machine changes nothing. Each costs a round trip. Raise a maximum only for
something that the answer cannot do without. Three of each are the entry in the audit trail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from companion.db import db
from companion.use_cases import patient
from tests.api import body
from tests.api.caller import Caller
from tests.api.v1.test_whole_plan import WHOLE, drafted
from tests.support import cast, databases
from tests.support.world import World

MOST = {"patient": 5, "plan": 7, "revisions": 7, "list": 6, "inbox": 5, "FHIR CarePlan": 9, "FHIR Goal": 9}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects what is sent to the database meanwhile; where transactions begin by a statement of ours, without it."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def counted(who: Caller, address: str) -> int:
    """How many statements one answer takes, once the sign-in has been noted for this minute."""
    who.get("/v1/me")
    with statements() as sent:
        answer = who.get(address)
    assert answer.status == 200, answer.text
    return len(sent)


@databases.both
def test_a_request_that_people_wait_for_takes_few_statements(world: World, ben: Caller) -> None:
    plan_id = drafted(ben, world, **WHOLE).json["plan"]["id"]
    world.texts("My knee hurts on the stairs")
    [found] = ben.get(f"/fhir/Goal?patient={world.people.amina.id}").json["entry"]
    addresses = {
        "patient": f"/v1/patients/{world.people.amina.id}",
        "plan": f"/v1/care-plans/{plan_id}",
        "revisions": f"/v1/care-plans/{plan_id}/revisions",
        "list": "/v1/patients",
        "inbox": "/v1/inbox",
        "FHIR CarePlan": f"/fhir/CarePlan/{plan_id}",
        "FHIR Goal": f"/fhir/Goal/{found['resource']['id']}",
    }

    took = {name: counted(ben, address) for name, address in addresses.items()}

    assert {name: count for name, count in took.items() if count > MOST[name]} == {}


def test_more_patients_texts_revisions_and_plans_take_no_more_statements(world: World, ben: Caller) -> None:
    people = world.people
    made = drafted(ben, world, **WHOLE)
    plan = f"/v1/care-plans/{made.json['plan']['id']}"
    world.texts("My knee hurts on the stairs")
    addresses = ("/v1/patients", "/v1/inbox", f"{plan}/revisions", f"/fhir/CarePlan?patient={people.amina.id}")
    before = {address: counted(ben, address) for address in addresses}

    several = [cast.enrolment(nhs_number=f"99912{number:05}", mobile=f"+4477009006{number:02}") for number in range(30)]
    patient.enrol_many(people.ben, several, world.now)
    for words in ("It rained", "I slept badly", "Thank you"):
        world.texts(words)
    drafted(ben, world, **WHOLE)
    change = {"content": body.content(**WHOLE), "reason": "Walking has become easier"}
    assert ben.post(f"{plan}/revisions", change, version=made.tag).status == 201

    assert {address: counted(ben, address) for address in addresses} == before
