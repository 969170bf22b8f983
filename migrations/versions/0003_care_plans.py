"""Care plans: their standing, their revisions with all their lines, and the patient's agreement."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "care_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "active",
                "on-hold",
                "revoked",
                "completed",
                name="careplanstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("current_revision", sa.Integer(), nullable=False),
        sa.Column("agreed_revision", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_line", sa.Integer(), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("planned_revision", sa.Integer(), nullable=True),
        sa.Column("planned_preference", sa.Integer(), nullable=True),
        sa.Column("planned_through_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status <> 'active' OR agreed_revision IS NOT NULL", name=op.f("ck_care_plan_active_is_agreed")
        ),
        sa.CheckConstraint("agreed_revision <= current_revision", name=op.f("ck_care_plan_agreed_exists")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_care_plan_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_plan")),
        sa.UniqueConstraint(
            "pain_service_id", "patient_id", "id", name=op.f("uq_care_plan_pain_service_id_patient_id_id")
        ),
    )

    op.create_index("ix_care_plan_patient_id", "care_plan", ["patient_id"], unique=False)
    op.create_index(
        "uq_care_plan_one_active",
        "care_plan",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )

    op.create_table(
        "care_plan_revision",
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("what_matters", sa.Text(), nullable=False),
        sa.Column("communicate_how", sa.Text(), nullable=True),
        sa.Column("please_do", sa.Text(), nullable=True),
        sa.Column("please_dont", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_care_plan_revision_author_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "care_plan_id"],
            ["care_plan.pain_service_id", "care_plan.patient_id", "care_plan.id"],
            name=op.f("fk_care_plan_revision_pain_service_id_patient_id_care_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_care_plan_revision_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "number", name=op.f("pk_care_plan_revision")),
    )

    op.create_table(
        "already_helps",
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number"],
            ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
            name=op.f("fk_already_helps_care_plan_id_revision_number"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "revision_number", "line", name=op.f("pk_already_helps")),
    )

    op.create_table(
        "goal",
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_goal_confidence")),
        sa.CheckConstraint("importance BETWEEN 0 AND 10", name=op.f("ck_goal_importance")),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number"],
            ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
            name=op.f("fk_goal_care_plan_id_revision_number"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "revision_number", "line", name=op.f("pk_goal")),
    )

    op.create_table(
        "activity",
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "behaviour",
            sa.Enum(
                "curious", "healthy", "demand", name="behaviour", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("nudge_words", sa.Text(), nullable=True),
        sa.Column("goal_line", sa.String(length=40), nullable=True),
        sa.Column("already_helps_line", sa.String(length=40), nullable=True),
        sa.Column("days_of_week", companion.db.DaysOfWeek(length=27), nullable=False),
        sa.Column("time_of_day", sa.Time(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "not-started",
                "scheduled",
                "in-progress",
                "on-hold",
                "completed",
                "cancelled",
                "stopped",
                name="activitystatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "behaviour <> 'healthy' OR already_helps_line IS NOT NULL", name=op.f("ck_activity_healthy_already_helps")
        ),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "already_helps_line"],
            ["already_helps.care_plan_id", "already_helps.revision_number", "already_helps.line"],
            name=op.f("fk_activity_care_plan_id_revision_number_already_helps_line"),
        ),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number", "goal_line"],
            ["goal.care_plan_id", "goal.revision_number", "goal.line"],
            name=op.f("fk_activity_care_plan_id_revision_number_goal_line"),
        ),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number"],
            ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
            name=op.f("fk_activity_care_plan_id_revision_number"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "revision_number", "line", name=op.f("pk_activity")),
    )

    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "in-person",
                "phone",
                "app",
                "text",
                name="agreedhow",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agreed_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number"],
            ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
            name=op.f("fk_agreement_care_plan_id_revision_number"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_agreement_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("care_plan_id", "revision_number", name=op.f("uq_agreement_care_plan_id_revision_number")),
    )


def downgrade() -> None:
    op.drop_table("agreement")
    op.drop_table("activity")
    op.drop_table("goal")
    op.drop_table("already_helps")
    op.drop_table("care_plan_revision")
    op.drop_table("care_plan")
