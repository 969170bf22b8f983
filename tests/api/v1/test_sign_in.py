"""Who gets in, for how long, and what is kept of the token?"""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from companion import clock
from companion.db import reading, transaction
from companion.models import KnownDevice, SignIn
from tests.api.caller import Caller
from tests.support import cast
from tests.support.databases import on_sqlite
from tests.support.world import World

BEN = {"email": "ben@example.nhs.uk", "password": cast.PASSWORD}


def test_in_and_out(app: Flask, world: World, nobody: Caller) -> None:
    answer = nobody.post("/v1/sign-ins", {**BEN, "email": " Ben@Example.NHS.uk "})
    assert answer.status == 201
    token = answer.json["token"]
    assert (answer.json["name"], answer.json["roles"]) == ("Ben Okafor", ["clinician"])
    ben = Caller(app.test_client(), token)
    shown = ben.get("/v1/sign-ins/current")
    assert {**shown.json, "token": token, "device": answer.json["device"]} == answer.json
    assert not {"token", "device"} & set(shown.json)

    with reading() as session:
        rows = [*session.execute(select(SignIn.__table__)), *session.execute(select(KnownDevice.__table__))]
    assert len(rows) == 2
    for secret in (token, answer.json["device"]):
        assert secret not in str(rows), "it is kept in clear"

    gone = ben.send("DELETE", "/v1/sign-ins/current")
    assert (gone.status, gone.text) == (204, "")
    assert ben.get("/v1/sign-ins/current").status == 401
    assert ben.send("DELETE", "/v1/sign-ins/current").status == 401


@on_sqlite
@pytest.mark.usefixtures("world")
def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(nobody: Caller) -> None:
    wrong = [nobody.post("/v1/sign-ins", {**BEN, **change}) for change in ({"email": "x@y.z"}, {"password": "no" * 8})]
    assert {answer.status for answer in wrong} == {401}
    assert wrong[0].text == wrong[1].text
    assert {answer.headers["WWW-Authenticate"] for answer in wrong} == {"Bearer"}
    for name in ("email", "password"):
        refused = nobody.post("/v1/sign-ins", {**BEN, name: ""})
        assert refused.status == 422
        assert refused.fields == [name]


@pytest.mark.usefixtures("world")
def test_a_token_that_is_over_is_no_token(ben: Caller) -> None:
    assert ben.get("/v1/patients").status == 200
    with transaction() as session:
        session.execute(update(SignIn).values(expires_at=clock.now() - timedelta(seconds=1)))
    expired = ben.get("/v1/patients")
    assert (expired.status, expired.headers["WWW-Authenticate"]) == (401, "Bearer")
    with transaction() as session:
        session.execute(update(SignIn).values(expires_at=clock.now() + timedelta(hours=1), revoked_at=clock.now()))
    assert ben.get("/v1/patients").status == 401


@on_sqlite
def test_odd_credentials_are_no_credentials(ben: Caller) -> None:
    good = ben.token
    odd = ["", "Bearer", "Bearer ", f"Basic {good}", f"{good}", f"Bearer {good} more", "Bearer \xff\xfe", "Bearer \x01"]
    for header in odd:
        answer = Caller(ben.client).get("/v1/patients", headers={"Authorization": header})
        assert (header, answer.status) == (header, 401)
    for header in (f"bearer {good}", f"BEARER  {good} "):
        assert Caller(ben.client).get("/v1/patients", headers={"Authorization": header}).status == 200
