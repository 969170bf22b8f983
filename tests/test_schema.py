"""Do the promises that stand in the schema hold against whoever writes past the use cases? On both databases."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Enum,
    Executable,
    UniqueConstraint,
    func,
    null,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from api.migration import FOLDER
from companion.db import db
from companion.domain.care_plan import AGREED, MOVES, CarePlanStatus
from companion.domain.erasure import ErasureStatus
from companion.domain.message import MessageStatus, can_move
from companion.domain.working_hours import WEEK
from companion.sealed import sealed_tables, words_of
from tests.checks import CHECKS
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


def test_a_sound_row_is_taken(rows: Rows) -> None:
    """The control of everything below: what is refused there is this very row, changed in one respect."""
    for table in [*TABLES, *TABLES]:
        assert refused(rows, table, rows.sound(table)) is None
        rows.insert(table)


def test_no_column_holds_a_word_that_its_enum_has_not(rows: Rows) -> None:
    # These are bound to another column by a check of their own.
    besides: dict[tuple[str, str], Values] = {
        ("device_token", "kind"): {"used_at": None},
        ("message", "kind"): {"nudge_id": None},
        ("nudge", "reason"): {"status": "skipped"},
        ("task", "status"): {"completed_at": None},
        ("pathway", "step"): {"review_on": None},
        ("suggestion", "status"): {"accepted_revision": None},
        ("second_opinion", "status"): {"outcome": None, "became_revision": None},
    }
    # A narrower check speaks of these as well, and may be the first to.
    way, why = "ck_pathway_move_way", "ck_pathway_move_reason_of_step"
    narrower = {
        ("pathway_move", "from_step"): (way,),
        ("pathway_move", "to_step"): (way, why),
        ("pathway_move", "reason"): (why,),
    }
    seen = 0
    for table, found in TABLES.items():
        for column in found.columns:
            if not isinstance(column.type, Enum):
                continue
            seen += 1
            wrong = rows.sound(table) | besides.get((table, column.name), {}) | {column.name: "nonsense"}
            names = (f"ck_{table}_{column.type.name}", *narrower.get((table, column.name), ()))
            assert because(refused(rows, table, wrong), CHECK, *names), column
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
        # Some of these name somebody of that pain service's staff as well, and their key may speak first.
        keys = [str(key.name) for key in TABLES[table].foreign_key_constraints if "pain_service_id" in key.column_keys]
        assert name in keys
        assert because(refused(rows, table, values | {"pain_service_id": rows.theirs}), FOREIGN, *keys), table
        assert because(refused(rows, table, values | {"patient_id": rows.their_patient}), FOREIGN, name), table


def test_no_row_of_a_patient_is_moved_to_another_pain_service(rows: Rows) -> None:
    for table in of_patients():
        moved = TABLES[table].update().values(pain_service_id=rows.theirs)
        rows.insert(table)
        found = refusal(rows.connection, moved)
        assert (found or ("taken", ""))[0] in (FOREIGN, APPEND_ONLY), table


def test_what_must_be_there_is_there(rows: Rows) -> None:
    for table, found in TABLES.items():
        for column in found.columns:
            if column.nullable or column.autoincrement is True or column is found.autoincrement_column:
                continue
            without = rows.sound(table) | {column.name: null()}
            assert because(refused(rows, table, without), NOT_NULL, column.name), column


# Told apart from the partial index beside it by hand, below.
SLOT = "uq_nudge_slot"


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


def test_a_slot_has_one_nudge_a_revision_and_preference(rows: Rows) -> None:
    held = rows.insert("nudge", status="skipped", reason="paused")
    again = rows.sound("nudge") | {"slot_on": held["slot_on"]}
    assert because(refused(rows, "nudge", again), UNIQUE, SLOT)
    assert refused(rows, "nudge", again | {"slot_on": held["slot_on"] + timedelta(days=500)}) is None
    rows.insert("activity", line="swim")
    assert refused(rows, "nudge", again | {"line": "swim"}) is None
    assert refused(rows, "nudge", again | {"preference_version": 2}) is None


def test_a_slot_has_one_live_nudge_whatever_the_revision(rows: Rows) -> None:
    rows.insert("care_plan_revision", number=1_000)
    rows.insert("already_helps", revision_number=1_000, line="lunch-walk")
    rows.insert("activity", revision_number=1_000, line="walk", goal_line=None)
    texted = {"texted_on": date(2026, 11, 23)}
    live, over = ("planned", "claimed", "sent"), ("skipped", "lapsed", "cancelled")
    for first, second in product([*live, *over], live):
        old = rows.insert("nudge", status=first, reason="expired" if first in over else None, **texted)
        new = rows.sound("nudge") | texted | {"slot_on": old["slot_on"], "revision_number": 1_000, "status": second}
        found = refused(rows, "nudge", new)
        assert because(found, UNIQUE, "uq_nudge_one_live") if first in live else found is None, (first, second)
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


def test_a_plan_s_status_moves_as_the_rules_say_and_it_is_never_counted_back(rows: Rows) -> None:
    plans = TABLES["care_plan"]
    agreed = {"current_revision": 5, "agreed_revision": 1, "version": 5}
    for old, new in product(CarePlanStatus, CarePlanStatus):
        savepoint = rows.connection.begin_nested()
        row = rows.insert("care_plan", status=old, **agreed)
        change = plans.update().where(plans.c.id == row["id"])
        found = refusal(rows.connection, change.values(status=new))
        may = old == new or new in MOVES[old] or (old, new) == AGREED
        assert found is None if may else because(found, APPEND_ONLY, "move like this"), (old, new)
        for column in ("version", "current_revision"):
            assert because(refusal(rows.connection, change.values({column: 4})), APPEND_ONLY, "move like this")
            assert refusal(rows.connection, change.values({column: 6})) is None
        savepoint.rollback()


def test_a_mobile_is_one_active_patient_s_of_a_pain_service(rows: Rows) -> None:
    amina = rows.insert("patient")
    same = rows.sound("patient") | {"mobile_index": amina["mobile_index"]}
    assert because(refused(rows, "patient", same), UNIQUE, "uq_patient_active_mobile")
    assert refused(rows, "patient", same | {"status": "finished"}) is None
    assert refused(rows, "patient", same | {"pain_service_id": rows.theirs}) is None


def test_an_address_has_one_open_invitation(rows: Rows) -> None:
    waiting = {"accepted_at": None, "staff_id": None}
    first = rows.insert("invitation", **waiting)
    again = rows.sound("invitation") | {"email_index": first["email_index"]}
    assert because(refused(rows, "invitation", again | waiting), UNIQUE, "uq_invitation_open_email")
    assert refused(rows, "invitation", again) is None
    assert refused(rows, "invitation", again | waiting | {"withdrawn_at": LATER}) is None


def checks() -> dict[str, str]:
    """Every check that is no enum's, with its table."""
    of_enums = {
        f"ck_{table}_{column.type.name}"
        for table, found in TABLES.items()
        for column in found.columns
        if isinstance(column.type, Enum)
    }
    every = {
        named(table, constraint): table
        for table, found in TABLES.items()
        for constraint in found.constraints
        if isinstance(constraint, CheckConstraint)
    }
    return {name: table for name, table in every.items() if name not in of_enums}


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


def test_a_text_moves_forward_only_whoever_writes_it(rows: Rows) -> None:
    """P3 by trigger: the same moves as companion.domain.message has, no more and no fewer."""
    messages = TABLES["message"]
    for old, new in product(MessageStatus, MessageStatus):
        if MessageStatus.RECEIVED in (old, new):
            continue  # an inbound text, and another check, of its own
        text_id = rows.insert("message", status=old)["id"]
        found = refusal(rows.connection, messages.update().where(messages.c.id == text_id).values(status=new))
        if old is new or can_move(old, new):
            assert found is None, (old, new)
        else:
            assert because(found, APPEND_ONLY, "a text does not go"), (old, new)


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
