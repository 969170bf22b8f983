"""Is whatever is sent answered without a fault of ours, and never with anything of somebody else's?"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from api import house
from api.settings.config import Config
from companion.db import transaction
from companion.domain.access_grant import AccessKind
from companion.models import SignIn
from companion.use_cases import access_grant
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, Caller, answer_of, patient_tokens, signed_in
from tests.api.hostile import Attempt, odd_bodies, odd_headers, odd_queries, wrong_tokens
from tests.api.line import Line
from tests.api.matrix import TABLE
from tests.api.person import MARKS
from tests.api.record import let_in
from tests.api.records import Records
from tests.api.rule import FHIR, Asker, Site, Whose
from tests.api.walk import built
from tests.support import cast
from tests.support.apps import for_test
from tests.support.notify_account import CALLBACK_TOKEN
from tests.support.world import World

HERE = [line for line in TABLE if line.site is Site.SIMULATED and "sign-ins/current" not in line.path]
# Behind a sign-in.
CLOSED = [line for line in HERE if line.rule.cell(Asker.NOBODY, Whose.OWN) == "401"]
STAFF = [line for line in CLOSED if line.rule.cell(Asker.PATIENT, Whose.OWN) == "401"]
# Which staff and patients have in common.
OF_BOTH = [line for line in HERE if line.rule == FHIR]
CHANGING = [line for line in HERE if line.method != "GET"]


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The product with its simulator. A fault would be an exception here: it is to be an answer, as for everybody."""
    with for_test(request.node)(Config(database_url=database_url), gateway, lambda: cast.MONDAY) as made:
        made.config["PROPAGATE_EXCEPTIONS"] = False
        yield made


@pytest.fixture
def records(app: Flask, world: World) -> Records:
    """Three people to ask about."""
    return Records(world)


def send(caller: Caller, line: Line, address: str, attempt: Attempt) -> Answer:
    """The line's own request, with what is hostile in the place of its parts."""
    headers = {"Authorization": f"Bearer {caller.token}"} | ({"If-Match": line.version} if line.version else {})
    headers |= attempt.headers
    data = attempt.data
    if data is None and line.method != "GET":
        data = b"{}"
        headers.setdefault("Content-Type", "application/json")
    return answer_of(caller.client.open(address + attempt.query, method=line.method, headers=headers, data=data))


def trespasses(caller: Caller, records: Records, lines: list[Line], attempts: list[Attempt]) -> Iterator[str]:
    """Wherever it was a fault of ours, or told of a patient of another pain service."""
    app = caller.client.application
    for line in lines:
        address = built(app.url_map, line, records.standing[Whose.OWN])
        for attempt in attempts:
            answer = send(caller, line, address, attempt)
            if answer.status >= 500:
                yield f"{line.address} with {attempt.name}: {answer.status} {answer.text[:200]}"
            if not line.rule.tells_all and MARKS[Whose.ELSEWHERE] in answer.text:
                yield f"{line.address} with {attempt.name}: it tells of somebody else"


def test_odd_headers_are_answered(app: Flask, records: Records) -> None:
    ben = signed_in(app, records.world.people.ben)
    assert ben.token is not None
    assert list(trespasses(ben, records, HERE, list(odd_headers(ben.token)))) == []


def test_odd_bodies_are_answered(app: Flask, records: Records) -> None:
    ben = signed_in(app, records.world.people.ben)
    assert list(trespasses(ben, records, CHANGING, list(odd_bodies()))) == []


def test_odd_queries_are_answered(app: Flask, records: Records) -> None:
    ben = signed_in(app, records.world.people.ben)
    reading = [line for line in STAFF if line.method == "GET" and not line.is_about_somebody]
    assert list(trespasses(ben, records, reading, list(odd_queries()))) == []


@pytest.mark.own_app
def test_a_fault_would_be_seen(app: Flask, records: Records) -> None:
    """The control: a view that breaks on what is odd, and one that tells of somebody else."""
    far = records.standing[Whose.ELSEWHERE].mark
    app.add_url_rule("/planted/broken", "broken", lambda: str(1 / 0))
    app.add_url_rule("/planted/open", "open", lambda: far)
    lines = [Line("GET /planted/broken", HERE[0].rule), Line("GET /planted/open", HERE[0].rule)]
    found = list(trespasses(signed_in(app, records.world.people.ben), records, lines, [Attempt("nothing odd")]))
    assert len(found) == 2
    assert "500" in found[0]
    assert "somebody else" in found[1]


def spoilt(app: Flask, world: World) -> dict[str, str]:
    """Tokens that once were good, or are good for something else."""
    over, away = signed_in(app, world.people.ben), signed_in(app, world.people.ben)
    good = signed_in(app, world.people.ben)
    assert good.token is not None
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.token_hash == _hash(over)).values(expires_at=house.now()))
        session.execute(update(SignIn).where(SignIn.token_hash == _hash(away)).values(revoked_at=house.now()))
    grant = access_grant.break_glass(world.people.ben, world.people.amina.id, None, "She called, faint", world.now)
    return {
        "expired": over.token or "",
        "revoked": away.token or "",
        "its hash": _hash(good),
        "the provider's": CALLBACK_TOKEN,
        "an access": str(grant.grant.id),
        "a patient's id": str(world.people.amina.id),
        "a patient's": patient_tokens(world.people.amina).access_token,
    }


def _hash(caller: Caller) -> str:
    assert caller.token is not None
    return hashlib.sha256(caller.token.encode()).hexdigest()


def test_no_token_but_a_live_one_of_staff_opens_a_door_of_staff(app: Flask, records: Records) -> None:
    ben = signed_in(app, records.world.people.ben)
    assert ben.token is not None
    for name, header in wrong_tokens(ben.token, spoilt(app, records.world)).items():
        for line in STAFF:
            address = built(app.url_map, line, records.standing[Whose.OWN])
            answer = send(ben, line, address, Attempt(name, {"Authorization": header}))
            assert (line.address, name, answer.status) == (line.address, name, 401)
            assert not [mark for mark in MARKS.values() if mark in answer.text]
        for line in [] if name == "a patient's" else OF_BOTH:
            address = built(app.url_map, line, records.standing[Whose.OWN])
            assert send(ben, line, address, Attempt(name, {"Authorization": header})).status == 401, (line, name)
    assert ben.get("/v1/patients").status == 200, "the token itself is as good as it was"
    for scheme in ("bearer", "BEARER"):
        assert ben.client.get("/v1/patients", headers={"Authorization": f"{scheme}  {ben.token} "}).status_code == 200


def test_the_token_of_a_provider_s_door_is_good_for_that_alone(app: Flask, records: Records, nobody: Caller) -> None:
    ben = signed_in(app, records.world.people.ben)
    for address in ("/webhooks/notify/inbound", "/webhooks/twilio/inbound"):
        assert ben.post(address, {"id": str(uuid4())}).status == 404, "no provider is set up here"


def test_no_access_but_one_s_own_and_live_opens_a_record(app: Flask, records: Records) -> None:
    world, people = records.world, records.world.people
    own, far = records.standing[Whose.OWN], records.standing[Whose.ELSEWHERE]
    ada = signed_in(app, people.ada)
    good = let_in(own, AccessKind.BREAK_GLASS, people.ada).grant
    ended = let_in(own, AccessKind.BREAK_GLASS, people.ada).grant
    access_grant.end(people.ada, ended.id, world.now)
    world.now -= timedelta(hours=1)
    over = let_in(own, AccessKind.BREAK_GLASS, people.ada).grant
    world.now += timedelta(hours=1)
    chandra = let_in(own, AccessKind.BREAK_GLASS, people.chandra).grant
    eve = let_in(far, AccessKind.BREAK_GLASS, people.eve).grant
    address = f"/v1/patients/{own.patient.id}"

    def asked(named: str) -> Answer:
        return ada.get(address, headers={"Access-Grant": named})

    assert asked(str(good.id)).status == 200
    assert asked(f" {good.id} ").status == 200
    assert asked(good.id.hex.upper()).status == 200, "another way to write the same"
    wrong: list[str | UUID] = [ended.id, over.id, chandra.id, eve.id, uuid4(), own.patient.id, ada.token or ""]
    odd = [
        "",
        " ",
        "null",
        "*",
        f"{good.id},{good.id}",
        f"{good.id}0",
        str(good.id)[:-1],
        "A" * 5_000,
        "\xff",
        "0" * 32,
    ]
    for named in [*map(str, wrong), *odd]:
        answer = asked(named)
        assert (named, answer.status, answer.mimetype) == (named, 403, "application/problem+json")
        assert not [mark for mark in MARKS.values() if mark in answer.text]
