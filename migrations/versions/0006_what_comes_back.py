"""What comes back: consent, answers, and what waits for a person."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
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

    op.create_index("ix_consent_event_patient_id", "consent_event", ["patient_id", "id"], unique=False)

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
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "message_id"],
            ["message.pain_service_id", "message.patient_id", "message.id"],
            name=op.f("fk_answer_pain_service_id_patient_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "nudge_id"],
            ["nudge.pain_service_id", "nudge.patient_id", "nudge.id"],
            name=op.f("fk_answer_pain_service_id_patient_id_nudge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f("fk_answer_pain_service_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("message_id", name=op.f("uq_answer_message_id")),
    )

    op.create_index("ix_answer_nudge_id", "answer", ["nudge_id"], unique=False)

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
        sa.Column("why", sa.Text(), nullable=False),
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

    op.create_index("ix_task_inbox", "task", ["pain_service_id", "status", "due_at"], unique=False)
    op.create_index("ix_task_patient_id", "task", ["patient_id"], unique=False)


def downgrade() -> None:
    op.drop_table("task")
    op.drop_table("answer")
    op.drop_table("consent_event")
