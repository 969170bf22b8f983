"""The clock on several machines: who leads, how late each beat is, and the nightly text to our own phone."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("heartbeat") as heartbeat:
        heartbeat.add_column(sa.Column("lag_seconds", sa.Double(), nullable=False, server_default=sa.text("0")))
        heartbeat.create_check_constraint(op.f("ck_heartbeat_lag_seconds"), "lag_seconds >= 0")

    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )

    op.create_table(
        "loop_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot_at", AT, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("delivered_at", AT, nullable=True),
        sa.Column("replied_at", AT, nullable=True),
        sa.Column("passed_at", AT, nullable=True),
        sa.Column("failed_at", AT, nullable=True),
        sa.CheckConstraint(
            "passed_at IS NULL OR (delivered_at IS NOT NULL AND replied_at IS NOT NULL)",
            name=op.f("ck_loop_check_passed"),
        ),
        sa.CheckConstraint("passed_at IS NULL OR failed_at IS NULL", name=op.f("ck_loop_check_one_end")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_loop_check_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loop_check")),
        sa.UniqueConstraint("slot_at", name=op.f("uq_loop_check_slot_at")),
        sa.UniqueConstraint("code", name=op.f("uq_loop_check_code")),
        sa.UniqueConstraint("message_id", name=op.f("uq_loop_check_message_id")),
    )


def downgrade() -> None:
    op.drop_table("loop_check")
    op.drop_table("lease")
    with op.batch_alter_table("heartbeat") as heartbeat:
        heartbeat.drop_constraint(op.f("ck_heartbeat_lag_seconds"), type_="check")
        heartbeat.drop_column("lag_seconds")
