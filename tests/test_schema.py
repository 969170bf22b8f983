"""Do the promises that stand in the schema hold against whoever writes past the use cases? On both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Enum,
    Executable,
    ForeignKeyConstraint,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError

from api.migration import FOLDER
from companion.db import db
from tests.rows import LATER, NOW, TABLES, Rows, Values, another

CHECK, UNIQUE, FOREIGN, NOT_NULL, APPEND_ONLY = "check", "unique", "foreign key", "not null", "append-only"
# By PostgreSQL's number and by SQLite's name.
KINDS = {
    "23514": CHECK,
    "SQLITE_CONSTRAINT_CHECK": CHECK,
    "23505": UNIQUE,
    "SQLITE_CONSTRAINT_UNIQUE": UNIQUE,
    "SQLITE_CONSTRAINT_PRIMARYKEY": UNIQUE,
    "23503": FOREIGN,
    "SQLITE_CONSTRAINT_FOREIGNKEY": FOREIGN,
    "23502": NOT_NULL,
    "SQLITE_CONSTRAINT_NOTNULL": NOT_NULL,
    "23001": APPEND_ONLY,
    "SQLITE_CONSTRAINT_TRIGGER": APPEND_ONLY,
}


@pytest.fixture
def rows(app: Flask) -> Iterator[Rows]:
    """Sound rows, in a transaction that is never committed."""
    with db.engine.connect() as connection:
        yield Rows(connection)


def refusal(connection: Connection, statement: Executable) -> tuple[str, str] | None:
    """How the database refuses the statement: the kind of its reason, and its words on it. None if it does not."""
    savepoint = connection.begin_nested()
    try:
        connection.execute(statement)
    except IntegrityError as error:
        savepoint.rollback()
        kind = KINDS[getattr(error.orig, "sqlstate", None) or error.orig.sqlite_errorname]  # type: ignore[union-attr]
        return kind, str(error.orig)
    savepoint.rollback()
    return None


def refused(rows: Rows, table: str, values: Values) -> tuple[str, str] | None:
    return refusal(rows.connection, TABLES[table].insert().values(values))


def because(found: tuple[str, str] | None, kind: str, *names: str) -> bool:
    """Whether it was refused for that kind of reason, and by one of these names where the database tells one."""
    if found is None or found[0] != kind:
        return False
    told = db.engine.dialect.name == "postgresql" or kind == CHECK
    return not told or any(name in found[1] for name in names)


def named(table: str, constraint: CheckConstraint) -> str:
    """The name of a check in the database: the naming convention puts the table in front."""
    name = str(constraint.name)
    return name if name.startswith("ck_") else f"ck_{table}_{name}"


@pytest.mark.parametrize("table", TABLES)
def test_a_sound_row_is_taken(rows: Rows, table: str) -> None:
    """The control of everything below: what is refused there is this very row, changed in one respect."""
    for _ in range(2):
        assert refused(rows, table, rows.sound(table)) is None
        rows.insert(table)


def test_no_column_holds_a_word_that_its_enum_has_not(rows: Rows) -> None:
    # A message's kind is bound to its nudge by another check.
    besides: dict[tuple[str, str], Values] = {("message", "kind"): {"nudge_id": None}}
    seen = 0
    for table, found in TABLES.items():
        for column in found.columns:
            if not isinstance(column.type, Enum):
                continue
            seen += 1
            wrong = rows.sound(table) | besides.get((table, column.name), {}) | {column.name: "nonsense"}
            assert because(refused(rows, table, wrong), CHECK, f"ck_{table}_{column.type.name}"), column
            assert rows.connection.scalar(select(func.count()).where(column == "nonsense")) == 0
    assert seen >= 20


def test_no_row_points_at_what_is_not_there(rows: Rows) -> None:
    for table, found in TABLES.items():
        for key in found.foreign_key_constraints:
            changed = key.column_keys[-1]
            values = rows.sound(table)
            assert values[changed] is not None, key
            wrong = values | {changed: another(values[changed])}
            others = [str(other.name) for other in found.foreign_key_constraints if changed in other.column_keys]
            assert because(refused(rows, table, wrong), FOREIGN, *others), (table, key.column_keys)


def of_patients() -> list[str]:
    tie = {"patient.pain_service_id", "patient.id"}
    return [
        table
        for table, found in TABLES.items()
        if any({each.target_fullname for each in key.elements} == tie for key in found.foreign_key_constraints)
    ]


def test_no_row_of_a_patient_says_another_pain_service(rows: Rows) -> None:
    assert len(of_patients()) >= 8
    for table in of_patients():
        values = rows.sound(table)
        name = f"fk_{table}_pain_service_id_patient_id"
        assert because(refused(rows, table, values | {"pain_service_id": rows.theirs}), FOREIGN, name), table
        assert because(refused(rows, table, values | {"patient_id": rows.their_patient}), FOREIGN, name), table


def test_no_row_of_a_patient_is_moved_to_another_pain_service(rows: Rows) -> None:
    for table in of_patients():
        moved = TABLES[table].update().values(pain_service_id=rows.theirs)
        rows.insert(table)
        found = refusal(rows.connection, moved)
        assert found is not None, table
        assert found[0] in (FOREIGN, APPEND_ONLY), table


def test_what_must_be_there_is_there(rows: Rows) -> None:
    for table, found in TABLES.items():
        for column in found.columns:
            if column.nullable or column.autoincrement is True or column is found.autoincrement_column:
                continue
            assert because(refused(rows, table, rows.sound(table) | {column.name: None}), NOT_NULL, column.name), column


# Told apart from the partial index beside it by hand, below.
SLOT = "uq_nudge_care_plan_id_line_slot_on_revision_number"


def uniques(table: str) -> Iterator[tuple[str, list[str]]]:
    """Each key of a table that no two rows may share, and that says more than its primary key."""
    primary = [column.name for column in TABLES[table].primary_key]
    yield str(TABLES[table].primary_key.name), primary
    for constraint in TABLES[table].constraints:
        if isinstance(constraint, UniqueConstraint) and not set(primary) <= set(constraint.columns.keys()):
            yield str(constraint.name), constraint.columns.keys()


def test_no_two_rows_share_what_is_one_row_s_alone(rows: Rows) -> None:
    """One message a nudge and a provider's id once (P3) are among these."""
    seen = set()
    for table in TABLES:
        for name, columns in uniques(table):
            if name == SLOT:
                continue
            seen.add(name)
            first = rows.insert(table)
            second = rows.sound(table) | {column: first[column] for column in columns}
            assert because(refused(rows, table, second), UNIQUE, name), name
    assert seen >= {"uq_message_nudge_id", "uq_message_gateway_provider_id", "uq_answer_message_id", "pk_attempt"}


def test_a_slot_has_one_nudge_a_revision(rows: Rows) -> None:
    held = rows.insert("nudge", status="skipped", reason="paused")
    again = rows.sound("nudge") | {"slot_on": held["slot_on"]}
    assert because(refused(rows, "nudge", again), UNIQUE, SLOT)
    assert refused(rows, "nudge", again | {"slot_on": held["slot_on"] + timedelta(days=500)}) is None
    rows.insert("activity", line="swim")
    assert refused(rows, "nudge", again | {"line": "swim"}) is None


@pytest.mark.parametrize("first", ["planned", "claimed", "sent", "skipped", "lapsed", "cancelled"])
def test_a_slot_has_one_live_nudge_whatever_the_revision(rows: Rows, first: str) -> None:
    rows.insert("care_plan_revision", number=1_000)
    rows.insert("already_helps", revision_number=1_000, line="lunch-walk")
    rows.insert("activity", revision_number=1_000, line="walk", goal_line=None)
    is_live = first in ("planned", "claimed", "sent")
    texted = {"texted_on": date(2026, 11, 23)}
    old = rows.insert("nudge", status=first, reason=None if is_live else "expired", **texted)
    new = rows.sound("nudge") | {"slot_on": old["slot_on"], "revision_number": 1_000}
    for second in ("planned", "claimed", "sent"):
        found = refused(rows, "nudge", new | texted | {"status": second})
        assert because(found, UNIQUE, "uq_nudge_one_live") if is_live else found is None
    assert refused(rows, "nudge", new | {"status": "cancelled", "reason": "expired"}) is None


def test_a_patient_has_one_active_plan(rows: Rows) -> None:
    second = rows.sound("care_plan") | {"patient_id": rows.amina, "agreed_revision": 1}
    assert because(refused(rows, "care_plan", second | {"status": "active"}), UNIQUE, "uq_care_plan_one_active")
    for status in ("draft", "on-hold", "revoked", "completed"):
        assert refused(rows, "care_plan", second | {"status": status}) is None
    rows.insert("care_plan", **(second | {"status": "on-hold"}))
    plans = TABLES["care_plan"]
    woken = plans.update().where(plans.c.patient_id == rows.amina).values(status="active")
    assert because(refusal(rows.connection, woken), UNIQUE, "uq_care_plan_one_active")
    other = rows.sound("care_plan")
    assert refused(rows, "care_plan", other | {"status": "active", "agreed_revision": 1}) is None


def test_a_mobile_is_one_active_patient_s_of_a_pain_service(rows: Rows) -> None:
    amina = rows.insert("patient")
    same = rows.sound("patient") | {"mobile": amina["mobile"]}
    assert because(refused(rows, "patient", same), UNIQUE, "uq_patient_active_mobile")
    assert refused(rows, "patient", same | {"status": "finished"}) is None
    assert refused(rows, "patient", same | {"pain_service_id": rows.theirs}) is None


# Each check by its name: what it refuses, and what lies next to that and is taken.
CHECKS: dict[str, tuple[list[Values], list[Values]]] = {
    "ck_activity_healthy_already_helps": (
        [{"behaviour": "healthy", "already_helps_line": None}],
        [{"behaviour": "curious", "already_helps_line": None}, {"behaviour": "curious"}],
    ),
    "ck_answer_number_has_number": (
        [{"kind": "number", "number": None}, {"kind": "words", "number": 3}, {"kind": "yes", "number": 0}],
        [{"kind": "number", "number": 3}, {"kind": "no", "number": None}],
    ),
    "ck_answer_number": (
        [{"kind": "number", "number": -1}, {"kind": "number", "number": 11}],
        [{"kind": "number", "number": 0}, {"kind": "number", "number": 10}],
    ),
    "ck_care_plan_active_is_agreed": (
        [{"status": "active", "agreed_revision": None}],
        [{"status": "active", "agreed_revision": 1}, {"status": "on-hold", "agreed_revision": None}],
    ),
    "ck_care_plan_agreed_exists": (
        [{"agreed_revision": 2}],
        [{"agreed_revision": 1}, {"agreed_revision": 2, "current_revision": 3}],
    ),
    "ck_goal_importance": ([{"importance": -1}, {"importance": 11}], [{"importance": 0}, {"importance": None}]),
    "ck_goal_confidence": ([{"confidence": -1}, {"confidence": 11}], [{"confidence": 10}, {"confidence": None}]),
    "ck_message_inbound_is_received": (
        [
            {"kind": "inbound", "status": "created", "nudge_id": None},
            {"kind": "reply", "status": "received", "nudge_id": None},
        ],
        [{"kind": "inbound", "status": "received", "nudge_id": None}, {"kind": "reply", "nudge_id": None}],
    ),
    "ck_message_nudge_has_nudge": (
        [{"kind": "nudge", "nudge_id": None}, {"kind": "reply"}],
        [{"kind": "safety", "nudge_id": None}],
    ),
    "ck_message_outbound_expires": (
        [{"expires_at": None}, {"kind": "safety", "nudge_id": None, "expires_at": None}],
        [{"kind": "inbound", "status": "received", "nudge_id": None, "expires_at": None}],
    ),
    "ck_message_outbound_to_patient": (
        [{"patient_id": None}, {"kind": "reply", "nudge_id": None, "patient_id": None}],
        [
            {"kind": "safety", "nudge_id": None, "patient_id": None},
            {"kind": "inbound", "status": "received", "nudge_id": None, "patient_id": None},
        ],
    ),
    "ck_message_not_too_late": (
        [{"sending_at": LATER}, {"sending_at": LATER + timedelta(days=1)}],
        [{"sending_at": LATER - timedelta(seconds=1)}, {"sending_at": None}],
    ),
    "ck_nudge_due_before_expiry": (
        [{"due_at": LATER}, {"due_at": LATER + timedelta(days=1)}],
        [{"due_at": LATER - timedelta(seconds=1)}],
    ),
    "ck_nudge_probability": (
        [{"probability": 0}, {"probability": 1.01}, {"probability": -0.5}],
        [{"probability": 0.01}, {"probability": 1}],
    ),
    "ck_nudge_held_back_with_reason": (
        [
            *({"status": status, "reason": None} for status in ("skipped", "lapsed", "cancelled")),
            {"status": "planned", "reason": "paused"},
            {"status": "sent", "reason": "paused", "texted_on": date(2026, 11, 23)},
        ],
        [{"status": status, "reason": "paused"} for status in ("skipped", "lapsed", "cancelled")],
    ),
    "ck_nudge_texted_on_a_day": (
        [{"status": "claimed", "texted_on": None}, {"status": "sent", "texted_on": None}],
        [{"status": "sent", "texted_on": date(2026, 11, 23)}, {"status": "planned", "texted_on": None}],
    ),
    "ck_pain_service_daily_ceiling": ([{"daily_ceiling": -1}, {"daily_ceiling": 11}], [{"daily_ceiling": 10}]),
    "ck_pain_service_weekly_ceiling": ([{"weekly_ceiling": -1}, {"weekly_ceiling": 51}], [{"weekly_ceiling": 0}]),
    "ck_preference_daily_ceiling": ([{"daily_ceiling": -1}], [{"daily_ceiling": 0}]),
    "ck_preference_weekly_ceiling": ([{"weekly_ceiling": -1}], [{"weekly_ceiling": 0}]),
    "ck_task_completed_at_a_time": (
        [{"status": "completed", "completed_at": None}, {"status": "requested"}],
        [{"status": "requested", "completed_at": None}, {"status": "completed", "completed_at": NOW}],
    ),
    "ck_wording_approved_by_somebody": (
        [{"approved_by": None}, {"approved_at": None}],
        [{"approved_by": None, "approved_at": None}],
    ),
}


def checks() -> dict[str, str]:
    """Every check that is no enum's, with its table."""
    return {
        named(table, constraint): table
        for table, found in TABLES.items()
        for constraint in found.constraints
        if isinstance(constraint, CheckConstraint) and not isinstance(constraint, ForeignKeyConstraint)
        if not any(isinstance(column.type, Enum) and column.type.name == constraint.name for column in found.columns)
    }


def test_every_check_is_tried() -> None:
    assert set(checks()) == set(CHECKS)


def test_a_check_refuses_this_and_takes_what_lies_next_to_it(rows: Rows) -> None:
    for name, (wrongs, rights) in CHECKS.items():
        table = checks()[name]
        for wrong in wrongs:
            assert because(refused(rows, table, rows.sound(table) | wrong), CHECK, name), (name, wrong)
        for right in rights:
            assert refused(rows, table, rows.sound(table) | right) is None, (name, right)


def test_no_attempt_begins_once_a_text_has_expired(rows: Rows) -> None:
    """P6, also for a row that was sound when it was written."""
    messages = TABLES["message"]
    text = rows.insert("message")
    begin = messages.update().where(messages.c.id == text["id"])
    found = refusal(rows.connection, begin.values(status="sending", sending_at=LATER))
    assert because(found, CHECK, "ck_message_not_too_late")
    assert refusal(rows.connection, begin.values(status="sending", sending_at=LATER - timedelta(seconds=1))) is None


def append_only() -> tuple[str, ...]:
    """The tables that the migrations name as never changing."""
    for step in ScriptDirectory(str(FOLDER)).walk_revisions():
        if hasattr(step.module, "APPEND_ONLY"):
            found: tuple[str, ...] = step.module.APPEND_ONLY
            return found
    return ()


def test_these_are_the_tables_that_never_change() -> None:
    plans = {"care_plan_revision", "already_helps", "goal", "activity", "agreement"}
    assert set(append_only()) == {*plans, "consent_event", "audit_entry"}


@pytest.mark.parametrize("table", append_only())
def test_what_is_written_there_is_never_changed_nor_removed(rows: Rows, table: str) -> None:
    found = TABLES[table]
    row = rows.insert(table)
    of_row = [column == row[column.name] for column in found.primary_key]
    assert rows.connection.scalar(select(func.count()).select_from(found).where(*of_row)) == 1
    for column in found.columns:
        same: dict[str, Any] = {column.name: column}
        changed = refusal(rows.connection, found.update().where(*of_row).values(same))
        assert because(changed, APPEND_ONLY, f"{table} is append-only"), column
    assert because(refusal(rows.connection, found.delete().where(*of_row)), APPEND_ONLY, f"{table} is append-only")
    assert because(refusal(rows.connection, found.delete()), APPEND_ONLY, f"{table} is append-only")
    assert refused(rows, table, rows.sound(table)) is None


def test_what_is_not_kept_for_ever_can_be_changed_and_removed(rows: Rows) -> None:
    for table in set(TABLES) - set(append_only()):
        found = TABLES[table]
        row = rows.insert(table)
        of_row = [column == row[column.name] for column in found.primary_key]
        column = list(found.columns)[-1]
        assert refusal(rows.connection, found.update().where(*of_row).values({column.name: column})) is None, table
        assert refusal(rows.connection, found.delete().where(*of_row)) is None, table
