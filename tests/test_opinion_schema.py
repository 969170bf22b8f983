"""Does the schema hold a second opinion to its one giver, who wrote nothing of it, and to its one end?"""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from companion.db import db
from tests.support.databases import both
from tests.support.plan_checks import UNANSWERED
from tests.support.refusal import APPEND_ONLY, UNIQUE, because, refusal, refused
from tests.support.rows import Rows
from tests.support.sound_rows import LATER, TABLES, Values, another
from tests.test_append_only import DECIDED

pytestmark = both

TABLE = "second_opinion"
KEPT = "second_opinion is append-only"
SAME_KEY, LATER_KEY = b"\x01" + bytes(27) + b"\x02", b"\x02" + bytes(28)


def changed(rows: Rows, row: Values, **values: Any) -> tuple[str, str] | None:
    """How the change is refused, if it is; nothing stays of it."""
    found = TABLES[TABLE]
    return refusal(rows.connection, found.update().where(found.c.id == row["id"]).values(values))


def set_to(rows: Rows, row: Values, **values: Any) -> None:
    found = TABLES[TABLE]
    rows.connection.execute(found.update().where(found.c.id == row["id"]).values(values))


def test_a_plan_has_one_open_question(rows: Rows) -> None:
    rows.insert(TABLE, **UNANSWERED)
    again = rows.sound(TABLE)
    assert because(refused(rows, TABLE, again | UNANSWERED), UNIQUE, "uq_second_opinion_open")
    assert refused(rows, TABLE, again) is None
    elsewhere = rows.insert("care_plan", patient_id=rows.amina)["id"]
    rows.insert("care_plan_revision", care_plan_id=elsewhere, number=1)
    assert refused(rows, TABLE, again | UNANSWERED | {"care_plan_id": elsewhere}) is None


def test_nobody_judges_what_they_wrote(rows: Rows) -> None:
    """Ben wrote revision 1 and Eve the next; the rule is about the revision that the opinion is of."""
    sound = rows.sound(TABLE)
    theirs = rows.insert("care_plan_revision", author_id=rows.eve)["number"]
    own = "of their own plan"
    assert because(refused(rows, TABLE, sound | {"closed_by": rows.ben}), APPEND_ONLY, own)
    assert because(refused(rows, TABLE, sound | {"revision_number": theirs, "became_revision": None}), APPEND_ONLY, own)
    row = rows.insert(TABLE, **UNANSWERED)
    given = {name: sound[name] for name in UNANSWERED} | {"became_revision": None}
    assert because(changed(rows, row, **(given | {"closed_by": rows.ben})), APPEND_ONLY, own)
    assert because(changed(rows, row, **(given | {"revision_number": theirs})), APPEND_ONLY, own)
    assert changed(rows, row, **(given | {"revision_number": theirs, "closed_by": rows.ben})) is None
    assert changed(rows, row, **given) is None
    # Whoever wrote it may well take the question back.
    assert changed(rows, row, **(given | {"status": "withdrawn", "outcome": None, "closed_by": rows.ben})) is None


def test_what_was_asked_never_changes_and_what_was_said_is_said_once(rows: Rows) -> None:
    sound = rows.sound(TABLE)
    row = rows.insert(TABLE, **UNANSWERED)
    may = {"revision_number", "task_id", "access_grant_id", *UNANSWERED}
    for name in set(row) - may:
        value = {"question_sealed": SAME_KEY, "asked_at": LATER}.get(name, another(row[name]))
        assert because(changed(rows, row, **{name: value}), APPEND_ONLY, KEPT), name
    assert changed(rows, row, question_sealed=LATER_KEY) is None
    assert changed(rows, row, access_grant_id=None) is None
    set_to(rows, row, **({name: sound[name] for name in UNANSWERED} | {"became_revision": None}))
    again: Values = {
        **{name: another(sound[name]) for name in ("revision_number", "task_id", "access_grant_id", "closed_by")},
        "closed_at": LATER + timedelta(1),
        "outcome": "other",
        "words_sealed": SAME_KEY,
        "status": "withdrawn",
    }
    assert set(again) | {"became_revision"} == may
    for name, value in again.items():
        assert because(changed(rows, row, **{name: value}), APPEND_ONLY, KEPT), name
    assert because(changed(rows, row, **UNANSWERED), APPEND_ONLY, KEPT)
    assert changed(rows, row, words_sealed=LATER_KEY) is None
    set_to(rows, row, became_revision=sound["became_revision"])
    for number in (None, rows.insert("care_plan_revision")["number"]):
        assert because(changed(rows, row, became_revision=number), APPEND_ONLY, KEPT), number


def test_it_goes_with_a_decided_erasure_alone(rows: Rows) -> None:
    row = rows.insert(TABLE)
    gone = TABLES[TABLE].delete().where(TABLES[TABLE].c.id == row["id"])
    assert because(refusal(rows.connection, gone), APPEND_ONLY, KEPT)
    if db.engine.dialect.name == "postgresql":
        assert because(refusal(rows.connection, text(f"TRUNCATE {TABLE}")), APPEND_ONLY, KEPT)
    else:
        over_it = TABLES[TABLE].insert().prefix_with("OR REPLACE").values(row)
        assert because(refusal(rows.connection, over_it), APPEND_ONLY, KEPT)
    rows.insert("erasure", patient_id=rows.amina, status="approved", **DECIDED)
    assert refusal(rows.connection, gone) is None
