"""The planner need not look through all plans: what changes says so, and each plan says when its days run out."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# By table: which column names the patient, and of what the planner must know. A time zone comes with a new version of
# the preferences.
CHANGES = {
    "care_plan": ("patient_id", ("INSERT", "UPDATE OF status, current_revision, agreed_revision")),
    "preference": ("patient_id", ("UPDATE OF version",)),
    "patient": ("id", ("UPDATE OF status, text_consent",)),
}


def upgrade() -> None:
    op.create_table(
        "plan_change",
        sa.Column("id", companion.db.Counter, nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
    )
    op.add_column("care_plan", sa.Column("look_on", sa.Date(), nullable=True))
    # Whatever was planned before, or was not, is looked at once.
    op.execute("UPDATE care_plan SET look_on = CURRENT_DATE")
    present = sa.text("look_on IS NOT NULL")
    op.create_index("ix_care_plan_look_on", "care_plan", ["look_on"], sqlite_where=present, postgresql_where=present)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, (patient, changes) in CHANGES.items():
        note = f"INSERT INTO plan_change (patient_id) VALUES (NEW.{patient})"  # noqa: S608
        if postgresql:
            op.execute(
                f"CREATE FUNCTION note_{table}_change() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {note}; RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_change AFTER {' OR '.join(changes)} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION note_{table}_change()"
            )
            continue
        for change in changes:
            op.execute(f"CREATE TRIGGER {_named(table, change)} AFTER {change} ON {table} BEGIN {note}; END")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, (_, changes) in CHANGES.items():
        if postgresql:
            op.execute(f"DROP TRIGGER {table}_change ON {table}")
            op.execute(f"DROP FUNCTION note_{table}_change()")
            continue
        for change in changes:
            op.execute(f"DROP TRIGGER {_named(table, change)}")
    op.drop_index("ix_care_plan_look_on", table_name="care_plan")
    op.drop_column("care_plan", "look_on")
    op.drop_table("plan_change")


def _named(table: str, change: str) -> str:
    return f"{table}_change_{change.split()[0].lower()}"
