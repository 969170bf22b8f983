"""Templates of plans: versions that never change and are approved once, and which plan began with which of them."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
# Joins those of earlier migrations.
APPEND_ONLY = ("plan_start",)
# Of a version: what never changes. Its content is compared as text, as PostgreSQL compares no JSON.
SAID = ("template_id", "number", "pain_service_id", "version", "name", "reason", "author_id", "recorded_at")
DECIDED = "EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id AND status = 'approved')"


def upgrade() -> None:
    _plan_template()
    _plan_template_version()
    _plan_start()
    _approved_once()
    _append_only("plan_start")
    _keep("plan_template_version", "1 = 0")
    _keep("plan_start", DECIDED)


def downgrade() -> None:
    for table in ("plan_start", "plan_template_version", "plan_template"):
        op.drop_table(table)
    if _on_postgresql():
        for table in ("plan_start", "plan_template_version"):
            op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _plan_template() -> None:
    status = sa.Enum(
        "draft", "active", "retired", name="templatestatus", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "plan_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("current_number", sa.Integer(), nullable=False),
        sa.Column("approved_number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_line", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint(
            "status <> 'active' OR approved_number IS NOT NULL", name=op.f("ck_plan_template_active_is_approved")
        ),
        sa.CheckConstraint("approved_number <= current_number", name=op.f("ck_plan_template_approved_exists")),
        sa.ForeignKeyConstraint(
            ["pain_service_id"], ["pain_service.id"], name=op.f("fk_plan_template_pain_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
        sa.UniqueConstraint("pain_service_id", "id", name=op.f("uq_plan_template_pain_service_id_id")),
    )


def _of_service(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["pain_service_id", column],
        [f"{parent}.pain_service_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_pain_service_id_{column}"),
    )


def _plan_template_version() -> None:
    table = "plan_template_version"
    checks = {
        "version_counts_it": "version >= number",
        "approved_at_a_time": "(approved_by IS NULL) = (approved_at IS NULL)",
        "approved_by_another": "approved_by <> author_id",
    }
    op.create_table(
        table,
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", AT, nullable=True),
        *(sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}")) for name, words in checks.items()),
        _of_service(table, "template_id", "plan_template"),
        _of_service(table, "author_id", "staff"),
        _of_service(table, "approved_by", "staff"),
        sa.PrimaryKeyConstraint("template_id", "number", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "pain_service_id",
            "template_id",
            "number",
            "approved_by",
            name=op.f(f"uq_{table}_approved"),
        ),
    )


def _plan_start() -> None:
    table = "plan_start"
    there = ("pain_service_id", "template_id", "number", "approved_by")
    op.create_table(
        table,
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("template_number", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
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
        sa.ForeignKeyConstraint(
            ["pain_service_id", "template_id", "template_number", "approved_by"],
            [f"plan_template_version.{name}" for name in there],
            name=op.f(f"fk_{table}_approved_version"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", name=op.f(f"pk_{table}")),
    )


def _approved_once() -> None:
    """Only the one approval changes a version."""
    table = "plan_template_version"
    same = "IS NOT DISTINCT FROM" if _on_postgresql() else "IS"
    said = [f"NEW.{name} {same} OLD.{name}" for name in SAID]
    said.append("NEW.content::text = OLD.content::text" if _on_postgresql() else "NEW.content IS OLD.content")
    when = f"NOT ({' AND '.join(said)} AND OLD.approved_by IS NULL)"
    _refuse(table, "approved_once", "UPDATE", when)


def _append_only(table: str) -> None:
    _refuse(table, "no_update", "UPDATE", "true" if _on_postgresql() else "1")


def _refuse(table: str, name: str, what: str, when: str) -> None:
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _keep(table: str, may_go: str) -> None:
    """No row goes, but a patient's by the erasure that was decided (0014)."""
    if _on_postgresql():
        op.execute(
            f"CREATE FUNCTION refuse_loss_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {may_go} THEN RETURN OLD; END IF; "
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
    _refuse(table, "no_delete", "DELETE", f"NOT ({may_go})")
