"""What comes in waits for the worker: receipts in a table of their own, and texts that nobody has acted on."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
STATUSES = (
    "'created', 'sending', 'sent', 'delivered', 'permanent-failure', 'temporary-failure', 'technical-failure', "
    "'unknown', 'cancelled', 'received'"
)
TO_ACT_ON = "status = 'received' AND handled_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", companion.db.Counter, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_receipt_messagestatus")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index(
        "ix_message_to_act_on",
        "message",
        ["due_at"],
        sqlite_where=sa.text(TO_ACT_ON),
        postgresql_where=sa.text(TO_ACT_ON),
    )


def downgrade() -> None:
    op.drop_index("ix_message_to_act_on", table_name="message")
    op.drop_table("receipt")
