"""Does every query begin where it may: in one pain service, and for some with one patient alone? Table by table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from companion.db import Base, db, scoped
from companion.domain.access import Actor, ActorKind, Role
from tests.support.rows import Rows
from tests.support.sound_rows import TABLES

MODELS: list[type[Base]] = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if "pain_service_id" in mapper.local_table.c),
    key=lambda model: model.__tablename__,
)
OF_A_PATIENT = [model for model in MODELS if "patient_id" in model.__table__.c or model.__tablename__ == "patient"]


@pytest.fixture
def rows(app: Flask) -> Iterator[Rows]:
    """Two sound rows in each table, of Amina and her pain service or of whomever they happen to be."""
    with db.engine.connect() as connection:
        found = Rows(connection)
        for table in [*TABLES, *TABLES]:
            found.insert(table)
        yield found


def seen(rows: Rows, model: type[Base], actor: Actor) -> list[Any]:
    return list(rows.connection.execute(scoped(model, actor)).mappings())


def narrowed(rows: Rows, to: UUID) -> list[Actor]:
    """Both ways of being kept to one patient: to be that patient, and to be let in to their record."""
    every_role = Actor(ActorKind.STAFF, rows.ours, rows.ben, frozenset(Role))
    return [Actor(ActorKind.PATIENT, rows.ours, to), replace(every_role, record_of=to)]


def test_there_is_something_to_see(rows: Rows) -> None:
    staff = Actor(ActorKind.STAFF, rows.ours, rows.ben, frozenset(Role))
    assert len(MODELS) > 12
    assert len(OF_A_PATIENT) > 9
    for model in MODELS:
        assert seen(rows, model, staff), model
        assert not {row["pain_service_id"] for row in seen(rows, model, staff)} - {rows.ours}


def test_one_patient_s_rows_and_no_other_s(rows: Rows) -> None:
    for actor in narrowed(rows, rows.amina):
        for model in OF_A_PATIENT:
            whose = "id" if model.__tablename__ == "patient" else "patient_id"
            assert {row[whose] for row in seen(rows, model, actor)} <= {rows.amina}, model
    assert seen(rows, OF_A_PATIENT[0], narrowed(rows, rows.amina)[0])


def test_somebody_else_sees_nothing_of_all_that(rows: Rows) -> None:
    dee = rows.insert("patient")["id"]
    for actor in narrowed(rows, dee):
        for model in MODELS:
            found = seen(rows, model, actor)
            assert [row["id"] for row in found] == ([dee] if model.__tablename__ == "patient" else []), model


def test_what_is_no_patient_s_is_not_for_patients(rows: Rows) -> None:
    for actor in narrowed(rows, rows.amina):
        for model in set(MODELS) - set(OF_A_PATIENT):
            assert seen(rows, model, actor) == [], model


def test_the_id_of_another_pain_service_s_patient_opens_nothing(rows: Rows) -> None:
    for actor in narrowed(rows, rows.their_patient):
        for model in MODELS:
            assert seen(rows, model, actor) == [], model
