"""Delivery that all workers share: how providers are doing, alarms, and what is recalled, proved absent or redacted."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)

REASONS = (
    "'consent-not-given', 'consent-withdrawn', 'patient-inactive', 'number-changed', 'plan-not-active', "
    "'revision-stale', 'preferences-changed', 'revision-not-agreed', 'wording-not-approved', 'wording-unusable', "
    "'safety-hold', 'paused', 'daily-ceiling', 'weekly-ceiling', 'outside-hours', 'expired', "
)
NEW_REASONS = "'another-first', 'catch-up', 'caught-up', 'undecidable'"
# Table, constraint, its condition until now and from now on.
CHECKS = (
    (
        "message",
        "ck_message_messagekind",
        "kind IN ('nudge', 'reply', 'safety', 'sign-in', 'inbound')",
        "kind IN ('nudge', 'reply', 'safety', 'sign-in', 'check', 'inbound')",
    ),
    (
        "message",
        "ck_message_outbound_to_patient",
        "kind IN ('inbound', 'safety') OR patient_id IS NOT NULL",
        "kind IN ('inbound', 'safety', 'check') OR patient_id IS NOT NULL",
    ),
    *(
        (
            "nudge",
            f"ck_nudge_{column}",
            f"{column} IN ({REASONS}'send-failed')",
            f"{column} IN ({REASONS}{NEW_REASONS}, 'send-failed')",
        )
        for column in ("reason", "held_reason")
    ),
)
# The moves a text may make, as companion.domain.message has them; a test compares the two.
FAILED = ("permanent-failure", "temporary-failure", "technical-failure")
MOVES = {
    "created": ("sending", "cancelled", "sent", "delivered", *FAILED),
    "sending": ("sent", "delivered", *FAILED, "unknown", "created", "cancelled"),
    "unknown": ("sent", "delivered", *FAILED, "created", "cancelled"),
    "sent": ("delivered", *FAILED, "cancelled"),
}
OPEN, TO_REDACT = "status IN ('created', 'sending')", "provider_id IS NOT NULL AND redacted_at IS NULL"


def upgrade() -> None:
    for table, name, old, new in CHECKS:
        _change_check(table, name, old, new)
    for column in ("absent_at", "recalled_at", "redacted_at"):
        op.add_column("message", sa.Column(column, AT, nullable=True))
    for name, column, condition in (
        ("ix_message_open", "number", OPEN),
        ("ix_message_to_redact", "created_at", TO_REDACT),
    ):
        where = sa.text(condition)
        op.create_index(name, "message", [column], unique=False, sqlite_where=where, postgresql_where=where)
    _guard_moves()

    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "account-fault",
                "content-filtered",
                "provider-failing",
                "loop-broken",
                name="alarmkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("raised_at", AT, nullable=False),
        sa.Column("cleared_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    where = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_alarm_open", "alarm", ["kind", "gateway"], unique=True, sqlite_where=where, postgresql_where=where
    )

    op.create_table(
        "carrier",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("stopped_at", AT, nullable=True),
        sa.Column("stopped_code", sa.String(length=20), nullable=True),
        sa.Column("ask_at", AT, nullable=True),
        sa.Column("held_until_at", AT, nullable=True),
        sa.Column("hold_seconds", sa.Double(), nullable=False),
        sa.Column("window_at", AT, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failing_at", AT, nullable=True),
        sa.CheckConstraint("failed BETWEEN 0 AND asked", name=op.f("ck_carrier_failed_of_asked")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_carrier")),
    )

    op.create_table(
        "allowance",
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("counted_at", AT, nullable=False),
        sa.CheckConstraint("tokens >= 0", name=op.f("ck_allowance_tokens")),
        sa.PrimaryKeyConstraint("gateway", "sender", name=op.f("pk_allowance")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER message_forward_only ON message")
        op.execute("DROP FUNCTION refuse_move()")
    else:
        op.execute("DROP TRIGGER message_forward_only")
    for table in ("allowance", "carrier", "alarm"):
        op.drop_table(table)
    op.drop_index("ix_message_to_redact", "message")
    op.drop_index("ix_message_open", "message")
    for column in ("redacted_at", "recalled_at", "absent_at"):
        op.drop_column("message", column)
    # The older release has not these words: it gets the nearest that it knows.
    op.execute("UPDATE message SET kind = 'safety' WHERE kind = 'check'")
    op.execute(f"UPDATE nudge SET reason = 'expired' WHERE reason IN ({NEW_REASONS})")  # noqa: S608
    op.execute(f"UPDATE nudge SET held_reason = NULL WHERE held_reason IN ({NEW_REASONS})")  # noqa: S608
    for table, name, old, new in CHECKS:
        _change_check(table, name, new, old)


def _change_check(table: str, name: str, old: str, new: str) -> None:
    """Give a check another condition, every row kept.

    SQLite cannot: there the words of the schema are edited, as its manual has it for changes that move no row
    (sqlite.org/lang_altertable.html, section 7). A copy of the table would lose what refers to it.
    """
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


def _guard_moves() -> None:
    """A status moves forward only, whoever writes it (P3)."""
    allowed = ", ".join(f"'{old}>{new}'" for old, onward in MOVES.items() for new in onward)
    backward = f"OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN ({allowed})"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'a text does not go from % to %', OLD.status, NEW.status USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            "CREATE TRIGGER message_forward_only BEFORE UPDATE OF status ON message "
            f"FOR EACH ROW WHEN ({backward}) EXECUTE FUNCTION refuse_move()"
        )
        return
    op.execute(
        f"CREATE TRIGGER message_forward_only BEFORE UPDATE OF status ON message WHEN {backward} "  # noqa: S608
        "BEGIN SELECT RAISE(ABORT, 'a text does not go there from here'); END"
    )
