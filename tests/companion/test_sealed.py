"""Are people's words read and set as if they stood in the row, and open in their own row and column alone?"""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from companion import keys
from companion.db import db, reading, transaction
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import Reason
from companion.keys import DoesNotOpenError
from companion.models import Goal, Message, Patient, Staff, Task
from companion.use_cases import patient, task
from tests.api.caller import signed_in
from tests.support import cast
from tests.support.databases import both
from tests.support.world import World

pytestmark = both


def raw(table: str, column: str) -> list[bytes]:
    """A column as whoever has the database alone sees it."""
    with db.engine.connect() as connection:
        return [bytes(value) for (value,) in connection.execute(text(f"SELECT {column} FROM {table} ORDER BY id"))]  # noqa: S608


def test_the_database_has_no_word_of_it(world: World) -> None:
    for column in ("given_name_sealed", "family_name_sealed", "nhs_number_sealed", "mobile_sealed"):
        found = raw("patient", column)
        assert len(found) == 2
        assert not any(word in value for value in found for word in (b"Amina", b"Yusuf", b"9990000018", b"7700900101"))
    assert world.amina().given_name == "Amina"
    assert world.amina().mobile == cast.AMINA_MOBILE


def test_it_is_read_after_the_session_is_over_and_set_before_there_is_one(world: World) -> None:
    made = Task(
        pain_service_id=world.people.service_id, kind="read-message", priority="routine", status="requested",
        why="They wrote to us.", created_at=world.now, due_at=world.now,
    )  # fmt: skip
    assert (made.why, made.outcome) == ("They wrote to us.", None)
    with transaction() as session:
        session.add(made)
    assert (made.why, made.outcome) == ("They wrote to us.", None)
    [found] = world.tasks()
    assert (found.id, found.why, found.outcome) == (made.id, "They wrote to us.", None)
    task.complete(world.people.ben, made.id, "Rang them.", world.now)
    assert world.tasks()[0].outcome == "Rang them."


def test_a_changed_number_is_found_by_the_new_one_alone(world: World) -> None:
    patient.amend(
        world.people.ben, world.people.amina.id, world.amina().version, {"mobile": "+447700900199"}, world.now
    )
    with reading() as session:
        for number, count in ((cast.AMINA_MOBILE, 0), ("+447700900199", 1)):
            index = Patient.mobile.find(keys.of(session), number)
            assert len(session.scalars(select(Patient).where(Patient.mobile_index == index)).all()) == count
    assert world.amina().mobile == "+447700900199"


def test_a_query_cannot_ask_by_words(world: World) -> None:
    with reading() as session, pytest.raises(Exception, match=r"SQL expression|ArgumentError|WHERE|expected"):
        session.scalars(select(Patient.mobile)).all()  # type: ignore[call-overload]


@pytest.fixture
def swapped(world: World) -> World:
    """Somebody who can write to the database gave Amina's row the sealed number of Dee, to get her texts."""
    with transaction() as session:
        theirs = select(Patient.mobile_sealed).where(Patient.id == world.people.dee.id).scalar_subquery()
        session.execute(update(Patient).where(Patient.id == world.people.amina.id).values(mobile_sealed=theirs))
    return world


def test_a_value_of_another_row_does_not_open(swapped: World) -> None:
    amina = swapped.amina()
    with pytest.raises(DoesNotOpenError) as refused:
        _ = amina.mobile
    assert f"patient.mobile of {amina.id}" in str(refused.value)
    assert "7700" not in str(refused.value)
    assert amina.given_name == "Amina"


def test_a_value_of_another_column_does_not_open(world: World) -> None:
    with transaction() as session:
        session.execute(update(Patient).values(given_name_sealed=Patient.family_name_sealed))
    with pytest.raises(DoesNotOpenError, match=r"patient\.given_name"):
        _ = world.amina().given_name


def test_a_line_of_another_revision_does_not_open(world: World) -> None:
    agreed = world.people.agree_plan()
    with reading() as session:
        goal = session.scalars(select(Goal).where(Goal.care_plan_id == agreed.plan.id)).one()
        ring = keys.of(session)
    assert Goal.words.open(ring, goal.words_sealed, goal.care_plan_id, 1, goal.line) == goal.words
    for key in ((uuid4(), 1, goal.line), (goal.care_plan_id, 2, goal.line), (goal.care_plan_id, 1, "other")):
        with pytest.raises(DoesNotOpenError):
            Goal.words.open(ring, goal.words_sealed, *key)


def test_nobody_is_texted_at_a_number_that_was_moved(swapped: World) -> None:
    swapped.people.agree_plan()
    swapped.until_due()
    swapped.send()
    assert swapped.messages(kind=MessageKind.NUDGE) == []
    assert Reason.UNDECIDABLE in {nudge.held_reason for nudge in swapped.nudges(of=swapped.people.amina.id)}


def test_what_cannot_be_opened_does_not_stand_in_everybodys_way(swapped: World) -> None:
    swapped.people.agree_plan()
    swapped.people.agree_plan(of=swapped.people.dee)
    swapped.until_due()
    swapped.send()
    assert {text.patient_id for text in swapped.messages(status=MessageStatus.SENT)} == {swapped.people.dee.id}


def test_who_asks_is_told_in_words_and_the_operator_where(
    app: Flask, swapped: World, caplog: pytest.LogCaptureFixture
) -> None:
    ben = signed_in(app, swapped.people.ben)
    answer = ben.get(f"/v1/patients/{swapped.people.amina.id}")
    assert (answer.status, answer.mimetype) == (500, "application/problem+json")
    assert "Part of this record cannot be read" in answer.json["detail"]
    assert str(swapped.people.amina.id) not in answer.text
    assert f"patient.mobile of {swapped.people.amina.id} does not open" in caplog.text
    assert "Amina" not in caplog.text
    assert ben.get(f"/v1/patients/{swapped.people.dee.id}").status == 200


def test_an_address_is_found_however_it_is_written(app: Flask, world: World) -> None:
    with reading() as session:
        ring = keys.of(session)
        [ben] = session.scalars(select(Staff).where(Staff.email_index == Staff.email.find(ring, "ben@example.nhs.uk")))
    assert (ben.name, ben.email) == ("Ben Okafor", "ben@example.nhs.uk")


def test_a_text_keeps_its_index_with_its_number(world: World) -> None:
    world.texts("Hello", number="+447700900555")
    [text_] = world.messages()
    with reading() as session:
        assert text_.number_index == Message.number.find(keys.of(session), "+447700900555")
    assert (text_.number, text_.body) == ("+447700900555", "Hello")
