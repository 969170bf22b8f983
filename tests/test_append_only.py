"""What is written once for all, and what lets go of it? Held by the schema, on both databases."""

from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Executable,
    func,
    null,
    select,
    text,
)

from api.server.migration import FOLDER
from companion.db import db
from companion.domain.erasure import ErasureStatus
from companion.domain.working_hours import WEEK
from companion.sealed import sealed_tables, words_of
from tests.support.databases import both
from tests.support.refusal import APPEND_ONLY, CHECK, FOREIGN, NOT_NULL, UNIQUE, because, refusal, refused
from tests.support.rows import Rows
from tests.support.sound_rows import LATER, NOW, TABLES, Values, another

pytestmark = both


def append_only() -> tuple[str, ...]:
    """The tables that the migrations name as never changing."""
    steps = ScriptDirectory(str(FOLDER)).walk_revisions()
    return tuple(table for step in steps for table in getattr(step.module, "APPEND_ONLY", ()))


def test_these_are_the_tables_that_never_change() -> None:
    lines = {"already_helps", "goal", "activity", "need", "medicine_to_review", "plan_contact"}
    plans = {"care_plan_revision", "agreement", "agreement_request", *lines}
    directory = {"resource_check", "resource_event"}
    assert set(append_only()) == {*plans, "consent_event", "audit_entry", *PATHWAYS, *directory, "plan_start"}


def test_what_is_written_there_is_never_changed_nor_removed(rows: Rows) -> None:
    for table in append_only():
        found, row = TABLES[table], rows.insert(table)
        of_row = [column == row[column.name] for column in found.primary_key]
        assert rows.connection.scalar(select(func.count()).select_from(found).where(*of_row)) == 1
        for column in found.columns:
            same: dict[str, Any] = {column.name: column}
            changed = refusal(rows.connection, found.update().where(*of_row).values(same))
            assert because(changed, APPEND_ONLY, f"{table} is append-only"), column
        for removed in (found.delete().where(*of_row), found.delete()):
            assert because(refusal(rows.connection, removed), APPEND_ONLY, f"{table} is append-only"), table


def test_what_never_changes_may_be_sealed_anew_and_only_under_a_later_key(rows: Rows) -> None:
    for model in sealed_tables():
        table = model.__tablename__
        if table not in append_only():
            continue
        found, row = TABLES[table], rows.insert(table)
        change = found.update().where(*[column == row[column.name] for column in found.primary_key])
        seals = [words.column for words in words_of(model) if row.get(words.column) is not None]
        assert seals, table
        later = {name: b"\x02" + row[name][1:] for name in seals}
        assert refusal(rows.connection, change.values(later)) is None, table
        for name in seals:
            for same_key in (row[name][:-1] + b"\x09", b"\x00" + row[name][1:], b""):
                refused_ = refusal(rows.connection, change.values(later | {name: same_key}))
                assert because(refused_, APPEND_ONLY, f"{table} is append-only"), (table, name)
        others = [column.name for column in found.columns if column.name not in seals]
        for name in others:
            value = _other(found.c[name], row.get(name))
            changed = refusal(rows.connection, change.values(later | {name: value}))
            assert because(changed, APPEND_ONLY, f"{table} is append-only"), (table, name)
        rows.connection.execute(change.values(later))
        assert because(refusal(rows.connection, change.values(later)), APPEND_ONLY, f"{table} is append-only"), table


def _other(column: Column[Any], value: Any) -> Any:
    """Another value that the column's type takes, whatever the row has there."""
    kind = type(value) if value is not None else getattr(column.type, "impl", column.type).python_type
    kinds: dict[type, Any] = {
        datetime: LATER + timedelta(1),
        UUID: uuid4(),
        int: 999_999,
        time: time(3),
        date: LATER.date() + timedelta(9),
        list: ["x"],
        frozenset: {WEEK[6]},
        bytes: b"\x03",
    }
    return kinds.get(kind, another(value))


def test_a_suggestion_is_answered_once_and_what_was_said_never_changes(rows: Rows) -> None:
    suggestions = TABLES["suggestion"]
    answer = rows.sound("suggestion")
    open_ = {"status": "requested", "answer_sealed": None, "answered_at": None, "answered_by": None}
    row = rows.insert("suggestion", **open_, accepted_revision=None)
    change = suggestions.update().where(suggestions.c.id == row["id"])
    answered = {name: answer[name] for name in (*open_, "accepted_revision")}
    for name in set(row) - set(answered):
        same_key = b"\x01" + bytes(27) + b"\x02"
        value = same_key if name == "words_sealed" else _other(suggestions.c[name], row[name])
        found = refusal(rows.connection, change.values({name: value}))
        assert because(found, APPEND_ONLY, "suggestion is append-only"), name
    assert refusal(rows.connection, change.values(words_sealed=b"\x02" + bytes(28))) is None
    assert refusal(rows.connection, change.values(answered)) is None
    rows.connection.execute(change.values(answered))
    again = {"answered_at": LATER + timedelta(1), "answered_by": None, "status": "declined", "accepted_revision": None}
    for name, value in again.items():
        found = refusal(rows.connection, change.values({name: value}))
        assert because(found, APPEND_ONLY, "suggestion is append-only"), name
    for seal in (None, b"\x01" + bytes(27) + b"\x02"):
        found = refusal(rows.connection, change.values(answer_sealed=seal))
        assert because(found, APPEND_ONLY, "suggestion is append-only"), seal
    assert refusal(rows.connection, change.values(answer_sealed=b"\x02" + bytes(28))) is None
    gone = suggestions.delete().where(suggestions.c.id == row["id"])
    assert because(refusal(rows.connection, gone), APPEND_ONLY, "suggestion is append-only")
    rows.insert("erasure", patient_id=rows.amina, status=ErasureStatus.APPROVED, **DECIDED)
    assert refusal(rows.connection, gone) is None


def test_a_version_of_a_template_is_approved_once_by_another_and_says_the_same_for_ever(rows: Rows) -> None:
    versions = TABLES["plan_template_version"]
    row = rows.insert("plan_template_version", approved_by=None, approved_at=None)
    change = versions.update().where(versions.c.template_id == row["template_id"])
    approval = {"approved_by": rows.insert("staff", pain_service_id=rows.ours)["id"], "approved_at": LATER}
    for name in set(row) - set(approval):
        value = {"suits": "!"} if name == "content" else _other(versions.c[name], row[name])
        found = refusal(rows.connection, change.values({name: value}))
        assert because(found, APPEND_ONLY, "plan_template_version is append-only"), name
    by_author = change.values(approval | {"approved_by": rows.ben})
    assert because(refusal(rows.connection, by_author), CHECK, "ck_plan_template_version_approved_by_another")
    # What came with the product was written by nobody here.
    shipped = rows.sound("plan_template_version") | {"author_id": None, "approved_by": rows.ben}
    assert refused(rows, "plan_template_version", shipped) is None
    assert refusal(rows.connection, change.values(approval)) is None
    rows.connection.execute(change.values(approval))
    for again in (approval, {"approved_by": None, "approved_at": None}, {"approved_at": NOW}):
        found = refusal(rows.connection, change.values(again))
        assert because(found, APPEND_ONLY, "plan_template_version is append-only"), again
    gone = versions.delete().where(versions.c.template_id == row["template_id"])
    assert because(refusal(rows.connection, gone), APPEND_ONLY, "plan_template_version is append-only")


def test_no_plan_begins_with_what_nobody_approved(rows: Rows) -> None:
    waits = rows.insert("plan_template_version", approved_by=None, approved_at=None)
    start = rows.sound("plan_start") | {"template_id": waits["template_id"]}
    for approved_by in (start["approved_by"], rows.ben):
        found = refused(rows, "plan_start", start | {"approved_by": approved_by})
        assert because(found, FOREIGN, "fk_plan_start_approved_version")
    assert because(refused(rows, "plan_start", start | {"approved_by": null()}), NOT_NULL, "approved_by")


def test_there_is_no_way_round_that(rows: Rows) -> None:
    for table in append_only():
        row = rows.insert(table)
        if db.engine.dialect.name == "postgresql":
            round_about: Executable = text(f"TRUNCATE {table} CASCADE")
        else:
            round_about = TABLES[table].insert().prefix_with("OR REPLACE").values(row)
        assert because(refusal(rows.connection, round_about), APPEND_ONLY, "append-only"), table


# What goes when the erasure of its patient was decided on; the audit trail never does.
PATHWAYS = ("pathway_move", "hospital_referral")
LINES = ("already_helps", "goal", "activity", "need", "medicine_to_review", "plan_contact")
ERASABLE = (
    "care_plan_revision",
    *LINES,
    "agreement",
    "agreement_request",
    "consent_event",
    *PATHWAYS,
    "resource_event",
    "plan_start",
)
DECIDED: Values = {"ground": "wrongly-enrolled", "from_at": LATER}
STAGES: dict[ErasureStatus, Values] = {
    **{status: {} for status in ErasureStatus},
    ErasureStatus.ERASED: {"erased_at": LATER},
    ErasureStatus.COMPLETED: {"erased_at": LATER, "completed_at": LATER, "signature": "x"},
}


def test_only_a_decided_erasure_lets_go_of_a_patient_s_and_of_nobody_else_s(rows: Rows) -> None:
    for table, (status, stage) in product(ERASABLE, STAGES.items()):
        savepoint = rows.connection.begin_nested()
        found, row = TABLES[table], rows.insert(table)
        gone = found.delete().where(*(column == row[column.name] for column in found.primary_key))
        rows.insert("erasure", patient_id=rows.their_patient, **DECIDED, **stage, status=status)
        assert because(refusal(rows.connection, gone), APPEND_ONLY, "append-only"), (table, "by another's")
        rows.insert("erasure", patient_id=rows.amina, **DECIDED, **stage, status=status)
        let_go = refusal(rows.connection, gone) is None
        assert let_go is (status is ErasureStatus.APPROVED), (table, status)
        same: dict[str, Any] = {column.name: column for column in found.primary_key}
        assert because(refusal(rows.connection, found.update().values(same)), APPEND_ONLY, "append-only"), table
        savepoint.rollback()
    assert set(append_only()) - set(ERASABLE) == {"audit_entry", "resource_check"}


def test_an_erasure_that_is_under_way_is_not_forgotten(rows: Rows) -> None:
    erasures = TABLES["erasure"]
    for status in (ErasureStatus.APPROVED, ErasureStatus.ERASED):
        row = rows.insert("erasure", **DECIDED, **STAGES[status], status=status)
        found = refusal(rows.connection, erasures.delete().where(erasures.c.id == row["id"]))
        assert because(found, APPEND_ONLY, "under way")


def test_a_patient_has_one_restriction_and_one_erasure_at_a_time(rows: Rows) -> None:
    standing = rows.insert("restriction", lifted_at=None, lifted_by=None)
    second = rows.sound("restriction") | {"patient_id": standing["patient_id"]}
    assert refused(rows, "restriction", second) is None
    again = second | {"lifted_at": None, "lifted_by": None}
    assert because(refused(rows, "restriction", again), UNIQUE, "uq_restriction_open")
    asked = rows.insert("erasure", status="requested")
    for status in ("requested", "approved"):
        more = rows.sound("erasure") | DECIDED | {"patient_id": asked["patient_id"], "status": status}
        assert because(refused(rows, "erasure", more), UNIQUE, "uq_erasure_open")
    assert refused(rows, "erasure", rows.sound("erasure") | {"patient_id": asked["patient_id"]}) is None


def test_what_is_not_kept_for_ever_can_be_changed_and_removed(rows: Rows) -> None:
    # Of an access the end alone comes (test_access_schema.py), of a suggestion the answer and of a template's version
    # the approval (above), and of a second opinion what closes it (test_opinion_schema.py).
    once = {"access_grant", "suggestion", "second_opinion", "plan_template_version"}
    for table in set(TABLES) - {*append_only(), *once}:
        found = TABLES[table]
        row = rows.insert(table)
        of_row = [column == row[column.name] for column in found.primary_key]
        column = list(found.columns)[-1]
        assert refusal(rows.connection, found.update().where(*of_row).values({column.name: column})) is None, table
        assert refusal(rows.connection, found.delete().where(*of_row)) is None, table
