"""Does the schema hold an access to one record to its kind, its time and its end? On both databases."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from companion.db import db
from tests.support.databases import both
from tests.support.refusal import APPEND_ONLY, CHECK, FOREIGN, because, refusal, refused
from tests.support.rows import Rows
from tests.support.sound_rows import LATER, NOW, TABLES, Values, another
from tests.test_append_only import DECIDED

pytestmark = both

TABLE = "access_grant"
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def broken(rows: Rows, **changes: Any) -> Values:
    """Ben's own, in an emergency, for an hour; not ended."""
    own = {"kind": "break-glass", "holder_service_id": rows.ours, "holder_id": rows.ben, "granted_by": rows.ben}
    return rows.sound(TABLE) | own | {"until_at": NOW + HOUR, "ended_at": None, "ended_by": None} | changes


def test_the_glass_is_broken_by_oneself_in_one_s_own_pain_service(rows: Rows) -> None:
    assert refused(rows, TABLE, broken(rows)) is None
    colleague = rows.insert("staff")["id"]
    for_another = broken(rows, granted_by=colleague)
    assert because(refused(rows, TABLE, for_another), CHECK, "ck_access_grant_holder")
    eve = {"holder_service_id": rows.theirs, "holder_id": rows.eve}
    assert because(refused(rows, TABLE, broken(rows, **eve)), CHECK, "ck_access_grant_holder")
    lied = {"holder_service_id": rows.ours, "holder_id": rows.eve, "granted_by": rows.eve}
    assert because(refused(rows, TABLE, broken(rows, **lied)), FOREIGN, "fk_access_grant_")


def test_a_partner_works_elsewhere_and_is_let_in_by_the_patient_s_own(rows: Rows) -> None:
    colleague = {"holder_service_id": rows.ours, "holder_id": rows.insert("staff")["id"]}
    found = refused(rows, TABLE, rows.sound(TABLE) | colleague)
    assert because(found, CHECK, "ck_access_grant_holder")
    let_in_by_eve = rows.sound(TABLE) | {"granted_by": rows.eve}
    assert because(refused(rows, TABLE, let_in_by_eve), FOREIGN, "fk_access_grant_pain_service_id_granted_by")


def test_it_lasts_no_longer_than_its_kind_may(rows: Rows) -> None:
    for longest, values in ((HOUR, broken(rows)), (90 * DAY, rows.sound(TABLE))):
        assert refused(rows, TABLE, values | {"until_at": NOW + longest}) is None
        found = refused(rows, TABLE, values | {"until_at": NOW + longest + SECOND})
        assert because(found, APPEND_ONLY, "too long")


def test_nothing_of_it_changes_but_its_end_and_that_once(rows: Rows) -> None:
    found = TABLES[TABLE]
    row = rows.insert(TABLE, ended_at=None, ended_by=None)
    this = found.c.id == row["id"]
    others = {
        "id": rows.amina,
        "pain_service_id": rows.theirs,
        "patient_id": rows.their_patient,
        "kind": "break-glass",
        "holder_service_id": rows.theirs,
        "holder_id": rows.eve,
        "granted_by": rows.insert("staff")["id"],
        "reason_sealed": another(row["reason_sealed"]),
        "from_at": NOW + SECOND,
        "until_at": LATER + SECOND,
    }
    assert {column.name for column in found.columns} - set(others) == {"ended_at", "ended_by"}
    for name, value in others.items():
        changed = refusal(rows.connection, found.update().where(this).values({name: value}))
        assert because(changed, APPEND_ONLY, "append-only but for its end"), name
    end = {"ended_at": LATER, "ended_by": rows.ben}
    later_key = {"reason_sealed": b"\x02" + row["reason_sealed"][1:]}
    assert refusal(rows.connection, found.update().where(this).values(later_key)) is None
    assert because(refusal(rows.connection, found.update().where(this).values(later_key | {"from_at": NOW + SECOND})),
                   APPEND_ONLY, "append-only but for its end")  # fmt: skip
    assert refusal(rows.connection, found.update().where(this).values(end)) is None
    rows.connection.execute(found.update().where(this).values(end))
    for again in ({"ended_at": LATER + SECOND}, {"ended_at": None, "ended_by": None}, end):
        assert because(
            refusal(rows.connection, found.update().where(this).values(again)), APPEND_ONLY, "but for its end"
        )
    assert refusal(rows.connection, found.update().where(this).values(later_key)) is None
    rows.connection.execute(found.update().where(this).values(later_key))
    assert because(refusal(rows.connection, found.update().where(this).values(later_key)), APPEND_ONLY, "append-only")


def test_it_goes_with_a_decided_erasure_alone(rows: Rows) -> None:
    row = rows.insert(TABLE)
    gone = TABLES[TABLE].delete().where(TABLES[TABLE].c.id == row["id"])
    assert because(refusal(rows.connection, gone), APPEND_ONLY, "append-only")
    if db.engine.dialect.name == "postgresql":
        assert because(refusal(rows.connection, text(f"TRUNCATE {TABLE} CASCADE")), APPEND_ONLY, "append-only")
    else:
        over_it = TABLES[TABLE].insert().prefix_with("OR REPLACE").values(row)
        assert because(refusal(rows.connection, over_it), APPEND_ONLY, "append-only")
    rows.insert("erasure", patient_id=rows.amina, status="approved", **DECIDED)
    assert refusal(rows.connection, gone) is None
