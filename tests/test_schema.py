"""Do the promises that stand in the schema hold against whoever writes past the use cases? On both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from sqlalchemy import (
    CheckConstraint,
    Enum,
    UniqueConstraint,
    null,
)

from companion.domain.care_plan import AGREED, MOVES, CarePlanStatus
from companion.domain.message import MessageStatus, can_move
from tests.support.checks import CHECKS
from tests.support.databases import both
from tests.support.refusal import APPEND_ONLY, CHECK, FOREIGN, NOT_NULL, UNIQUE, because, refusal, refused
from tests.support.rows import Rows
from tests.support.sound_rows import LATER, TABLES, Values, another

pytestmark = both


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
