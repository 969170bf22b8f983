"""Access to one record: by breaking the glass in an emergency, or as a partner who was asked for a second opinion."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TASKS = "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending'"
NEW_TASKS = f"{TASKS}, 'emergency-access'"
KEPT = (
    "id",
    "pain_service_id",
    "patient_id",
    "kind",
    "holder_service_id",
    "holder_id",
    "granted_by",
    "reason",
    "from_at",
    "until_at",
)


def upgrade() -> None:
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS})", f"kind IN ({NEW_TASKS})")
    op.create_index("uq_staff_of_pain_service", "staff", ["pain_service_id", "id"], unique=True)
    _access_grant()
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def downgrade() -> None:
    op.drop_table("access_grant")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_access()")
        op.execute("DROP FUNCTION refuse_long_access()")
    op.drop_index("uq_staff_of_pain_service", table_name="staff")
    # The older release has not this word: it gets the nearest that it knows.
    op.execute("UPDATE task SET kind = 'check-sending' WHERE kind = 'emergency-access'")
    _change_check("task", "ck_task_taskkind", f"kind IN ({NEW_TASKS})", f"kind IN ({TASKS})")


def _access_grant() -> None:
    kinds = sa.Enum("break-glass", "partner", name="accesskind", native_enum=False, create_constraint=True, length=40)
    at = companion.db.UtcDateTime(timezone=True)
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("holder_service_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_at", at, nullable=False),
        sa.Column("until_at", at, nullable=False),
        sa.Column("ended_at", at, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind <> 'break-glass' OR holder_service_id = pain_service_id AND granted_by = holder_id) "
            "AND (kind <> 'partner' OR holder_service_id <> pain_service_id)",
            name=op.f("ck_access_grant_holder"),
        ),
        sa.CheckConstraint("length(trim(reason)) >= 10", name=op.f("ck_access_grant_reason")),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_access_grant_until_after_from")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_access_grant_ended_by_somebody")),
        sa.CheckConstraint("ended_at >= from_at", name=op.f("ck_access_grant_ended_after_from")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_access_grant_ended_by")),
        sa.ForeignKeyConstraint(
            ["holder_service_id", "holder_id"],
            ["staff.pain_service_id", "staff.id"],
            name=op.f("fk_access_grant_holder_service_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "granted_by"],
            ["staff.pain_service_id", "staff.id"],
            name=op.f("fk_access_grant_pain_service_id_granted_by"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_access_grant_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_index("ix_access_grant_pain_service_id", "access_grant", ["pain_service_id", "from_at"])
    op.create_index("ix_access_grant_holder_id", "access_grant", ["holder_id", "until_at"])
    op.create_index("ix_access_grant_patient_id", "access_grant", ["patient_id"])


def _guard_on_postgresql() -> None:
    """Nothing changes but the end, and that once; an hour for an emergency, ninety days for a partner."""
    op.execute(
        "CREATE FUNCTION keep_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL "
        "OR to_jsonb(NEW) - 'ended_at' - 'ended_by' <> to_jsonb(OLD) - 'ended_at' - 'ended_by' THEN "
        "RAISE EXCEPTION 'access_grant is append-only but for its end' USING ERRCODE = '23001'; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER access_grant_kept BEFORE UPDATE OR DELETE ON access_grant "
        "FOR EACH ROW EXECUTE FUNCTION keep_access()"
    )
    op.execute(
        "CREATE TRIGGER access_grant_no_truncate BEFORE TRUNCATE ON access_grant "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_long_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'access_grant: too long' USING ERRCODE = '23001'; END $$"
    )
    op.execute(
        "CREATE TRIGGER access_grant_not_too_long BEFORE INSERT ON access_grant FOR EACH ROW "
        "WHEN (NEW.until_at - NEW.from_at > CASE NEW.kind WHEN 'break-glass' THEN interval '1 hour' "
        "ELSE interval '90 days' END) EXECUTE FUNCTION refuse_long_access()"
    )


def _guard_on_sqlite() -> None:
    """The same. Its instants are text, of which strftime makes whole seconds."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'access_grant is append-only but for its end'); END"
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in KEPT)
    op.execute(f"CREATE TRIGGER access_grant_no_delete BEFORE DELETE ON access_grant {refuse}")
    op.execute(
        "CREATE TRIGGER access_grant_kept BEFORE UPDATE ON access_grant "
        f"WHEN OLD.ended_at IS NOT NULL OR {changed} {refuse}"
    )
    op.execute(
        "CREATE TRIGGER access_grant_not_too_long BEFORE INSERT ON access_grant "
        "WHEN strftime('%s', NEW.until_at) - strftime('%s', NEW.from_at) > "
        "CASE NEW.kind WHEN 'break-glass' THEN 3600 ELSE 7776000 END "
        "BEGIN SELECT RAISE(ABORT, 'access_grant: too long'); END"
    )


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
