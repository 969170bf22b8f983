"""What does the erasure of one person take from others, and what of them stays behind?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from companion.db import Base, db, reading, transaction
from companion.domain.access import patient as patient_actor
from companion.domain.erasure import ErasureStatus
from companion.models import AuditEntry, Erasure, PainService
from companion.records import certificate
from companion.use_cases import audit, device, erasure, patient
from nudges.settling import redaction
from tests.support.cast import AMINA_MOBILE, DEE_MOBILE
from tests.support.databases import both
from tests.support.erasing import decided, lived_in
from tests.support.opened import everything
from tests.support.world import World

pytestmark = both

THEIR_SENDER = "+447700900990"
NAME = "planted-dunlin"
ADDRESS = "203.0.113.77"


def rows_of(service_id: object) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the other pain service, byte for byte."""
    with db.engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(table).where(table.c.pain_service_id == service_id).order_by(*table.primary_key)
                )
            ]
            for table in Base.metadata.sorted_tables
            if "pain_service_id" in table.c
        }


def text_the_other_service(world: World) -> None:
    """From phones that it does not know."""
    with transaction() as session:
        session.get_one(PainService, world.people.other_service_id).sender = THEIR_SENDER
    for number in (AMINA_MOBILE, DEE_MOBILE):
        world.texts("I want to end my life", number, THEIR_SENDER)
        world.texts("Is anybody there?", number, THEIR_SENDER)
    world.beat()


def carried_out(world: World) -> None:
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    before = rows_of(world.people.other_service_id)
    assert erasure.carry_out(world.now) == 1
    assert rows_of(world.people.other_service_id) == before


def test_an_erasure_leaves_every_other_pain_service_as_it_was(world: World) -> None:
    text_the_other_service(world)
    lived_in(world)
    there = rows_of(world.people.other_service_id)
    assert (len(there["message"]), len(there["task"])) >= (4, 2)
    carried_out(world)


def test_no_words_of_staff_and_no_address_of_the_person_stay_in_the_trail(world: World) -> None:
    people = world.people
    lived_in(world)
    patient.read(replace(people.ben, reason=f"Call {NAME} back", origin="api 192.0.2.5"), people.amina.id, world.now)
    patient.read(replace(people.ben, reason="Call Dee back"), people.dee.id, world.now)
    herself = replace(patient_actor(people.service_id, people.amina.id), origin=f"api {ADDRESS}")
    audit.of_patient(herself, people.amina.id, 0, 10, world.now)
    device.end_all(herself, world.now)
    audit.refused(replace(people.ben, reason=NAME), "GET /v1/patients", str(people.amina.id), 404, world.now)
    assert NAME in everything()
    assert ADDRESS in everything()
    carried_out(world)
    after = everything()
    assert [said for said in (NAME, ADDRESS, "Amina", "Yusuf") if said in after] == []
    assert "Call Dee back" in after, "somebody else's entries are emptied as well"
    assert "192.0.2.5" in after, "where staff worked is theirs"
    wrong, ends = audit.verify({})
    assert wrong == []
    assert people.service_id in ends


def test_the_certificate_says_what_stays_in_the_trail(world: World) -> None:
    lived_in(world)
    erasure_id = decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    erasure.carry_out(world.now)
    redaction.redact(world.gateway, world.now)
    erasure.complete(world.now)
    with reading() as session:
        row = session.get_one(Erasure, erasure_id)
        assert row.status is ErasureStatus.COMPLETED
        remains = " ".join(each["what"] for each in certificate.read(row.certificate or "{}")["remains"])
    assert "network addresses from which staff worked" in remains
    assert "The reasons that staff typed" in remains


def test_nobody_empties_an_entry_without_a_decision_nor_unseen(world: World) -> None:
    people = world.people
    patient.read(replace(people.ben, reason=NAME), people.dee.id, world.now)
    emptied = update(AuditEntry).where(AuditEntry.patient_id == people.dee.id).values(reason_sealed=None)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(emptied)
    lived_in(world)
    decided(world)
    with pytest.raises(DBAPIError), transaction() as session:  # somebody else's erasure is decided
        session.execute(emptied)
    patient.read(replace(people.ben, reason=NAME), people.amina.id, world.now)
    with transaction() as session:
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.patient_id == people.amina.id, AuditEntry.reason_sealed.is_not(None))
            .values(reason_sealed=None)
        )
    [said] = audit.verify({})[0]
    assert said.endswith("was changed or moved.")
