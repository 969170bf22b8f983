"""The rows of one patient, and those that point at them, are found by an index in every table that keeps them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEXED = (
    ("care_plan_revision", "patient_id"),
    ("answer", "patient_id"),
    ("plan_start", "patient_id"),
    ("sign_in_code", "patient_id"),
    ("agreement_request", "care_plan_id"),
    ("suggestion", "care_plan_id"),
    ("correction", "task_id"),
    ("second_opinion", "task_id"),
)
# Empty in most rows, which then cost the index nothing.
SELDOM = (("message", "in_reply_to"), ("consent_event", "message_id"))


def upgrade() -> None:
    for table, column in INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, column in SELDOM:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    for table, column in (*INDEXED, *SELDOM):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
