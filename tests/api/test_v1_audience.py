"""Is everybody kept to their own pain service and their own role, at every door there is?"""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from api import routes
from api.auth import Audience
from tests.api import body
from tests.api.caller import Answer, Caller
from tests.api.ward import Ids, fill
from tests.world import World

# Addresses that belong to no blueprint of the table in routes.py, and hold nothing about anybody.
WITHOUT_A_DOOR = {"static", "api-docs.openapi_json"}
SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True)


def requests(made: Ids) -> dict[str, tuple[str, object]]:
    """Every operation on one thing: 'METHOD address' with a sound body, and the version of what it changes."""
    patient, plan = f"/v1/patients/{made['patient_id'][0]}", f"/v1/care-plans/{made['plan_id'][0]}"
    return {
        f"GET {patient}": ("", None),
        f"PATCH {patient}": ('"1"', {"given_name": "Aminah"}),
        f"GET {patient}/preferences": ("", None),
        f"PUT {patient}/preferences": ('"1"', body.preferences()),
        f"POST {patient}/consents": ("", {"status": "withdrawn"}),
        f"GET {patient}/consents": ("", None),
        f"POST {patient}/care-plans": ("", body.content()),
        f"GET {patient}/care-plans": ("", None),
        f"GET {patient}/messages": ("", None),
        f"POST {patient}/messages": ("", {"body": "Hello"}),
        f"GET {patient}/nudges": ("", None),
        f"GET {plan}": ("", None),
        f"PATCH {plan}": ('"1"', {"status": "on-hold"}),
        f"POST {plan}/agreement": ('"1"', {"how": "phone"}),
        f"POST {plan}/revisions": ('"1"', body.revision()),
        f"GET {plan}/revisions": ("", None),
        f"GET {plan}/revisions/1": ("", None),
        f"POST /v1/inbox/{made['task_id'][0]}/completion": ("", {"outcome": "Called her"}),
        f"POST /v1/wordings/{made['wording_id'][0]}/approval": ("", None),
    }


LISTS = ("GET /v1/patients", "GET /v1/inbox", "GET /v1/wordings")
FIGURES = "GET /v1/engagement?from_on=2026-11-01&to_on=2026-12-31"


def ask(caller: Caller, request: str, version: str = "", sent: object = None) -> Answer:
    """Send one of these requests."""
    method, address = request.split(" ", 1)
    return caller.send(method, address, json=sent, version=version or None)


def statuses(caller: Caller, made: Ids) -> dict[str, int]:
    """How every operation on one thing ends for this caller."""
    return {request: ask(caller, request, *more).status for request, more in requests(made).items()}


def test_another_pain_service_finds_nothing_of_ours(world: World, ben: Caller, eve: Caller) -> None:
    made = fill(world)
    assert set(statuses(eve, made).values()) == {404}
    nothing = {name: [uuid4()] for name in made}
    for one, other in zip(requests(made).items(), requests(nothing).items(), strict=True):
        assert ask(eve, one[0], *one[1]).text == ask(eve, other[0], *other[1]).text, "she can tell that it exists"
    for request in LISTS[:2]:
        assert ask(eve, request).json["total"] == 0
    assert ask(eve, FIGURES).json["total"]["planned"] == 0
    ours = {item["id"] for item in ask(ben, LISTS[2]).json["items"]}
    assert not ours & {item["id"] for item in ask(eve, LISTS[2]).json["items"]}
    # And nothing of ours was touched.
    assert ask(ben, f"GET /v1/patients/{made['patient_id'][0]}").json["given_name"] == "Amina"
    assert not {404, 401, 403} & set(statuses(ben, made).values())


@SQLITE
def test_a_manager_sees_figures_and_no_record(world: World, chandra: Caller) -> None:
    made = fill(world)
    assert set(statuses(chandra, made).values()) == {403}
    assert [ask(chandra, request).status for request in LISTS] == [403, 403, 200]
    assert ask(chandra, "POST /v1/patients", "", body.enrolment()).status == 403
    figures = ask(chandra, FIGURES)
    assert figures.status == 200
    assert figures.json["total"]["planned"] > 0
    for name in ("Amina", "Yusuf", "knee", str(made["patient_id"][0]), "999000"):
        assert name not in figures.text


@SQLITE
def test_an_administrator_enrols_and_reads_no_record(world: World, ada: Caller) -> None:
    made = fill(world)
    assert set(statuses(ada, made).values()) == {403}
    assert [ask(ada, request).status for request in (*LISTS, FIGURES)] == [403, 403, 200, 403]
    assert ask(ada, "POST /v1/patients", "", body.enrolment()).status == 201


@SQLITE
def test_a_clinician_sees_no_figures(ben: Caller) -> None:
    refused = ask(ben, FIGURES)
    assert refused.status == 403
    assert "see-figures" in refused.json["detail"]


@SQLITE
@pytest.mark.usefixtures("world")
def test_every_door_has_its_audience(app: Flask, nobody: Caller) -> None:
    """Also the doors that do not exist yet: who adds one to the app without a line in routes.py finds it here."""
    doors = {door.blueprint.name: door.audience for door in (*routes.V1, *routes.OTHERS, routes.SIMULATOR)}
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in WITHOUT_A_DOOR:
            continue
        assert rule.endpoint.rpartition(".")[0] in doors, f"{rule.endpoint} stands in no line of routes.py"
        if doors[rule.endpoint.rpartition(".")[0]] is not Audience.STAFF:
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, {name: _any(rule.endpoint, name) for name in rule.arguments}
        )
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = nobody.send(method, address, json={} if method in {"POST", "PUT", "PATCH"} else None)
            assert (method, address, answer.status) == (method, address, 401)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.mimetype == "application/problem+json"
            asked += 1
    assert asked > 25


def _any(endpoint: str, name: str) -> UUID | int:
    return 1 if name == "number" else uuid4()
