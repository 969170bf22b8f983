"""Does what is past its time go, nothing that is not, and nothing at all before somebody has looked?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from api.commands.retention import document
from companion.db import Base, db
from companion.domain.refusal import ConflictError
from companion.domain.retention import RULES, SCHEDULE, AtTheEnd, RecordKind, older_than
from companion.records import retention as records
from companion.use_cases import retention
from tests.support.rows import Rows
from tests.support.sound_rows import TABLES, Values

# Three in the morning, so that the nightly run runs.
NOW = datetime(2036, 6, 15, 3, 0, tzinfo=UTC)
PAST = {kind: datetime(2036, 6, 15, tzinfo=UTC) - timedelta(days=31 * rule.months + 1) for kind, rule in RULES.items()}
YOUNG = {kind: datetime(2036, 6, 15, tzinfo=UTC) - timedelta(days=28 * rule.months - 1) for kind, rule in RULES.items()}


def left(rows: Rows, at: datetime) -> Values:
    return rows.insert("patient", status="finished", text_consent="withdrawn", enrolled_at=at)


def stranger(rows: Rows, at: datetime) -> Values:
    nobody_s = {"patient_id": None, "redacted_at": at, "created_at": at}
    text = rows.insert("message", **rows.inbound(), **nobody_s)
    answer = {"kind": "safety", "nudge_id": None, "in_reply_to": text["id"], "expires_at": at + timedelta(days=1)}
    rows.insert("message", **answer, **nobody_s)
    done = {"kind": "unknown-number", "patient_id": None, "completed_at": at}
    rows.insert("task", message_id=text["id"], **done)
    return text


def loop(rows: Rows, at: datetime) -> Values:
    return rows.insert("loop_check", started_at=at, failed_at=at)


def certified(rows: Rows, at: datetime) -> Values:
    done = {"status": "completed", "ground": "retention-over", "erased_at": at, "completed_at": at, "signature": "x"}
    row = rows.insert("erasure", **done)
    rows.insert("redaction", erasure_id=row["id"], done_at=at, provider_id=None)
    return row


MAKE: dict[RecordKind, Callable[[Rows, datetime], Values]] = {
    RecordKind.HEALTH_RECORD: left,
    RecordKind.STRANGER_TEXT: stranger,
    RecordKind.ATTEMPT: lambda rows, at: rows.insert("attempt", started_at=at, ended_at=at),
    RecordKind.SIGN_IN: lambda rows, at: rows.insert("sign_in", expires_at=at),
    RecordKind.DEVICE: lambda rows, at: rows.insert(
        "device", created_at=at - timedelta(days=1), ended_at=None, expires_at=at
    ),
    RecordKind.LOOP_CHECK: loop,
    RecordKind.ALARM: lambda rows, at: rows.insert("alarm", cleared_at=at),
    RecordKind.ERASURE_CERTIFICATE: certified,
    RecordKind.RETENTION_RUN: lambda rows, at: rows.insert("retention_run", ran_at=at),
}
OF = {
    RecordKind.HEALTH_RECORD: "patient",
    RecordKind.STRANGER_TEXT: "message",
    RecordKind.ERASURE_CERTIFICATE: "erasure",
}


def there(row: Values, kind: RecordKind) -> bool:
    table = TABLES[OF.get(kind, kind.replace("-", "_"))]
    same = [column == row[column.name] for column in table.primary_key]
    with db.engine.connect() as connection:
        return bool(connection.scalar(select(func.count()).select_from(table).where(*same)))


def planted(connection: Connection, kind: RecordKind, *dates: datetime) -> list[Values]:
    rows = Rows(connection)
    return [MAKE[kind](rows, at) for at in dates]


def whole() -> dict[str, str]:
    with db.engine.connect() as connection:
        return {
            table.name: str(sorted(str(tuple(row)) for row in connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name != "retention_run"
        }


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("kind", list(RecordKind))
def test_what_is_past_its_time_goes_and_what_is_younger_stays(kind: RecordKind) -> None:
    with db.engine.begin() as connection:
        old, young = planted(connection, kind, PAST[kind], YOUNG[kind])
    before = whole()
    [seen] = retention.dry_run(NOW, [kind])
    assert seen.found >= 1
    assert whole() == before, "a dry run changed something"
    [done] = retention.run(NOW, [kind])
    assert done.done >= 1
    removed = RULES[kind].end is AtTheEnd.REMOVED
    assert there(old, kind) is not removed
    assert there(young, kind)
    [again] = retention.run(NOW, [kind])
    assert again.found == 0


@pytest.mark.usefixtures("app")
def test_a_health_record_is_proposed_once_and_never_removed() -> None:
    kind = RecordKind.HEALTH_RECORD
    with db.engine.begin() as connection:
        [old] = planted(connection, kind, PAST[kind])
    retention.dry_run(NOW, [kind])
    retention.run(NOW, [kind])
    retention.run(NOW, [kind])
    erasures, tasks = TABLES["erasure"], TABLES["task"]
    with db.engine.connect() as connection:
        asked = connection.execute(select(erasures).where(erasures.c.patient_id == old["id"])).all()
        waits = connection.execute(select(tasks).where(tasks.c.patient_id == old["id"])).all()
    assert [(row.status, row.asked_by) for row in asked] == [("requested", "system")]
    assert [row.kind for row in waits] == ["erasure"]


@pytest.mark.usefixtures("app")
def test_nothing_is_run_that_nobody_has_looked_at_of_late() -> None:
    with pytest.raises(ConflictError, match="dry-run"):
        retention.run(NOW, [RecordKind.ALARM])
    retention.dry_run(NOW - timedelta(days=8), [RecordKind.ALARM])
    with pytest.raises(ConflictError, match="alarm"):
        retention.run(NOW)
    retention.dry_run(NOW, [RecordKind.ALARM])
    retention.run(NOW + timedelta(days=7), [RecordKind.ALARM])
    retention.run(NOW + timedelta(days=300), [RecordKind.ALARM])


@pytest.mark.usefixtures("app")
def test_at_night_it_only_counts_what_no_operator_has_begun() -> None:
    with db.engine.begin() as connection:
        tomorrow = older_than(RULES[RecordKind.ALARM], NOW) + timedelta(hours=12)
        alarm, second = planted(connection, RecordKind.ALARM, PAST[RecordKind.ALARM], tomorrow)
    assert retention.nightly(NOW.replace(hour=12)) == []
    counted = retention.nightly(NOW)
    assert {looked.kind for looked in counted} == {rule.kind for rule in SCHEDULE}
    assert all(looked.dry for looked in counted)
    assert retention.nightly(NOW + timedelta(minutes=1)) == [], "twice in a night"
    assert there(alarm, RecordKind.ALARM)
    retention.run(NOW + timedelta(hours=5), [RecordKind.ALARM])
    assert not there(alarm, RecordKind.ALARM)
    assert there(second, RecordKind.ALARM)
    looked = {each.kind: each for each in retention.nightly(NOW + timedelta(days=1))}
    assert not looked[RecordKind.ALARM].dry
    assert looked[RecordKind.SIGN_IN].dry
    assert not there(second, RecordKind.ALARM)


@pytest.mark.usefixtures("app")
def test_more_than_a_batch_goes_in_batches() -> None:
    count = 2 * records.BATCH + 3
    with db.engine.begin() as connection:
        planted(connection, RecordKind.ALARM, *[PAST[RecordKind.ALARM]] * count)
    retention.dry_run(NOW, [RecordKind.ALARM])
    [done] = retention.run(NOW, [RecordKind.ALARM])
    assert (done.found, done.done) == (count, count)


@pytest.mark.usefixtures("app")
def test_a_text_that_waits_or_proves_a_stop_stays() -> None:
    kind = RecordKind.STRANGER_TEXT
    with db.engine.begin() as connection:
        rows = Rows(connection)
        old = {"patient_id": None, "created_at": PAST[kind], "redacted_at": PAST[kind]}
        waits, proves, kept = (rows.insert("message", **rows.inbound(), **old) for _ in range(3))
        open_ = {"kind": "unknown-number", "patient_id": None, "status": "requested", "completed_at": None}
        rows.insert("task", message_id=waits["id"], **open_)
        rows.insert("consent_event", message_id=proves["id"])
        text = TABLES["message"]
        connection.execute(text.update().where(text.c.id == kept["id"]).values(redacted_at=None))
    retention.dry_run(NOW, [kind])
    [done] = retention.run(NOW, [kind])
    assert done.done == 0
    assert all(there(row, kind) for row in (waits, proves, kept))


def test_the_document_is_the_schedule(app: Flask) -> None:
    with open("docs/retention.md", encoding="utf-8") as file:
        assert file.read() == document(), "flask --app wsgi retention schedule > docs/retention.md"
    found = app.test_cli_runner().invoke(args=["retention", "run", "--dry-run"])
    assert found.exit_code == 0, found.output
    assert all(kind.value in found.output for kind in RecordKind)
    refused = app.test_cli_runner().invoke(args=["retention", "run", "--kind", "nonsense"])
    assert refused.exit_code == 2
    assert app.test_cli_runner().invoke(args=["retention", "run", "--kind", "alarm"]).exit_code == 0
