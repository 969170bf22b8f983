"""Patients and their preferences."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=False),
        sa.Column("family_name", sa.String(length=60), nullable=False),
        sa.Column("nhs_number", sa.String(length=10), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "finished", name="patientstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "text_consent",
            sa.Enum(
                "not-asked",
                "given",
                "withdrawn",
                name="consentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_patient_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("pain_service_id", "id", name=op.f("uq_patient_pain_service_id_id")),
        sa.UniqueConstraint("pain_service_id", "nhs_number", name=op.f("uq_patient_pain_service_id_nhs_number")),
    )

    op.create_index("ix_patient_mobile", "patient", ["mobile"], unique=False)
    op.create_index(
        "uq_patient_active_mobile",
        "patient",
        ["pain_service_id", "mobile"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )

    op.create_table(
        "preference",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("local_start", sa.Time(), nullable=False),
        sa.Column("local_end", sa.Time(), nullable=False),
        sa.Column("days_of_week", companion.db.DaysOfWeek(length=27), nullable=False),
        sa.Column("on_bank_holidays", sa.Boolean(), nullable=False),
        sa.Column("daily_ceiling", sa.Integer(), nullable=False),
        sa.Column("weekly_ceiling", sa.Integer(), nullable=False),
        sa.Column("paused_until_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("daily_ceiling >= 0", name=op.f("ck_preference_daily_ceiling")),
        sa.CheckConstraint("weekly_ceiling >= 0", name=op.f("ck_preference_weekly_ceiling")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_preference_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_preference")),
    )


def downgrade() -> None:
    op.drop_table("preference")
    op.drop_table("patient")
