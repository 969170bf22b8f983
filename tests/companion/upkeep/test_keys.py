"""Does everything come under the newest key, whoever writes meanwhile, and are no words changed on the way?"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from api.app import create_app
from api.settings.config import Config
from api.settings.field_key import DEFAULT_FIELD_KEYS, DEFAULT_INDEX_KEY, FieldKeys
from companion.db import db, reading, transaction
from companion.domain.refusal import ConflictError
from companion.models import CarePlanRevision, Patient
from companion.upkeep import keys
from companion.use_cases import audit, patient, sign_in
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support import cast, opened, personal
from tests.support.databases import both
from tests.support.lived import live, live_since
from tests.support.world import World

pytestmark = both

BEN = sign_in.Attempt("ben@example.nhs.uk", cast.PASSWORD)
OLD, NEW = DEFAULT_FIELD_KEYS[1], b"the newest key, of thirty-two by."[:32]
BOTH = FieldKeys({2: NEW, 1: OLD})


@contextmanager
def with_keys(database_url: str, settings: FieldKeys) -> Iterator[Flask]:
    """The same database, by a process that has these keys."""
    app = create_app(Config(database_url=database_url, field_keys=settings), SimulatorGateway())
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def lived(world: World) -> World:
    """A world in which something stands in every sealed column."""
    live(world)
    live_since(world)
    return world


def test_everything_comes_under_the_new_key_and_says_what_it_said(lived: World, database_url: str) -> None:
    before = opened.words()
    told: list[int] = []
    filled = {place.partition(" ")[0] + personal.SEALED for place, words in before.items() if words is not None}
    assert filled == personal.sealed()
    with with_keys(database_url, BOTH):
        assert keys.status().newest == 2
        assert set(keys.status().values) == {1}
        values = sum(keys.status().values.values())
        many = keys.stale()
        assert many > 10
        work = keys.rotate(told.append)
        assert (work.changed, work.faults, sum(told)) == (values, [], many)
        assert keys.status().values == {2: values}
        assert opened.words() == before
        assert keys.rotate().changed == 0
    with with_keys(database_url, FieldKeys({2: NEW})):
        assert opened.words() == before
        assert sign_in.sign_in(BEN, lived.now).name == "Ben Okafor"
        assert audit.verify({})[0] == []


def test_without_the_old_key_it_is_said_which_is_missing_and_nothing_is_lost(lived: World, database_url: str) -> None:
    before = opened.words()
    with with_keys(database_url, FieldKeys({2: NEW})):
        found = keys.status()
        assert found.newest == 2
        assert found.missing == {1}
        work = keys.rotate()
        assert work.changed == 0
        assert len(work.faults) == found.values[1]
        assert all("its key 01 is not among FIELD_KEYS" in fault for fault in work.faults)
    assert opened.words() == before


def test_it_goes_on_where_it_was_broken_off(lived: World, database_url: str) -> None:
    class BrokenOffError(Exception):
        pass

    def break_off(_count: int) -> None:
        raise BrokenOffError

    before = opened.words()
    with with_keys(database_url, BOTH):
        with pytest.raises(BrokenOffError):
            keys.rotate(break_off)
        values = keys.status().values
        with pytest.raises(BrokenOffError):
            keys.rotate(break_off)
        assert 0 < keys.status().values[1] < values[1] < sum(values.values())
        assert keys.rotate().faults == []
        assert set(keys.status().values) == {2}
        assert opened.words() == before


def test_an_older_key_first_is_refused(lived: World, database_url: str) -> None:
    with with_keys(database_url, FieldKeys({1: OLD, 2: NEW})):
        with pytest.raises(ConflictError, match="put the newest key first"):
            keys.rotate()
        assert set(keys.status().values) == {1}
        assert lived.amina().given_name == "Amina"


def test_what_somebody_changes_meanwhile_stays_changed(lived: World, database_url: str) -> None:
    with with_keys(database_url, BOTH) as app:
        done = Event()

        def amend() -> None:
            with app.app_context():
                while not done.is_set():
                    amina = lived.amina()
                    name = f"A{amina.version}"
                    patient.amend(lived.people.ben, amina.id, amina.version, {"given_name": name}, lived.now)

        clerk = Thread(target=amend)
        clerk.start()
        try:
            for _ in range(5):
                assert keys.rotate().faults == []
        finally:
            done.set()
            clerk.join()
        amina = lived.amina()
        assert amina.given_name == f"A{amina.version - 1}"
        assert set(keys.status().values) == {2}


def say_something_else(revision: CarePlanRevision) -> None:
    with transaction() as session:
        found = session.get_one(CarePlanRevision, (revision.care_plan_id, revision.number))
        found.what_matters = "Something else"


def test_the_words_of_what_never_changes_cannot_be_sealed_anew_once_they_are_under_the_newest_key(
    lived: World, database_url: str
) -> None:
    with with_keys(database_url, BOTH):
        assert keys.rotate().faults == []
        with reading() as session:
            rows = session.scalars(select(CarePlanRevision)).all()
        for row in rows:
            with pytest.raises(IntegrityError, match="append-only"):
                say_something_else(row)


def test_a_new_index_key_finds_everybody_again(lived: World, database_url: str) -> None:
    other = FieldKeys({1: OLD}, b"another index key of 32 bytes...")
    with with_keys(database_url, other):
        told: list[int] = []
        work = keys.reindex(told.append)
        assert work.faults == []
        assert sum(told) == keys.indexed()
        lived.texts("STOP")
        assert lived.amina().text_consent == "withdrawn"
        assert sign_in.sign_in(BEN, lived.now).name == "Ben Okafor"
    assert other.index != DEFAULT_INDEX_KEY


def test_a_value_that_does_not_open_is_told_and_left_as_it_is(lived: World, database_url: str) -> None:
    with transaction() as session:
        session.execute(update(Patient).values(given_name_sealed=b"\x01" + bytes(30)))
        people = session.scalar(select(func.count()).select_from(Patient))
    with with_keys(database_url, BOTH):
        work = keys.rotate()
        assert len(work.faults) == people
        assert all(fault.startswith("patient.given_name of ") for fault in work.faults)
        assert keys.status().values[1] == people
