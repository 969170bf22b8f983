"""The rows of one patient are found by an index in every table that keeps them."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("care_plan_revision", "answer", "plan_start", "sign_in_code")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_patient_id", table, ["patient_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_patient_id", table_name=table)
