"""What does the product say of a person when it is asked wrongly, and when a floor under it gives way?"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from companion.db import db, transaction
from companion.models import Patient, Wording
from nudges.receiving import inbound
from nudges.sending import outbox
from tests.api import body
from tests.api.caller import Caller, signed_in
from tests.api.webhooks.test_twilio import BASE, INBOUND, Watch, form, just_post
from tests.marker.heard import Heard, Listener
from tests.marker.marks import MOBILE, MOBILE_WRITTEN, NHS_WRITTEN
from tests.support import cast
from tests.support.twilio_webhook import sign
from tests.support.world import World


def be_refused(app: Flask, ben: Listener, world: World, heard: Heard, patient_id: str) -> None:
    """Whatever a caller gets wrong about a person, and whoever has no business with them."""
    taken = body.enrolment(given_name="Zqgiven", family_name="Zqfamily", nhs_number=NHS_WRITTEN, mobile=MOBILE_WRITTEN)
    for wrong in (
        taken,
        taken | {"nhs_number": "9990000034 1"},
        taken | {"mobile": "7700900777"},
        taken | {"given_name": "Zqgiven" * 20},
        taken | {"given_name": {"x": "Zqgiven"}},
        taken | {"family_name": "Zqfamily\x00"},
        taken | {"time_zone": "Zqfamily"},
    ):
        assert ben.send("POST", "/v1/patients", json=wrong).status in (400, 422)
    for sent in (b'{"given_name": "Zqgiven"', b"\xff Zqgiven", b'"Zqgiven"', b'["Zqgiven"]'):
        ben.send("POST", "/v1/patients", data=sent, headers={"Content-Type": "application/json"})
    ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"body": "Zqbody" * 1_000})
    ben.send("POST", f"/v1/patients/{patient_id}/care-plans", json=body.content(what_matters=["Zqmatters"]))
    ben.send("PATCH", f"/v1/patients/{patient_id}", json={"family_name": "Zqfamily"}, version='"999"')
    ben.send("PATCH", f"/v1/patients/{patient_id}", json={"family_name": "Zqfamily"})
    ben.send("POST", "/v1/sign-ins", json={"email": "zqmail@example.nhs.uk", "password": cast.PASSWORD + "Zqbody"})
    for who in (world.people.eve, world.people.chandra):
        other = Listener(signed_in(app, who), heard)
        for what in ("", "/messages", "/care-plans", "/record-access"):
            assert other.send("GET", f"/v1/patients/{patient_id}{what}").status in (403, 404)
        other.send("POST", f"/v1/patients/{patient_id}/messages", json={"body": "Zqbody"})


def break_things(app: Flask, ben: Listener, world: World, watch: Watch, heard: Heard, patient_id: str) -> None:
    """A table that is gone, a row that the database refuses, a value that does not open: under requests and beats."""
    with broken("message"):
        assert ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"body": "Zqbody"}).status in (500, 503)
        just_post(Caller(app.test_client()), sign(BASE + INBOUND, form("Zqbody", MOBILE)))
    with broken("patient"):
        ben.send("POST", "/v1/patients", json=body.enrolment(given_name="Zqgiven", nhs_number="999 000 0042"))
    just_post(Caller(app.test_client()), sign(BASE + INBOUND, form("Zqbody again", MOBILE)))
    with broken("task"), suppress(DBAPIError):
        inbound.take_up(watch.now)
    with transaction() as session:
        # As an older release might have left one: a sound wording that no longer merges.
        session.execute(update(Wording).values(body="Zz ((first_name)) ((nonsense))"))
        amina = session.get_one(Patient, world.people.amina.id)
        session.execute(update(Patient).where(Patient.given_name_sealed != amina.given_name_sealed)
                        .values(family_name_sealed=amina.family_name_sealed))  # fmt: skip
    assert ben.send("GET", f"/v1/patients/{patient_id}").status == 500
    assert ben.send("GET", "/v1/patients").status == 500
    world.beat()
    outbox.send_due([world.gateway], "test", lambda: watch.now)


@contextmanager
def broken(table: str) -> Iterator[None]:
    """A table is not there for a while."""
    _rename(table, f"{table}_gone")
    yield
    _rename(f"{table}_gone", table)


def _rename(old: str, new: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
