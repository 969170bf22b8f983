"""Does every operation keep to what /openapi.json says of it, whatever it is asked, and by whomever?

Schemathesis makes up the requests: sound ones, and ones that break the description in one place. Every day each
operation is asked a little, by a clinician and by nobody; `make test-deep` asks it much, by everybody. `make fuzz` asks
far more, over a socket and on PostgreSQL.
"""

from contextvars import Context
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.pytest.lazy import get_all_tests

from api import house, routes
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.access_grant import AccessKind
from companion.use_cases import staff
from tests.api.caller import signed_in
from tests.api.made_up import configuration
from tests.api.person import MARKS
from tests.api.record import PARAMETERS, Record, let_in
from tests.api.rule import Whose
from tests.api.ward import fill
from tests.support import cast
from tests.support.tiers import deep
from tests.support.world import World

TAGS = [door.blueprint.name for door in routes.V1]
# People, who are listed, paged and changed by their version, and words, which are nobody's.
EVERY_DAY = ("patients", "wordings")
# The one operation that says yes to anybody, whatever they send.
OPEN = "POST /v1/patient-sign-ins"


class Ward:
    """The product, with something of everybody's in every list, and whoever asks."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.ids = fill(world, drafts=4)
        world.now = house.now()
        numbers = count(200)
        self.own, self.far = (Record(world, whose, numbers).live() for whose in (Whose.OWN, Whose.ELSEWHERE))
        for name in PARAMETERS:
            if name != "phone_id":
                found = [each for record in (self.own, self.far) if isinstance(each := record.value(name), UUID)]
                self.ids[name] = [*self.ids.get(name, []), *found]

    def hire(self, *roles: Role) -> Actor:
        """Somebody new, who has had no access to anything."""
        at = self.world.people.service_id
        fay = staff.add(system(at), "Fay Nolan", "fay@example.nhs.uk", cast.PASSWORD, roles, self.world.now)
        return Actor(ActorKind.STAFF, at, fay.id, frozenset(roles))

    def hidden(self, actor: Actor | None, under: AccessKind | None = None) -> set[str]:
        """The marks of those whose records this asker may not see."""
        sees = actor is not None and (under is not None or Role.CLINICIAN in actor.roles)
        return {MARKS[Whose.ELSEWHERE]} | (set() if sees else {MARKS[Whose.OWN]})

    def ask(
        self,
        subtests: pytest.Subtests,
        actor: Actor | None,
        under: AccessKind | None = None,
        tag: str | None = None,
        examples: int = 2,
    ) -> int:
        """Ask every operation (with that tag) in somebody's name. Returns how many requests that took.

        With a tag, more of them, and every edge of every field.
        """
        token = signed_in(self.app, actor).token if actor else None
        hidden = self.hidden(actor, under)
        headers = {"Access-Grant": str(let_in(self.own, under, actor).grant.id)} if actor and under else {}
        settings = configuration(self.ids, examples=examples, token=token, thorough=tag is not None)
        described: Any = schemathesis.openapi.from_wsgi("/openapi.json", self.app, config=settings)
        if actor is not None:
            described = described.exclude(method="DELETE")  # whoever signs out learns nothing more
        if tag is not None:
            described = described.include(tag=tag)
        asked = 0

        def ask(case: Case[Any]) -> None:
            nonlocal asked
            asked += 1
            # As on a server, where nothing is left over from the request before.
            answer = Context().run(lambda: case.call_and_validate(headers=headers))
            # OPTIONS says to anybody which methods there are.
            assert actor or answer.status_code >= 400 or case.method == "OPTIONS" or case.operation.label == OPEN
            assert not {mark for mark in hidden if mark.encode() in answer.content}

        for found in get_all_tests(schema=described, test_func=ask, settings=None, given_kwargs={}):
            assert isinstance(found, Ok), found
            operation, test = found.ok()
            with subtests.test(operation.label):
                test()
        return asked


@pytest.fixture
def ward(app: Flask, world: World) -> Ward:
    return Ward(app, world)


@pytest.mark.parametrize("tag", EVERY_DAY)
def test_a_clinician_gets_what_a_few_operations_promise(ward: Ward, subtests: pytest.Subtests, tag: str) -> None:
    assert ward.ask(subtests, ward.world.people.ben, tag=tag, examples=1) > 10


def test_nobody_gets_in(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, None, examples=1) > 50


@deep
@pytest.mark.parametrize("tag", TAGS)
def test_a_clinician_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests, tag: str) -> None:
    assert ward.ask(subtests, ward.world.people.ben, tag=tag, examples=6) > 10


@deep
def test_a_manager_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, ward.hire(Role.SERVICE_MANAGER)) > 50


@deep
def test_an_administrator_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, ward.hire(Role.ADMINISTRATOR)) > 50


@deep
def test_who_broke_the_glass_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, ward.world.people.ada, AccessKind.BREAK_GLASS) > 50


@deep
def test_a_partner_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, ward.world.people.eve, AccessKind.PARTNER) > 50


@deep
def test_who_has_every_role_gets_what_the_description_says(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, ward.hire(*Role)) > 50


@deep
def test_nobody_gets_in_however_often_they_ask(ward: Ward, subtests: pytest.Subtests) -> None:
    assert ward.ask(subtests, None) > 100
