"""The whole plan: needs, medicines to review, contacts, flare-ups, reviews, and how often something is done.

A plan's status moves as the rules say, whoever writes it.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Joins those of migration 0007.
APPEND_ONLY = ("need", "medicine_to_review", "plan_contact")
# The sealed columns of each table whose rows never change (0016), until now and from now on.
WAS_SEALED = {
    "care_plan_revision": ("what_matters", "communicate_how", "please_do", "please_dont", "reason"),
    "activity": ("words", "nudge_words"),
}
FLARE = ("early_signs", "first_steps", "avoid", "contact", "urgent_help")
NEW_WORDS = ("important_people", *(f"flare_{name}" for name in FLARE))
NEW_SEALED = {
    "need": ("words", "condition"),
    "medicine_to_review": ("words", "why"),
    "plan_contact": ("words", "phone"),
}
DONE_BY = "done_by IN ('patient', 'carer', 'service', 'voluntary-partner')"
# By table: what is added, with its type here and there, and the check or the key that comes with it.
ADDED: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "care_plan_revision": (
        *((f"{name}_sealed", "BLOB", "BYTEA", "") for name in NEW_WORDS if name != "flare_urgent_help"),
        (
            "flare_urgent_help_sealed",
            "BLOB",
            "BYTEA",
            "CONSTRAINT ck_care_plan_revision_flare_whole "
            "CHECK ((flare_first_steps_sealed IS NULL) = (flare_urgent_help_sealed IS NULL))",
        ),
        ("review_on", "DATE", "DATE", ""),
        (
            "reviewer_id",
            "CHAR(32)",
            "UUID",
            "CONSTRAINT ck_care_plan_revision_reviewer_has_day CHECK (reviewer_id IS NULL OR review_on IS NOT NULL)",
        ),
        (
            "version",
            "INTEGER",
            "INTEGER",
            "CONSTRAINT ck_care_plan_revision_version_counts_it CHECK (version >= number)",
        ),
    ),
    "activity": (
        (
            "done_by",
            "VARCHAR(40)",
            "VARCHAR(40)",
            f"DEFAULT 'patient' NOT NULL CONSTRAINT ck_activity_doneby CHECK ({DONE_BY})",
        ),
        ("starts_on", "DATE", "DATE", ""),
        (
            "recurrence",
            "VARCHAR(120)",
            "VARCHAR(120)",
            "CONSTRAINT ck_activity_recurrence_starts CHECK (recurrence IS NULL OR starts_on IS NOT NULL)",
        ),
        ("due_on", "DATE", "DATE", "CONSTRAINT ck_activity_due_after_start CHECK (due_on >= starts_on)"),
    ),
}
MOVES = (
    ("draft", "active"),
    ("draft", "revoked"),
    ("active", "on-hold"),
    ("active", "revoked"),
    ("active", "completed"),
    ("on-hold", "active"),
    ("on-hold", "revoked"),
    ("on-hold", "completed"),
)


def upgrade() -> None:
    for table, columns in ADDED.items():
        _drop_seal_guard(table)
        for name, here, there, more in columns:
            kind = there if _on_postgresql() else here
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind} {more}")
        was = WAS_SEALED[table]
        if table == "care_plan_revision":
            _tie_reviewers()
        _guard_seals(table, (*was, *NEW_WORDS) if table == "care_plan_revision" else was)
    kinds = _words("needkind", "physical", "psychological", "social", "nutritional")
    _make("need", sa.Column("kind", kinds, nullable=False), "condition_sealed")
    _make("medicine_to_review", None, "why_sealed")
    _make(
        "plan_contact", sa.Column("kind", _words("contactkind", "carer", "contingency"), nullable=False), "phone_sealed"
    )
    for table, sealed in NEW_SEALED.items():
        _guard_seals(table, sealed)
        _guard_loss(table)
    _guard_moves()


def downgrade() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER care_plan_moves ON care_plan")
        op.execute("DROP FUNCTION refuse_plan_move()")
    else:
        op.execute("DROP TRIGGER care_plan_moves")
    for table in reversed(NEW_SEALED):
        op.drop_table(table)
        if _on_postgresql():
            op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")
    for table, columns in ADDED.items():
        _drop_seal_guard(table)
        if table == "care_plan_revision":
            _untie_reviewers()
        for name, *_ in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        _guard_seals(table, WAS_SEALED[table])


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


KEY = "CONSTRAINT fk_care_plan_revision_reviewer_id FOREIGN KEY(reviewer_id) REFERENCES staff (id)"


def _tie_reviewers() -> None:
    if _on_postgresql():
        op.execute(f"ALTER TABLE care_plan_revision ADD {KEY}")
    else:
        _edit_words(lambda words: f"{words.rstrip().removesuffix(')')}, {KEY})")


def _untie_reviewers() -> None:
    if _on_postgresql():
        op.execute("ALTER TABLE care_plan_revision DROP CONSTRAINT fk_care_plan_revision_reviewer_id")
    else:
        _edit_words(lambda words: words.replace(f", {KEY}", ""))


def _edit_words(edit: Callable[[str], str]) -> None:
    """Edit the words of the table's schema on SQLite, which adds no key to a table: see migration 0016."""
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    words = run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'care_plan_revision'").scalar_one()
    run("PRAGMA writable_schema = ON")
    run("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'care_plan_revision'", (edit(words),))
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = OFF")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _make(table: str, kind: sa.Column[str] | None, more: str) -> None:
    op.create_table(
        table,
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *([] if kind is None else [kind]),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(more, sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["care_plan_id", "revision_number"],
            ["care_plan_revision.care_plan_id", "care_plan_revision.number"],
            name=op.f(f"fk_{table}_care_plan_id_revision_number"),
        ),
        sa.PrimaryKeyConstraint("care_plan_id", "revision_number", "line", name=op.f(f"pk_{table}")),
    )


def _drop_seal_guard(table: str) -> None:
    op.execute(f"DROP TRIGGER {table}_but_a_seal ON {table}" if _on_postgresql() else f"DROP TRIGGER {table}_no_update")


def _guard_seals(table: str, words: tuple[str, ...]) -> None:
    """Nothing about a row changes but its seals, and those forward: as migration 0016 says."""
    sealed = [f"{name}_sealed" for name in words]
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_but_a_seal BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_but_a_seal({', '.join(sealed)})"
        )
        return
    names = [found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)]
    same = [f"NEW.{name} IS OLD.{name}" for name in names if name not in sealed]
    forward = [f"coalesce(substr(NEW.{name}, 1, 1) > substr(OLD.{name}, 1, 1), 0)" for name in sealed]
    sound = [f"(NEW.{name} IS OLD.{name} OR {later})" for name, later in zip(sealed, forward, strict=True)]
    fine = " AND ".join([*same, *sound, f"({' OR '.join(forward)})"])
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({fine}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _guard_loss(table: str) -> None:
    """A line goes with its patient, once an erasure is decided on, and never before: as migration 0014 says."""
    patient = "(SELECT patient_id FROM care_plan WHERE id = OLD.care_plan_id)"
    decided = f"EXISTS (SELECT 1 FROM erasure WHERE patient_id = {patient} AND status = 'approved')"  # noqa: S608
    if not _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {decided} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION refuse_loss_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {decided} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_loss BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _guard_moves() -> None:
    """A status moves along these pairs, and versions and revisions count up only."""
    pairs = " OR ".join(f"(OLD.status = '{old}' AND NEW.status = '{new}')" for old, new in MOVES)
    back = "NEW.version < OLD.version OR NEW.current_revision < OLD.current_revision"
    wrong = f"(NEW.status <> OLD.status AND NOT ({pairs})) OR {back}"
    said = "a care plan does not move like this"
    if _on_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_plan_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{said}' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            "CREATE TRIGGER care_plan_moves BEFORE UPDATE OF status, version, current_revision ON care_plan "
            f"FOR EACH ROW WHEN ({wrong}) EXECUTE FUNCTION refuse_plan_move()"
        )
        return
    op.execute(
        "CREATE TRIGGER care_plan_moves BEFORE UPDATE OF status, version, current_revision ON care_plan "
        f"WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{said}'); END"
    )
