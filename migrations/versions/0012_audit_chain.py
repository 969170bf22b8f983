"""Every entry of the audit trail is tied to the one before it, and says from where and why."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


KINDS = "'account-fault', 'content-filtered', 'provider-failing', 'loop-broken'"


def upgrade() -> None:
    _change_kinds(f"kind IN ({KINDS}, 'audit-broken')")
    op.create_table(
        "audit_head",
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_audit_head_pain_service_id")),
        sa.PrimaryKeyConstraint("pain_service_id", name=op.f("pk_audit_head")),
    )
    # One by one, not as a batch: on SQLite that would make the table anew, without the triggers that protect it.
    for column in (
        sa.Column("origin", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
    ):
        op.add_column("audit_entry", column)
    op.create_index("uq_audit_entry_seq", "audit_entry", ["pain_service_id", "seq"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM alarm WHERE kind = 'audit-broken'")
    _change_kinds(f"kind IN ({KINDS})")
    op.drop_index("uq_audit_entry_seq", table_name="audit_entry")
    for column in ("hash", "seq", "reason", "origin"):
        op.drop_column("audit_entry", column)
    op.drop_table("audit_head")


def _change_kinds(condition: str) -> None:
    name = op.f("ck_alarm_alarmkind")
    with op.batch_alter_table("alarm") as alarm:
        alarm.drop_constraint(name, type_="check")
        alarm.create_check_constraint(name, condition)
