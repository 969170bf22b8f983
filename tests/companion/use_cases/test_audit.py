"""Is every look at a record written down, and does whoever tampers with the trail give themselves away?"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from companion.db import db, reading, transaction
from companion.domain import access
from companion.domain.audit import ACTION_WORDS, Anchor
from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.refusal import ForbiddenError, NotFoundError
from companion.keys import KeyRing
from companion.models import Alarm, AuditEntry, AuditHead
from companion.records import audit as trail
from companion.use_cases import audit, patient
from tests.support import cast
from tests.support.databases import both
from tests.support.sound_rows import SEALED
from tests.support.world import World

pytestmark = both

SERVICE = "West Lancashire Pain Service"
ENTRIES = 8


@pytest.fixture
def looked(world: World) -> UUID:
    """Ben has looked at Amina's record, again and again."""
    for minutes in range(ENTRIES):
        patient.read(world.people.ben, world.people.amina.id, world.now + timedelta(minutes=minutes))
    assert audit.verify({})[0] == []
    return world.people.service_id


@contextmanager
def unguarded() -> Iterator[Connection]:
    """The database as its own administrator has it, who can switch the triggers off."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
            yield connection
            connection.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER ALL"))
            return
        guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        mine = [(name, sql) for name, sql in guards if name.startswith("audit_entry")]
        for name, _ in mine:
            connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        for _, sql in mine:
            connection.exec_driver_sql(sql)


def end(service_id: UUID) -> int:
    """How many entries the chain has."""
    with reading() as session:
        return session.get_one(AuditHead, service_id).seq


def changed(connection: Connection, service_id: UUID, at: int, **values: object) -> None:
    """Change one entry."""
    one = (AuditEntry.pain_service_id == service_id, AuditEntry.seq == at)
    connection.execute(update(AuditEntry).where(*one).values(**values))


def removed(connection: Connection, service_id: UUID, first: int, last: int) -> None:
    """Remove entries."""
    connection.execute(
        delete(AuditEntry).where(AuditEntry.pain_service_id == service_id, AuditEntry.seq.between(first, last))
    )


def test_the_trail_cannot_be_changed_by_whoever_has_the_products_rights(looked: UUID) -> None:
    for statement in ("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        {"action": "patient.list"},
        {"actor_id": None},
        {"patient_id": None},
        {"fields": ["mobile"]},
        {"origin": "api 203.0.113.9"},
        {"reason_sealed": SEALED},
        {"recorded_at": cast.MONDAY - timedelta(microseconds=1)},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(looked: UUID, change: dict[str, object]) -> None:
    with unguarded() as connection:
        changed(connection, looked, end(looked) - 2, **change)
    [said] = audit.verify({})[0]
    assert said == f"{SERVICE}: entry {end(looked) - 2} was changed or moved."


def test_a_removed_entry_is_found(looked: UUID) -> None:
    with unguarded() as connection:
        removed(connection, looked, 3, 4)
    assert audit.verify({})[0] == [f"{SERVICE}: entry 3 is missing."]


def test_entries_that_changed_places_are_found(looked: UUID) -> None:
    last = end(looked)
    with unguarded() as connection:
        changed(connection, looked, last - 3, seq=1_000)
        changed(connection, looked, last - 2, seq=last - 3)
        changed(connection, looked, 1_000, seq=last - 2)
    assert audit.verify({})[0] == [f"{SERVICE}: entry {last - 3} was changed or moved."]


def test_what_was_cut_off_at_the_end_is_found(looked: UUID) -> None:
    last = end(looked)
    with unguarded() as connection:
        removed(connection, looked, last - 1, last)
    assert audit.verify({})[0] == [f"{SERVICE}: entry {last - 1} is missing, and so is everything after it."]


def cut_and_set_back(connection: Connection, service_id: UUID) -> None:
    last = connection.scalar(text("SELECT max(seq) FROM audit_entry WHERE hash IS NOT NULL"))
    removed(connection, service_id, int(last) - 1, int(last))
    hash_ = connection.scalar(
        select(AuditEntry.hash).where(AuditEntry.pain_service_id == service_id, AuditEntry.seq == int(last) - 2)
    )
    one = AuditHead.pain_service_id == service_id
    connection.execute(update(AuditHead).where(one).values(seq=int(last) - 2, hash=hash_))


def take_away(connection: Connection, service_id: UUID) -> None:
    removed(connection, service_id, 1, 10**6)
    connection.execute(delete(AuditHead).where(AuditHead.pain_service_id == service_id))


@pytest.mark.parametrize("cut", [cut_and_set_back, take_away])
def test_what_was_cut_off_with_care_is_found_by_what_an_earlier_look_kept(
    looked: UUID, cut: Callable[[Connection, UUID], None]
) -> None:
    _, ends = audit.verify({})
    with unguarded() as connection:
        cut(connection, looked)
    assert audit.verify({})[0] == []
    [said] = audit.verify(ends)[0]
    assert said.endswith("is missing, and so is everything after it.")
    assert audit.verify({looked: Anchor(1, "0" * 64)})[0] != []


def test_an_entry_that_was_put_in_later_is_found(looked: UUID, world: World) -> None:
    with unguarded() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (pain_service_id, actor_kind, action, entity_id, fields, recorded_at) "
                "SELECT pain_service_id, actor_kind, action, entity_id, fields, recorded_at FROM audit_entry "
                "WHERE action = 'patient.read' LIMIT 1"
            )
        )
    assert audit.verify({})[0] == [f"{SERVICE}: an entry is outside the chain: it was added later, or changed."]


def test_the_chain_vouches_for_what_is_older_than_it(looked: UUID, world: World) -> None:
    with unguarded() as connection:  # as an older release has left it
        connection.execute(text("UPDATE audit_entry SET seq = NULL, hash = NULL"))
        connection.execute(text("DELETE FROM audit_head"))
    patient.read(world.people.ben, world.people.amina.id, world.now)
    wrong, ends = audit.verify({})
    assert (wrong, ends[looked].seq) == ([], 2)
    with unguarded() as connection:
        connection.execute(text("UPDATE audit_entry SET action = 'patient.list' WHERE seq IS NULL"))
    assert len(audit.verify({})[0]) == 1


def test_another_secret_does_not_make_the_same_chain(looked: UUID) -> None:
    """Whoever writes to the database and not to the settings cannot make a chain of their own."""
    assert KeyRing("one").mac("audit", b"x") != KeyRing("other").mac("audit", b"x")
    assert KeyRing("one").mac("audit", b"x") != KeyRing("one").mac("code", b"x")


def test_many_who_look_at_once_stand_in_one_chain(app: Flask, world: World) -> None:
    barrier = Barrier(6)

    def look() -> None:
        with app.app_context():
            barrier.wait(30)
            for _ in range(10):
                patient.read(world.people.ben, world.people.amina.id, world.now)

    before = audit.entries(world.people.service_id)
    threads = [Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert audit.entries(world.people.service_id) == before + 60
    assert audit.verify({})[0] == []


def _look_and_fail(world: World) -> None:
    with transaction() as session:
        trail.record(session, world.people.ben, "patient.read", "x", world.now)
        raise ZeroDivisionError


def test_what_was_undone_leaves_no_trace_and_no_gap(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        _look_and_fail(world)
    patient.read(world.people.ben, world.people.amina.id, world.now)
    assert audit.verify({})[0] == []


def test_an_alarm_is_raised_while_the_trail_does_not_hold(looked: UUID, world: World) -> None:
    audit.watch(world.now)
    with reading() as session:
        assert session.query(Alarm).count() == 0
    with unguarded() as connection:
        changed(connection, looked, 2, action="patient.list")
    for _ in range(2):
        audit.watch(world.now)
    with reading() as session:
        assert [(each.kind, each.cleared_at) for each in session.query(Alarm)] == [("audit-broken", None)]


def test_the_patient_sees_who_looked_and_nobody_elses(world: World) -> None:
    people = world.people
    patient.read(people.ben, people.amina.id, world.now)
    world.texts("STOP")
    amina, dee = (access.patient(people.service_id, each.id) for each in (people.amina, people.dee))
    said = [(look.who, look.what) for look in audit.of_patient(amina, people.amina.id, 0, 100, world.now).items]
    assert ("Ben Okafor, clinician", "looked at name and number") in said
    assert ("the patient", "stopped texts") in said
    for asker in (dee, people.eve):
        with pytest.raises(NotFoundError):
            audit.of_patient(asker, people.amina.id, 0, 100, world.now)
    with pytest.raises(ForbiddenError):
        audit.of_patient(people.chandra, people.amina.id, 0, 100, world.now)


def actions() -> set[str]:
    """Every action that the code writes to a patient's trail, as it stands in the source."""
    found: set[str] = set()
    for file in [*Path("companion").rglob("*.py"), *Path("nudges").rglob("*.py")]:
        for call in ast.walk(ast.parse(file.read_text())):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("audit.record", "audit.seen"):
                continue
            of_patient = call.func.attr == "seen" or any(each.arg == "patient_id" for each in call.keywords)  # type: ignore[attr-defined]
            action = call.args[1 if call.func.attr == "seen" else 2]  # type: ignore[attr-defined]
            if of_patient and isinstance(action, ast.Constant):
                found.add(str(action.value))
    return found


def test_every_action_has_words_for_the_patient() -> None:
    assert len(actions()) > 15
    assert actions() <= set(ACTION_WORDS)
    moves = {f"care-plan.{status}" for status in CarePlanStatus} - {"care-plan.draft"}
    changes = {f"consent.{status}" for status in (ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN)}
    assert moves | changes <= set(ACTION_WORDS)
