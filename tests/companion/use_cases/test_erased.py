"""Is nothing left of somebody who was erased, and everything of everybody else?"""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from companion.db import db, reading, transaction
from companion.domain.erasure import ErasureStatus
from companion.models import (
    Activity,
    CarePlanRevision,
    ConsentEvent,
    Erasure,
    Goal,
    Message,
    PastCount,
    Patient,
)
from companion.records import belonging
from companion.records.erasure import KEPT
from companion.use_cases import (
    engagement,
    erasure,
)
from tests.support import cast, opened
from tests.support.cast import AMINA_MOBILE
from tests.support.databases import on_sqlite
from tests.support.erasing import MARKER, decided, erased, lived_in, patient_of, texts_before_anybody_knows_her
from tests.support.opened import everything
from tests.support.world import World


def test_nothing_of_a_person_is_left_in_any_table(world: World) -> None:
    texts_before_anybody_knows_her(world)
    lived_in(world)
    planted = ("Amina", "Yusuf", cast.AMINA_NHS, AMINA_MOBILE, MARKER)
    before = everything()
    assert all(value in before for value in planted)
    with reading() as session:
        full = {
            table.name
            for table in belonging.tables()
            if session.execute(select(table).where(belonging.theirs(table, world.people.amina.id))).first()
        }
    assert full >= {"patient", "care_plan_revision", "goal", "activity", "agreement", "consent_event", "answer"}
    assert full >= {"resource_event", "plan_start"}
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    assert erasure.carry_out(world.now) == 1
    after = everything()
    assert [value for value in planted if value in after] == []
    assert cast.DEE_MOBILE in after, "somebody else is gone as well"
    with reading() as session:
        for table in belonging.tables():
            found = session.execute(select(table).where(belonging.theirs(table, world.people.amina.id))).first()
            assert (found is None) or table.name in KEPT, table.name


@on_sqlite
def test_nor_in_the_file(world: World, database_url: str) -> None:
    """Not even sealed: who has the keys and the file has none of it."""
    lived_in(world)
    tables = (Patient, Message, CarePlanRevision, Goal)
    before = set(opened.sealed(*tables))
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    assert erasure.carry_out(world.now) == 1
    left = set(opened.sealed(*tables))
    with db.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    with open(database_url.removeprefix("sqlite:///"), "rb") as file:
        content = file.read()
    assert len(before - left) > 10
    assert [value for value in before - left if value in content] == []
    assert left
    assert all(value in content for value in left)


def test_past_figures_stay_true(world: World) -> None:
    lived_in(world)
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    with transaction() as session:  # as they would stand, were she not resting
        session.get_one(Patient, world.people.amina.id).restricted_at = None
    period = (cast.day("2026-11-01"), cast.day("2026-12-31"))
    before = engagement.by_behaviour(world.people.chandra, *period, world.now)
    assert before.total.sent > 0
    assert before.people == 1
    erasure.carry_out(world.now)
    assert engagement.by_behaviour(world.people.chandra, *period, world.now) == before
    days = engagement.by_behaviour(world.people.chandra, cast.day("2026-11-02"), period[1], world.now)
    assert days.total.sent < before.total.sent, "a month that is cut counts"
    with reading() as session:
        counts = session.scalars(select(PastCount)).all()
    assert {count.month_on.day for count in counts} == {1}
    assert world.people.amina.id not in {count.person for count in counts}


def test_without_a_decision_nothing_can_be_removed(world: World) -> None:
    lived_in(world)
    people = world.people
    erasure.ask(patient_of(world), people.amina.id, world.now)
    for model in (Activity, Goal, CarePlanRevision, ConsentEvent):
        with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
            session.execute(delete(model))


def test_the_decision_opens_that_one_person_s_record_and_no_other(world: World) -> None:
    lived_in(world)
    decided(world)
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(ConsentEvent).where(ConsentEvent.patient_id == world.people.dee.id))
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(Erasure))
    with transaction() as session:
        session.execute(delete(ConsentEvent).where(ConsentEvent.patient_id == world.people.amina.id))
        session.rollback()


def test_what_is_erased_is_closed_again(world: World) -> None:
    erasure_id = erased(world)
    with reading() as session:
        row = session.get_one(Erasure, erasure_id)
    assert row.status is ErasureStatus.ERASED
    same = {"pain_service_id": row.pain_service_id, "status": "given", "source": "staff"}
    with transaction() as session:
        event = {**same, "patient_id": world.people.dee.id, "effective_at": world.now, "recorded_at": world.now}
        session.execute(insert(ConsentEvent).values(event))
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(ConsentEvent))
