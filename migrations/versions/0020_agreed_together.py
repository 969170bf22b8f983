"""What patients suggest for their plan, with the answers; and when they were asked by a text to agree."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
# Joins those of earlier migrations.
APPEND_ONLY = ("agreement_request",)
NEW = ("suggestion", "agreement_request")
TASKS = (
    "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending', 'emergency-access', "
    "'correction', 'restriction', 'erasure', 'review-due'"
)
# Of a suggestion: what was said, which never changes, and what was answered, which is said once.
SAID = ("id", "pain_service_id", "patient_id", "care_plan_id", "revision_number", "line", "task_id", "asked_at")
ANSWERED = ("status", "answered_at", "answered_by", "accepted_revision")


def upgrade() -> None:
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS})", f"kind IN ({TASKS}, 'suggestion')")
    _suggestion()
    _agreement_request()
    for table in NEW:
        _keep(table)


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
        if _on_postgresql():
            op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")
    # The older release has not this word, and would ask for nothing by it.
    op.execute("DELETE FROM task WHERE kind = 'suggestion'")
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS}, 'suggestion')", f"kind IN ({TASKS})")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _of_revision(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f(f"fk_{table}_pain_service_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "care_plan_id"],
            ["care_plan.pain_service_id", "care_plan.patient_id", "care_plan.id"],
            name=op.f(f"fk_{table}_pain_service_id_patient_id_care_plan_id"),
        ),
        _to_revision(table, "revision_number"),
    ]


def _to_revision(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["care_plan_id", column],
        ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
        name=op.f(f"fk_{table}_care_plan_id_{column}"),
    )


def _suggestion() -> None:
    table = "suggestion"
    statuses = sa.Enum(
        "requested",
        "accepted",
        "declined",
        name="suggestionstatus",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    checks = {
        "answered_at_a_time": "(status = 'requested') = (answered_at IS NULL)",
        "accepted_into_a_revision": "(status = 'accepted') = (accepted_revision IS NOT NULL)",
        "accepted_into_another": "accepted_revision <> revision_number",
        "declined_with_why": "status <> 'declined' OR answer_sealed IS NOT NULL",
    }
    op.create_table(
        table,
        *_of_revision(table),
        sa.Column("line", sa.String(length=40), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("status", statuses, nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_revision", sa.Integer(), nullable=True),
        _to_revision(table, "accepted_revision"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_suggestion_task_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_suggestion_answered_by")),
        *(sa.CheckConstraint(words, name=op.f(f"ck_suggestion_{name}")) for name, words in checks.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index("ix_suggestion_patient_id", table, ["patient_id"])
    op.create_index("ix_suggestion_task_id", table, ["task_id"])
    _answered_once()


def _answered_once() -> None:
    """Only the one answer, and a seal under a later key (0016), change a row."""
    same = "IS NOT DISTINCT FROM" if _on_postgresql() else "IS"
    said = " AND ".join([*(f"NEW.{name} {same} OLD.{name}" for name in SAID), _same_seal("words_sealed", same)])
    answered = " AND ".join(
        [*(f"NEW.{name} {same} OLD.{name}" for name in ANSWERED), _same_seal("answer_sealed", same)]
    )
    when = f"NOT ({said} AND (OLD.status = 'requested' OR ({answered})))"
    if _on_postgresql():
        op.execute(
            "CREATE TRIGGER suggestion_answered_once BEFORE UPDATE ON suggestion "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER suggestion_answered_once BEFORE UPDATE ON suggestion WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, 'suggestion is append-only'); END"
    )


def _same_seal(name: str, same: str) -> str:
    later = f"substr(NEW.{name}, 1, 1) > substr(OLD.{name}, 1, 1)"
    return f"(NEW.{name} {same} OLD.{name} OR coalesce({later}, {'false' if _on_postgresql() else 0}))"


def _agreement_request() -> None:
    table = "agreement_request"
    op.create_table(
        table,
        *_of_revision(table),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_agreement_request_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_request")),
    )
    op.create_index("ix_agreement_request_patient_id", table, ["patient_id"])
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _keep(table: str) -> None:
    """Only a decided erasure removes a row (0014)."""
    decided = "EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id AND status = 'approved')"
    if _on_postgresql():
        op.execute(
            f"CREATE FUNCTION refuse_loss_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {decided} THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_loss BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {decided} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _change_check(table: str, name: str, old: str, new: str) -> None:
    """Give a check another condition, every row kept: on SQLite as migration 0008 does, which says why."""
    if _on_postgresql():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({new})")
        return
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = ON")
    run(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (f"CONSTRAINT {name} CHECK ({old})", f"CONSTRAINT {name} CHECK ({new})", table),
    )
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = OFF")
