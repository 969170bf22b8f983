"""Is everything that is held about a person in their copy, whatever its form, and nothing of anybody else?"""

import json
from datetime import timedelta
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from sqlalchemy import Column, ForeignKey, MetaData, Table, select

from api.fhir import bundle
from api.schemas.rights import exported
from companion.db import Base, reading
from companion.domain.access import Actor, ActorKind
from companion.domain.export import NOT_GIVEN_OUT, NOT_HELD_ABOUT_THEM, Part
from companion.domain.pathway import MoveReason, Step
from companion.domain.refusal import ForbiddenError, NotFoundError
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.records import belonging
from companion.records.erasure import KEPT
from companion.sealed import said_by
from companion.use_cases import (
    access_grant,
    agreement,
    care_plan,
    correction,
    erasure,
    export,
    message,
    pathway,
    restriction,
    suggestion,
    task,
)
from companion.use_cases.export import Export
from tests.api.caller import patient_tokens
from tests.companion.domain.test_plan_difference import whole
from tests.support import cast, started
from tests.support.databases import both
from tests.support.offered import offer
from tests.support.opined import opine
from tests.support.world import World

pytestmark = both

HOUR = timedelta(hours=1)
NOTE = "Told-each-other"
WORDS = (
    "Being there for my family",
    "a short walk after lunch",
    "My knee hurts",
    "Come on Monday",
    "spelt Aminah",
    "Dizzy for weeks",
    "Could I swim on rainy days?",
    "Is the walk too much?",
    "Walk half as far",
)


def amina(world: World) -> Actor:
    return Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id)


def lived_in(world: World) -> None:
    people = world.people
    people.agree_plan(whole(), start=started.start(world, whole()))
    people.agree_plan(cast.plan_content(what_matters="Dee's own garden"), of=people.dee)
    world.pass_time(timedelta(days=2), HOUR)
    world.texts("Y")
    world.texts("My knee hurts on the stairs")
    world.texts("Dee wrote this", number=cast.DEE_MOBILE)
    message.write(people.ben, people.amina.id, "Come on Monday", world.now)
    offer(world, people.amina.id)
    correction.ask(amina(world), people.amina.id, "It is spelt Aminah", world.now)
    first = pathway.Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, "Back pain for years", world.now)
    referred = pathway.refer(people.ben, people.amina.id, first, world.now).pathway.id
    pathway.refer_to_hospital(people.ben, referred, "ENT", "Dizzy for weeks", "Exercises", world.now, world.now)
    (plan,) = care_plan.of_patient(people.ben, people.amina.id, world.now)
    suggestion.make(amina(world), plan.id, 1, None, "Could I swim on rainy days?", world.now)
    opine(world, plan.id, "Is the walk too much?", "Walk half as far")
    care_plan.revise(people.ben, plan.id, plan.version, whole(), "She wished it", world.now)
    agreement.ask_by_text(people.ben, plan.id, "http://127.0.0.1:8000/link", world.now)
    erasure.ask(amina(world), people.amina.id, world.now)
    access_grant.break_glass(people.ada, people.amina.id, None, "The ward rang and asked for it", world.now)
    resting = restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, world.now)
    restriction.lift(people.ben, resting.id, world.now)
    world.pass_time(timedelta(hours=2), HOUR)
    patient_tokens(people.amina)
    for waits in world.tasks(patient_id=people.amina.id, status="requested"):
        if waits.kind is TaskKind.SUGGESTION:
            continue
        task.complete(people.ben, waits.id, NOTE, world.now)


@pytest.fixture
def copy(world: World) -> Export:
    """Amina's, after some days."""
    lived_in(world)
    return export.of_patient(amina(world), world.people.amina.id, world.now)


def test_every_table_is_given_out_or_has_a_reason(copy: Export) -> None:
    """A new table with anything of a patient's is found by the schema: it is in the copy, or stands in a list."""
    tied = {table.name for table in belonging.tables()}
    assert tied >= {"patient", "message", "attempt", "goal", "agreement", "audit_entry", "restriction", "erasure"}
    assert set(copy.rows) == tied - set(NOT_HELD_ABOUT_THEM)
    assert set(NOT_HELD_ABOUT_THEM) <= tied
    assert {table for table, _ in NOT_GIVEN_OUT} <= tied
    assert set(KEPT) <= tied
    empty = {name for name, rows in copy.rows.items() if not rows}
    assert not empty, f"these prove nothing: {empty}"


def test_no_table_that_could_hold_a_patient_is_overlooked() -> None:
    """By the names of columns, should somebody tie a table to nothing."""
    tied = {table.name for table in belonging.tables()}
    suspicious = {
        table.name
        for table in Base.metadata.sorted_tables
        if {
            "patient_id",
            "message_id",
            "nudge_id",
            "care_plan_id",
            "number",
            "mobile",
            "nhs_number",
            "number_sealed",
            "mobile_sealed",
            "nhs_number_sealed",
        }
        & set(table.c.keys())
    }
    # Ids of texts that came back from a provider, for the seconds until they are applied.
    # And numbers for which a code was asked, for the second until the worker looks whose they are.
    # The number of a template's version is nobody's.
    assert suspicious - tied == {"receipt", "code_request", "plan_template_version"}


def test_every_row_and_column_of_theirs_is_in_it_and_none_of_anybody_else(world: World, copy: Export) -> None:
    plain = copy.plain()
    with reading() as session:
        for table in belonging.tables():
            if table.name in NOT_HELD_ABOUT_THEM or table.name == "audit_entry":
                continue
            rows = session.execute(select(table).where(belonging.theirs(table, world.people.amina.id))).all()
            assert len(plain[table.name]) == len(rows) > 0, table.name
            kept_back = {column for name, column in NOT_GIVEN_OUT if name == table.name}
            assert set(plain[table.name][0]) == set(said_by(belonging.models()[table.name])) - kept_back
    given = json.dumps(exported(copy))
    for value in (*WORDS, "Amina", "Yusuf", cast.AMINA_NHS, cast.AMINA_MOBILE, "Ben Okafor"):
        assert value in given, value
    for value in ("Dee", cast.DEE_NHS, cast.DEE_MOBILE, NOTE, "Eve"):
        assert value not in given, value


def test_a_planted_table_is_walked() -> None:
    """And would fail the test above, as no copy and no list has it."""
    metadata = MetaData()
    Table("message", metadata, Column("id", primary_key=True), Column("patient_id"))
    Table("picture", metadata, Column("message_id", ForeignKey("message.id"), primary_key=True))
    Table("weather", metadata, Column("id", primary_key=True))
    assert [table.name for table in belonging.tables(metadata)] == ["message", "picture"]


def test_the_fhir_form_is_sound(world: World, copy: Export) -> None:
    made = bundle.bundle(copy)
    checked = Bundle.model_validate(made)
    kinds = [entry["resource"]["resourceType"] for entry in made["entry"]]
    assert set(kinds) == set(Part)
    assert kinds.count("Communication") == len(copy.messages)
    assert kinds.count("Task") == len(copy.tasks) + len(copy.suggestions)
    assert len({entry["fullUrl"] for entry in made["entry"]}) == len(made["entry"]) == len(checked.entry or [])
    addresses = {entry["fullUrl"] for entry in made["entry"]}
    assert set(references(made)) <= addresses
    said = json.dumps(made)
    assert all(value in said for value in ("a short walk after lunch", "My knee hurts", cast.AMINA_NHS))
    assert NOTE not in said
    assert "Dee" not in said


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in references(item)]
    if isinstance(part, dict):
        own = [part["reference"]] if "reference" in part else []
        return own + [found for item in part.values() for found in references(item)]
    return []


def test_only_the_person_and_their_clinicians_get_it(world: World) -> None:
    people = world.people
    dee = Actor(ActorKind.PATIENT, people.service_id, people.dee.id)
    for stranger in (people.eve, dee):
        with pytest.raises(NotFoundError):
            export.of_patient(stranger, people.amina.id, world.now)
    for role in (people.chandra, people.ada):
        with pytest.raises(ForbiddenError):
            export.of_patient(role, people.amina.id, world.now)


def test_somebody_who_came_today_gets_a_copy_too(app: Flask, world: World) -> None:
    found = export.of_patient(world.people.ben, world.people.dee.id, world.now)
    Bundle.model_validate(bundle.bundle(found))
    assert found.plans == []
    drafted = care_plan.draft(world.people.ben, world.people.dee.id, cast.plan_content(), world.now)
    found = export.of_patient(world.people.ben, world.people.dee.id, world.now)
    Bundle.model_validate(bundle.bundle(found))
    assert [plan.plan.id for plan in found.plans] == [drafted.plan.id]
    assert app.name
