"""The directory of resources: what can help nearby, who checked it, and what came of it for whom."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

APPEND_ONLY = ("resource_check", "resource_event")
AT = companion.db.UtcDateTime(timezone=True)
TASKS = (
    "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending', 'emergency-access', "
    "'correction', 'restriction', 'erasure', 'review-due', 'suggestion'"
)
NEW_TASKS = f"{TASKS}, 'check-directory'"


def upgrade() -> None:
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS})", f"kind IN ({NEW_TASKS})")
    _resource()
    _resource_check()
    _resource_event()
    for table in APPEND_ONLY:
        _guard(table)


def downgrade() -> None:
    for table in ("resource_event", "resource_check", "resource"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")
    op.execute("DELETE FROM task WHERE kind = 'check-directory'")
    _change_check("task", "ck_task_taskkind", f"kind IN ({NEW_TASKS})", f"kind IN ({TASKS})")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _resource() -> None:
    kinds = _words(
        "resourcekind",
        "community-group",
        "peer-group",
        "hydrotherapy",
        "massage",
        "acupuncture",
        "reflexology",
        "mindfulness",
        "leisure",
        "talking-therapy",
        "neurology",
    )
    evidence = _words("evidence", "nice-recommended", "patient-reported", "not-evaluated")
    op.create_table(
        "resource",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", _words("resourcestatus", "draft", "listed", "withdrawn"), nullable=False),
        sa.Column("cost", _words("cost", "free", "low-cost", "paid"), nullable=False),
        sa.Column("cost_words", sa.String(200), nullable=True),
        sa.Column("needs", sa.String(100), nullable=False),
        sa.Column("access_needs", sa.Text(), nullable=True),
        sa.Column("place", sa.String(300), nullable=True),
        sa.Column("outward", sa.String(4), nullable=True),
        sa.Column("area", sa.String(2), nullable=True),
        sa.Column("reach", sa.String(500), nullable=False),
        sa.Column("phone", sa.String(30), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("web", sa.String(500), nullable=True),
        sa.Column("evidence", evidence, nullable=False),
        sa.Column("evidence_source", sa.String(500), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("checked_at", AT, nullable=True),
        sa.CheckConstraint(
            "evidence <> 'nice-recommended' OR evidence_source IS NOT NULL", name=op.f("ck_resource_nice_says_where")
        ),
        sa.CheckConstraint("web LIKE 'http://_%' OR web LIKE 'https://_%'", name=op.f("ck_resource_web_is_of_the_web")),
        sa.CheckConstraint(
            "status <> 'listed' OR phone IS NOT NULL OR email IS NOT NULL OR web IS NOT NULL",
            name=op.f("ck_resource_listed_is_reached"),
        ),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_resource_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("pain_service_id", "id", name=op.f("uq_resource_pain_service_id_id")),
    )
    op.create_index("ix_resource_pain_service_id", "resource", ["pain_service_id", "status", "checked_at"])


def _of_resource(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["pain_service_id", "resource_id"],
        ["resource.pain_service_id", "resource.id"],
        name=op.f(f"fk_{table}_pain_service_id_resource_id"),
    )


def _resource_check() -> None:
    op.create_table(
        "resource_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("found", _words("checkfound", "correct", "wrong", "gone"), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", AT, nullable=False),
        _of_resource("resource_check"),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "checked_by"],
            ["staff.pain_service_id", "staff.id"],
            name=op.f("fk_resource_check_pain_service_id_checked_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_check")),
    )
    op.create_index("ix_resource_check_resource_id", "resource_check", ["resource_id"])


def _resource_event() -> None:
    kinds = _words("resourceeventkind", "offered", "taken-up", "declined", "helped", "did-not-help")

    def of_patient(column: str, table: str) -> sa.ForeignKeyConstraint:
        here = ["pain_service_id", "patient_id", column]
        there = [f"{table}.{name}" for name in ("pain_service_id", "patient_id", "id")]
        return sa.ForeignKeyConstraint(here, there, name=op.f(f"fk_resource_event_{'_'.join(here)}"))

    op.create_table(
        "resource_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.String(40), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.CheckConstraint("(care_plan_id IS NULL) = (line IS NULL)", name=op.f("ck_resource_event_line_of_a_plan")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_resource_event_pain_service_id_patient_id"),
        ),
        _of_resource("resource_event"),
        of_patient("care_plan_id", "care_plan"),
        of_patient("message_id", "message"),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_resource_event_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_event")),
    )
    op.create_index("ix_resource_event_patient_id", "resource_event", ["patient_id"])
    op.create_index("ix_resource_event_resource_id", "resource_event", ["resource_id"])


def _guard(table: str) -> None:
    """It never changes. What is a patient's may go while the erasure of that patient is decided on and not yet done."""
    decided = "EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id AND status = 'approved')"
    may_go = decided if table == "resource_event" else "1 = 0"
    if op.get_bind().dialect.name == "postgresql":
        refuse = "FOR EACH ROW EXECUTE FUNCTION"
        op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} {refuse} refuse_change()")
        op.execute(
            f"CREATE FUNCTION refuse_loss_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {may_go} THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$"
        )
        op.execute(f"CREATE TRIGGER {table}_no_loss BEFORE DELETE ON {table} {refuse} refuse_loss_of_{table}()")
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT ({may_go}) {refuse}")


def _change_check(table: str, name: str, old: str, new: str) -> None:
    """Give a check another condition, every row kept: on SQLite as migration 0008 does, which says why."""
    if op.get_bind().dialect.name == "postgresql":
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
