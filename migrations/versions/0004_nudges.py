"""Nudges: one planned touch on one day from one line of one plan."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nudge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("preference_version", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column(
            "behaviour",
            sa.Enum(
                "curious", "healthy", "demand", name="behaviour", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("slot_on", sa.Date(), nullable=False),
        sa.Column("due_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "claimed",
                "sent",
                "skipped",
                "lapsed",
                "cancelled",
                name="nudgestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "consent-not-given",
                "consent-withdrawn",
                "patient-inactive",
                "number-changed",
                "plan-not-active",
                "revision-stale",
                "preferences-changed",
                "revision-not-agreed",
                "wording-not-approved",
                "wording-unusable",
                "safety-hold",
                "paused",
                "daily-ceiling",
                "weekly-ceiling",
                "outside-hours",
                "expired",
                "send-failed",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "held_reason",
            sa.Enum(
                "consent-not-given",
                "consent-withdrawn",
                "patient-inactive",
                "number-changed",
                "plan-not-active",
                "revision-stale",
                "preferences-changed",
                "revision-not-agreed",
                "wording-not-approved",
                "wording-unusable",
                "safety-hold",
                "paused",
                "daily-ceiling",
                "weekly-ceiling",
                "outside-hours",
                "expired",
                "send-failed",
                name="held_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("texted_on", sa.Date(), nullable=True),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("planned_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('claimed', 'sent')) <= (texted_on IS NOT NULL)", name=op.f("ck_nudge_texted_on_a_day")
        ),
        sa.CheckConstraint(
            "(status IN ('skipped', 'lapsed', 'cancelled')) = (reason IS NOT NULL)",
            name=op.f("ck_nudge_held_back_with_reason"),
        ),
        sa.CheckConstraint("due_at < expires_at", name=op.f("ck_nudge_due_before_expiry")),
        sa.CheckConstraint("probability > 0 AND probability <= 1", name=op.f("ck_nudge_probability")),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "line"],
            ["activity.care_plan_id", "activity.revision_number", "activity.line"],
            name=op.f("fk_nudge_care_plan_id_revision_number_line"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "care_plan_id"],
            ["care_plan.pain_service_id", "care_plan.patient_id", "care_plan.id"],
            name=op.f("fk_nudge_pain_service_id_patient_id_care_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_nudge_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint(
            "care_plan_id", "line", "slot_on", "revision_number", "preference_version", name="uq_nudge_slot"
        ),
        sa.UniqueConstraint("pain_service_id", "patient_id", "id", name=op.f("uq_nudge_pain_service_id_patient_id_id")),
    )

    op.create_index(
        "ix_nudge_due",
        "nudge",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status = 'planned'"),
        postgresql_where=sa.text("status = 'planned'"),
    )
    op.create_index("ix_nudge_patient", "nudge", ["patient_id", "slot_on"], unique=False)
    op.create_index(
        "uq_nudge_one_live",
        "nudge",
        ["care_plan_id", "line", "slot_on"],
        unique=True,
        sqlite_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
        postgresql_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
    )


def downgrade() -> None:
    op.drop_table("nudge")
