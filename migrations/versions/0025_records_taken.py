"""What is counted of copies of whole records, and the alarm above a handful of them within an hour."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ALARMS = ("account-fault", "content-filtered", "provider-failing", "loop-broken", "audit-broken", "codes-pumped")
LIMITS = (
    "staff-account",
    "staff-address",
    "staff-device",
    "staff-code",
    "reset-account",
    "reset-address",
    "code-number",
    "code-address",
    "link-patient",
    "patient-address",
    "patient-fact",
    "texts-service",
    "texts-prefix",
)


def upgrade() -> None:
    _change_kinds("alarm", "alarmkind", *ALARMS, "records-taken")
    _change_kinds("limit_use", "limitkind", *LIMITS, "export-record", "export-staff")


def downgrade() -> None:
    op.execute("DELETE FROM alarm WHERE kind = 'records-taken'")
    op.execute("DELETE FROM limit_use WHERE kind IN ('export-record', 'export-staff')")
    _change_kinds("alarm", "alarmkind", *ALARMS)
    _change_kinds("limit_use", "limitkind", *LIMITS)


def _change_kinds(table: str, name: str, *words: str) -> None:
    check = op.f(f"ck_{table}_{name}")
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(check, type_="check")
        changed.create_check_constraint(check, f"kind IN ({listed})")
