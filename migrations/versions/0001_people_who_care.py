"""The pain service, its staff and their sign-ins, the words it says, and the trail it leaves."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pain_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=30), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("bank_holiday_region", sa.String(length=3), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=True),
        sa.Column("text_start", sa.Time(), nullable=False),
        sa.Column("text_end", sa.Time(), nullable=False),
        sa.Column("text_days", companion.db.DaysOfWeek(length=27), nullable=False),
        sa.Column("text_on_bank_holidays", sa.Boolean(), nullable=False),
        sa.Column("desk_start", sa.Time(), nullable=False),
        sa.Column("desk_end", sa.Time(), nullable=False),
        sa.Column("desk_days", companion.db.DaysOfWeek(length=27), nullable=False),
        sa.Column("daily_ceiling", sa.Integer(), nullable=False),
        sa.Column("weekly_ceiling", sa.Integer(), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("daily_ceiling BETWEEN 0 AND 10", name=op.f("ck_pain_service_daily_ceiling")),
        sa.CheckConstraint("weekly_ceiling BETWEEN 0 AND 50", name=op.f("ck_pain_service_weekly_ceiling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pain_service")),
        sa.UniqueConstraint("name", name=op.f("uq_pain_service_name")),
        sa.UniqueConstraint("sender", name=op.f("uq_pain_service_sender")),
    )

    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_staff_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )

    op.create_index(op.f("ix_staff_pain_service_id"), "staff", ["pain_service_id"], unique=False)

    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "clinician",
                "service_manager",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_role")),
    )

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_sign_in_pain_service_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )

    op.create_index(op.f("ix_sign_in_staff_id"), "sign_in", ["staff_id"], unique=False)

    op.create_table(
        "wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "nudge-curious",
                "nudge-healthy",
                "nudge-demand",
                "safety-crisis",
                "safety-cauda-equina",
                "safety-emergency",
                "why",
                "started",
                name="wordingpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_wording_approved_by_somebody")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_wording_approved_by")),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_wording_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("pain_service_id", "id", name=op.f("uq_wording_pain_service_id_id")),
        sa.UniqueConstraint(
            "pain_service_id", "purpose", "version", name=op.f("uq_wording_pain_service_id_purpose_version")
        ),
    )

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "staff", "patient", "system", name="actorkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("recorded_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_audit_entry_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )

    op.create_index("ix_audit_entry_patient_id", "audit_entry", ["patient_id", "id"], unique=False)

    op.create_table(
        "heartbeat",
        sa.Column("beat", sa.String(length=40), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("beaten_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("beat", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    op.drop_table("heartbeat")
    op.drop_table("audit_entry")
    op.drop_table("wording")
    op.drop_table("sign_in")
    op.drop_table("staff_role")
    op.drop_table("staff")
    op.drop_table("pain_service")
