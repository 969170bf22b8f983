"""Where somebody is on the way from referral to closed, every move that brought them there, and hospital referrals."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
# What is new and never changes, with its sealed columns: a row may be sealed anew (0016), and go with its patient.
NEW = {
    "pathway_move": ("words_sealed",),
    "hospital_referral": ("to_sealed", "reason_sealed", "tried_first_sealed"),
}
# Joins those of earlier migrations.
APPEND_ONLY = tuple(NEW)
STEPS = ("referral", "assessment", "active-plan", "review", "open-contact", "closed")
REASONS = {
    "referral": ("existing-patient", "new-from-gp"),
    "assessment": ("accepted", "came-back"),
    "active-plan": ("plan-agreed", "review-done"),
    "review": ("came-back", "needs-changed", "review-due", "their-wish"),
    "open-contact": ("manages-well", "their-wish"),
    "closed": (
        "died",
        "entered-in-error",
        "goals-reached",
        "moved-away",
        "no-contact",
        "not-suitable",
        "their-wish",
    ),
}
MOVES = {
    "referral": ("assessment", "closed"),
    "assessment": ("active-plan", "closed", "open-contact"),
    "active-plan": ("closed", "open-contact", "review"),
    "review": ("active-plan", "closed", "open-contact"),
    "open-contact": ("assessment", "closed", "review"),
}
ALL_REASONS = (
    "new-from-gp",
    "existing-patient",
    "accepted",
    "came-back",
    "plan-agreed",
    "review-done",
    "review-due",
    "needs-changed",
    "their-wish",
    "manages-well",
    "goals-reached",
    "not-suitable",
    "moved-away",
    "no-contact",
    "died",
    "entered-in-error",
)
TASKS = (
    "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending', 'emergency-access', "
    "'correction', 'restriction', 'erasure'"
)


def upgrade() -> None:
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS})", f"kind IN ({TASKS}, 'review-due')")
    _pathway()
    _pathway_move()
    _hospital_referral()
    for table, sealed in NEW.items():
        _never_change(table, sealed)


def downgrade() -> None:
    for table in ("hospital_referral", "pathway_move", "pathway"):
        op.drop_table(table)
        if table in NEW and _on_postgresql():
            op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")
    # The older release has not this word, and would ask for nothing by it.
    op.execute("DELETE FROM task WHERE kind = 'review-due'")
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS}, 'review-due')", f"kind IN ({TASKS})")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _of_patient(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f(f"fk_{table}_pain_service_id_patient_id"),
        ),
    ]


def _of_pathway(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        *_of_patient(table),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id", "pathway_id"],
            ["pathway.pain_service_id", "pathway.patient_id", "pathway.id"],
            name=op.f(f"fk_{table}_pain_service_id_patient_id_pathway_id"),
        ),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f(f"fk_{table}_recorded_by")),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _pathway() -> None:
    op.create_table(
        "pathway",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_of_patient("pathway"),
        sa.Column("step", _words("step", *STEPS), nullable=False),
        sa.Column("since_at", AT, nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("asked_at", AT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _check("pathway", "plan_is_reviewed", "step <> 'active-plan' OR review_on IS NOT NULL"),
        _check("pathway", "review_of_a_step", "review_on IS NULL OR step IN ('active-plan', 'open-contact')"),
        _check("pathway", "asked_for_a_review", "asked_at IS NULL OR review_on IS NOT NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
        sa.UniqueConstraint(
            "pain_service_id", "patient_id", "id", name=op.f("uq_pathway_pain_service_id_patient_id_id")
        ),
    )
    _index_where("uq_pathway_open", "patient_id", "step <> 'closed'", unique=True)
    _index_where("ix_pathway_review_on", "review_on", "asked_at IS NULL AND review_on IS NOT NULL", unique=False)
    op.create_index("ix_pathway_patient_id", "pathway", ["patient_id"])
    op.create_index("ix_pathway_step", "pathway", ["pain_service_id", "step"])


def _pathway_move() -> None:
    table = "pathway_move"
    op.create_table(
        table,
        *_of_pathway(table),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("from_step", _words("step", *STEPS), nullable=True),
        sa.Column("to_step", _words("to_step", *STEPS), nullable=False),
        sa.Column("reason", _words("movereason", *ALL_REASONS), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("effective_at", AT, nullable=False),
        _check(table, "follows_a_step", "(follows IS NULL) = (from_step IS NULL)"),
        _check(table, "follows_another", "follows <> number"),
        _check(table, "corrects_another", "corrects <> number"),
        _check(table, "corrected_with_why", "corrects IS NULL OR words_sealed IS NOT NULL"),
        _check(table, "begins_once", "(number = 1) = (follows IS NULL AND corrects IS NULL)"),
        _check(table, "way", _ways()),
        _check(table, "reason_of_step", _reasons()),
        sa.PrimaryKeyConstraint("pathway_id", "number", name=op.f("pk_pathway_move")),
        sa.UniqueConstraint("pathway_id", "to_step", "number", name=op.f("uq_pathway_move_pathway_id_to_step_number")),
        sa.UniqueConstraint("pathway_id", "corrects", name=op.f("uq_pathway_move_pathway_id_corrects")),
        sa.ForeignKeyConstraint(
            ["pathway_id", "from_step", "follows"],
            ["pathway_move.pathway_id", "pathway_move.to_step", "pathway_move.number"],
            name=op.f("fk_pathway_move_pathway_id_from_step_follows"),
        ),
        sa.ForeignKeyConstraint(
            ["pathway_id", "corrects"],
            ["pathway_move.pathway_id", "pathway_move.number"],
            name=op.f("fk_pathway_move_pathway_id_corrects"),
        ),
    )
    op.create_index("ix_pathway_move_patient_id", table, ["patient_id"])


def _ways() -> str:
    """The same moves as the rules have, no way back but by a correction."""
    ways = ["from_step IS NULL AND to_step IN ('referral')"]
    ways += ["corrects IS NOT NULL AND coalesce(from_step, '') = to_step"]
    ways += [f"coalesce(from_step, '') = '{step}' AND to_step IN ({_listed(to)})" for step, to in MOVES.items()]
    return " OR ".join(ways)


def _reasons() -> str:
    back = "coalesce(from_step, '') = to_step AND reason = 'entered-in-error'"
    return " OR ".join([back, *(f"to_step = '{step}' AND reason IN ({_listed(of)})" for step, of in REASONS.items())])


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _hospital_referral() -> None:
    table = "hospital_referral"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *_of_pathway(table),
        sa.Column("to_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tried_first_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("referred_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_referral")),
    )
    op.create_index("ix_hospital_referral_pathway_id", table, ["pathway_id"])
    op.create_index("ix_hospital_referral_patient_id", table, ["patient_id"])


def _index_where(name: str, column: str, condition: str, *, unique: bool) -> None:
    where = sa.text(condition)
    op.create_index(name, "pathway", [column], unique=unique, sqlite_where=where, postgresql_where=where)


def _never_change(table: str, sealed: tuple[str, ...]) -> None:
    """Only a seal under a later key changes a row (0016), and only a decided erasure removes one (0014)."""
    decided = "EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id AND status = 'approved')"
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_but_a_seal BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_but_a_seal({', '.join(sealed)})"
        )
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
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {decided} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _change_check(table: str, name: str, old: str, new: str) -> None:
    """Give a check another condition, every row kept: on SQLite as migration 0008 does, which says why."""
    if _on_postgresql():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({new})")
        return
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = ON")
    run(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (f"CONSTRAINT {name} CHECK ({old})", f"CONSTRAINT {name} CHECK ({new})", table),
    )
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = OFF")
