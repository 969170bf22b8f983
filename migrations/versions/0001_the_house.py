"""The house: every table of the first version."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("beat", sa.String(length=40), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("beaten_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("beat", name=op.f("pk_heartbeat")),
    )
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
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
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
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_patient_id", ["patient_id", "id"], unique=False)

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
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.create_index("ix_patient_mobile", ["mobile"], unique=False)
        batch_op.create_index(
            "uq_patient_active_mobile",
            ["pain_service_id", "mobile"],
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
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
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_pain_service_id"), ["pain_service_id"], unique=False)

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
        sa.UniqueConstraint("pain_service_id", "id", name=op.f("uq_care_plan_pain_service_id_id")),
    )
    with op.batch_alter_table("care_plan", schema=None) as batch_op:
        batch_op.create_index("ix_care_plan_patient_id", ["patient_id"], unique=False)
        batch_op.create_index(
            "uq_care_plan_one_active",
            ["patient_id"],
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
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_staff_id"), ["staff_id"], unique=False)

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
        sa.UniqueConstraint(
            "pain_service_id", "purpose", "version", name=op.f("uq_wording_pain_service_id_purpose_version")
        ),
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
        sa.ForeignKeyConstraint(["care_plan_id"], ["care_plan.id"], name=op.f("fk_care_plan_revision_care_plan_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_care_plan_revision_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "number", name=op.f("pk_care_plan_revision")),
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
        "nudge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
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
                "plan-not-active",
                "revision-stale",
                "revision-not-agreed",
                "wording-not-approved",
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
                "plan-not-active",
                "revision-stale",
                "revision-not-agreed",
                "wording-not-approved",
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
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_nudge_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint(
            "care_plan_id",
            "line",
            "slot_on",
            "revision_number",
            name=op.f("uq_nudge_care_plan_id_line_slot_on_revision_number"),
        ),
    )
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.create_index(
            "ix_nudge_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'planned'"),
            postgresql_where=sa.text("status = 'planned'"),
        )
        batch_op.create_index("ix_nudge_patient", ["patient_id", "slot_on"], unique=False)
        batch_op.create_index(
            "uq_nudge_one_live",
            ["care_plan_id", "line", "slot_on"],
            unique=True,
            sqlite_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
            postgresql_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
        )

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
        sa.ForeignKeyConstraint(["nudge_id"], ["nudge.id"], name=op.f("fk_message_nudge_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_message_pain_service_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_message_pain_service_id")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_message_wording_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("gateway", "provider_id", name=op.f("uq_message_gateway_provider_id")),
        sa.UniqueConstraint("nudge_id", name=op.f("uq_message_nudge_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_in_flight",
            ["lease_until_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
            postgresql_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
        )
        batch_op.create_index(
            "ix_message_outbox",
            ["priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'created'"),
            postgresql_where=sa.text("status = 'created'"),
        )
        batch_op.create_index("ix_message_patient", ["patient_id", "created_at"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("nudge_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "yes", "no", "number", "words", name="answerkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("recorded_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'number') = (number IS NOT NULL)", name=op.f("ck_answer_number_has_number")),
        sa.CheckConstraint("number BETWEEN 0 AND 10", name=op.f("ck_answer_number")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_answer_message_id")),
        sa.ForeignKeyConstraint(["nudge_id"], ["nudge.id"], name=op.f("fk_answer_nudge_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_answer_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("message_id", name=op.f("uq_answer_message_id")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index("ix_answer_nudge_id", ["nudge_id"], unique=False)

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
    op.create_table(
        "consent_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
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
        sa.Column(
            "source",
            sa.Enum(
                "staff",
                "patient-text",
                "carrier",
                "import",
                name="consentsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("effective_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_consent_event_message_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_consent_event_pain_service_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_consent_event_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index("ix_consent_event_patient_id", ["patient_id", "id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "read-message",
                "unknown-number",
                "contact-another-way",
                "number-invalid",
                "check-sending",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum("routine", "urgent", name="taskpriority", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("requested", "completed", name="taskstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("created_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", companion.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("completed_at", companion.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_task_completed_at_a_time")
        ),
        sa.ForeignKeyConstraint(["completed_by"], ["staff.id"], name=op.f("fk_task_completed_by")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_task_message_id")),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_task_pain_service_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_task_pain_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("message_id", "kind", name=op.f("uq_task_message_id_kind")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_inbox", ["pain_service_id", "status", "due_at"], unique=False)
        batch_op.create_index("ix_task_patient_id", ["patient_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_patient_id")
        batch_op.drop_index("ix_task_inbox")

    op.drop_table("task")
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_event_patient_id")

    op.drop_table("consent_event")
    op.drop_table("attempt")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_nudge_id")

    op.drop_table("answer")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_patient")
        batch_op.drop_index(
            "ix_message_outbox",
            sqlite_where=sa.text("status = 'created'"),
            postgresql_where=sa.text("status = 'created'"),
        )
        batch_op.drop_index(
            "ix_message_in_flight",
            sqlite_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
            postgresql_where=sa.text("status IN ('sending', 'sent', 'unknown')"),
        )

    op.drop_table("message")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nudge_one_live",
            sqlite_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
            postgresql_where=sa.text("status IN ('planned', 'claimed', 'sent')"),
        )
        batch_op.drop_index("ix_nudge_patient")
        batch_op.drop_index(
            "ix_nudge_due", sqlite_where=sa.text("status = 'planned'"), postgresql_where=sa.text("status = 'planned'")
        )

    op.drop_table("nudge")
    op.drop_table("activity")
    op.drop_table("goal")
    op.drop_table("already_helps")
    op.drop_table("agreement")
    op.drop_table("care_plan_revision")
    op.drop_table("wording")
    op.drop_table("staff_role")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_staff_id"))

    op.drop_table("sign_in")
    op.drop_table("preference")
    with op.batch_alter_table("care_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_care_plan_one_active",
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )
        batch_op.drop_index("ix_care_plan_patient_id")

    op.drop_table("care_plan")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_pain_service_id"))

    op.drop_table("staff")
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_patient_active_mobile",
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )
        batch_op.drop_index("ix_patient_mobile")

    op.drop_table("patient")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_patient_id")

    op.drop_table("audit_entry")
    op.drop_table("pain_service")
    op.drop_table("heartbeat")
