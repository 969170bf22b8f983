"""Messages, in and out, and every try to send one."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "nudge",
                "reply",
                "safety",
                "sign-in",
                "inbound",
                name="messagekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "created",
                "sending",
                "sent",
                "delivered",
                "permanent-failure",
                "temporary-failure",
                "technical-failure",
                "unknown",
                "cancelled",
                "received",
                name="messagestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("opt_out", sa.String(length=20), nullable=True),
        sa.Column("nudge_id", sa.Uuid(), nullable=True),
        sa.Column("wording_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("in_reply_to", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sending_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("handled_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("gateway", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("error_code", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(kind = 'inbound') = (status = 'received')", name=op.f("ck_message_inbound_is_received")),
        sa.CheckConstraint("(kind = 'nudge') = (nudge_id IS NOT NULL)", name=op.f("ck_message_nudge_has_nudge")),
        sa.CheckConstraint("kind = 'inbound' OR expires_at IS NOT NULL", name=op.f("ck_message_outbound_expires")),
        sa.CheckConstraint(
            "kind IN ('inbound', 'safety') OR patient_id IS NOT NULL", name=op.f("ck_message_outbound_to_patient")
        ),
        sa.CheckConstraint("sending_at < expires_at", name=op.f("ck_message_not_too_late")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(["in_reply_to"], ["message.id"], name=op.f("fk_message_in_reply_to")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "nudge_id"],
            ["nudge.pain_service_id", "nudge.patient_id", "nudge.id"],
            name=op.f("fk_message_pain_service_id_patient_id_nudge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_message_pain_service_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "wording_id"],
            ["wording.pain_service_id", "wording.id"],
            name=op.f("fk_message_pain_service_id_wording_id"),
        ),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_message_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("gateway", "provider_id", name=op.f("uq_message_gateway_provider_id")),
        sa.UniqueConstraint("nudge_id", name=op.f("uq_message_nudge_id")),
        sa.UniqueConstraint(
            "pain_service_id", "patient_id", "id", name=op.f("uq_message_pain_service_id_patient_id_id")
        ),
    )

    op.create_index(
        "ix_message_in_flight",
        "message",
        ["lease_until_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
        postgresql_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
    )
    op.create_index(
        "ix_message_outbox",
        "message",
        ["priority", "due_at"],
        unique=False,
        sqlite_where=sa.text("status = 'created'"),
        postgresql_where=sa.text("status = 'created'"),
    )
    op.create_index("ix_message_patient", "message", ["patient_id", "created_at"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("started_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "created",
                "sending",
                "sent",
                "delivered",
                "permanent-failure",
                "temporary-failure",
                "technical-failure",
                "unknown",
                "cancelled",
                "received",
                name="messagestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attempt_message_id")),
        sa.PrimaryKeyConstraint("message_id", "number", name=op.f("pk_attempt")),
    )


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_table("message")
