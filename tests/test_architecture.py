"""Do the floors hold, and the doors, and the habits? Each rule is shown a planted trespass, which must fail it."""

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from companion.db import Base
from tests.house import floors, habits, outward, scope
from tests.house.plan import DOORS, FLOORS, SQLALCHEMY_IN_API
from tests.house.planted_habits import HABITS
from tests.house.planted_imports import IMPORTS, Rule
from tests.house.planted_outward import OUTWARD
from tests.house.source import House, Module, lies_in, planted, read

RULES: tuple[Rule, ...] = (
    floors.everybody_has_a_room,
    floors.imports_go_down,
    floors.no_circles,
    floors.packages_come_in_by_their_door,
    floors.doors_are_used,
    floors.the_api_does_not_query,
    floors.pure_files_are_pure,
    floors.tests_stay_outside,
    habits.imports_stand_at_the_top,
    habits.imports_are_absolute,
    habits.every_file_says_what_it_answers,
    habits.package_files_are_empty,
    habits.files_are_short,
    habits.files_are_named_by_a_noun,
    habits.one_asks_the_time,
    habits.nobody_asks_the_environment,
    habits.errors_are_named,
    habits.statuses_are_no_text,
    habits.the_api_holds_no_session,
    habits.nothing_knows_that_it_is_tested,
    habits.rows_are_loaded_on_purpose,
    outward.only_callers_reach_out,
    outward.callers_see_no_rows,
    outward.callers_are_made_of_settings,
    outward.redirects_stay_here,
    scope.the_actor_comes_first,
    scope.permission_comes_first,
    scope.who_writes_is_told_the_time,
    scope.queries_begin_in_scope,
)
PLANTED = (*IMPORTS, *HABITS, *OUTWARD)

by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@pytest.fixture(scope="module")
def house() -> House:
    """The product as it stands."""
    return read()


@by_name
def test_the_house_holds(rule: Rule, house: House) -> None:
    found = [str(trespass) for trespass in rule(house)]
    assert not found, "\n" + "\n".join(found)


def test_every_row_stays_with_its_patient() -> None:
    assert [str(trespass) for trespass in scope.rows_stay_with_their_patient(Base.metadata)] == []


def test_the_house_was_read(house: House) -> None:
    assert len(house) > 80
    assert {"wsgi", "companion.clock", "nudges.worker", "api.app", "companion.models"} <= set(house)
    assert habits.words_of_enums(house) >= {"active", "permanent-failure", "planned", "withdrawn"}
    assert scope.scoped_models(house) >= {"Patient", "CarePlan", "Nudge", "Message", "Task", "Staff"}
    assert "PainService" not in scope.scoped_models(house)


def test_the_plan_speaks_of_rooms_that_are_there(house: House) -> None:
    to_come: set[str] = set()
    rooms = {room for floor in FLOORS for room in floor.modules} | set(SQLALCHEMY_IN_API)
    rooms |= {holder for holders in DOORS.values() for holder in holders}
    assert {room for room in rooms if not any(lies_in(name, room) for name in house)} == to_come


@pytest.mark.parametrize(("rule", "bad", "good", "complaint"), PLANTED)
def test_a_planted_trespass_is_found_and_named(rule: Rule, bad: House, good: House, complaint: str) -> None:
    found = [str(trespass) for trespass in rule(bad)]
    assert any(complaint in each for each in found), found
    assert list(rule(good)) == []


def test_every_rule_has_been_shown_a_trespass() -> None:
    shown = {rule for rule, *_ in PLANTED} | {floors.doors_are_used}
    assert shown == set(RULES)


def test_a_key_that_nobody_uses_is_found() -> None:
    house = planted(companion__db="import flask_sqlalchemy", nudges__worker="import signal")
    found = [trespass.words for trespass in floors.doors_are_used(house)]
    assert "nudges.worker does not import apscheduler: take it out of DOORS" in found
    assert not [words for words in found if "flask_sqlalchemy" in words]


@pytest.mark.parametrize(
    ("rule", "table"),
    [
        (scope.the_actor_comes_first, "WITHOUT_ACTOR"),
        (scope.permission_comes_first, "WITHOUT_REQUIRE"),
        (scope.queries_begin_in_scope, "UNSCOPED"),
    ],
)
def test_an_exception_that_nobody_needs_any_more_is_found(rule: Rule, table: str, house: House) -> None:
    without = dict(house)
    for name in ("sign_in", "patient"):
        file = f"companion/use_cases/{name}.py"
        without[f"companion.use_cases.{name}"] = Module(f"companion.use_cases.{name}", file, "")
    found = [str(trespass) for trespass in rule(without)]
    assert found
    assert all("needs no exception any more" in each and table in each for each in found)


def family(*of_letter: SchemaItem) -> MetaData:
    """A patient, and a letter to one."""
    metadata = MetaData()
    tied = UniqueConstraint("pain_service_id", "id")
    Table("patient", metadata, Column("id", Integer, primary_key=True), Column("pain_service_id", Integer), tied)
    Table("letter", metadata, Column("id", Integer, primary_key=True), *of_letter)
    Table("page", metadata, Column("letter_id", ForeignKey("letter.id"), primary_key=True))
    Table("weather", metadata, Column("id", Integer, primary_key=True))
    return metadata


def test_a_row_that_could_stray_into_another_pain_service_is_found() -> None:
    loose = family(Column("pain_service_id", Integer), Column("patient_id", ForeignKey("patient.id")))
    key = ForeignKeyConstraint(["patient_id", "pain_service_id"], ["patient.pain_service_id", "patient.id"])
    crossed = family(Column("pain_service_id", Integer), Column("patient_id", Integer), key)
    for metadata in (loose, crossed):
        assert [trespass.words for trespass in scope.rows_stay_with_their_patient(metadata)] == [
            "letter lacks the key (pain_service_id, patient_id) to patient",
            "page hangs on nothing that is tied to a patient and pain service",
        ]


def test_a_row_that_is_tied_is_left_in_peace() -> None:
    columns = (Column("pain_service_id", Integer), Column("patient_id", Integer))
    key = ForeignKeyConstraint(["pain_service_id", "patient_id"], ["patient.pain_service_id", "patient.id"])
    assert list(scope.rows_stay_with_their_patient(family(*columns, key))) == []
