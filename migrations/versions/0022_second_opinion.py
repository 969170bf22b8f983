"""What a clinician thinks of a plan that somebody else wrote; accesses end by the patient, and go in an erasure."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
TABLE = "second_opinion"
TASKS = (
    "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending', 'emergency-access', "
    "'correction', 'restriction', 'erasure', 'review-due', 'suggestion', 'check-directory'"
)
NEW_TASKS = f"{TASKS}, 'second-opinion', 'opinion-given'"
# A partner's access ends with the question that it is for, and that may be the patient's own to take back.
BY_STAFF = "(ended_at IS NULL) = (ended_by IS NULL)"
BY_STAFF_OR_PATIENT = "ended_at IS NOT NULL OR ended_by IS NULL"
# What was asked never changes; what closes it does once.
ASKED = ("id", "pain_service_id", "patient_id", "care_plan_id", "asked_by", "asked_at")
CLOSED = ("revision_number", "task_id", "access_grant_id", "status", "outcome", "closed_at", "closed_by")


def upgrade() -> None:
    _change_check("task", "ck_task_taskkind", f"kind IN ({TASKS})", f"kind IN ({NEW_TASKS})")
    _change_check("access_grant", "ck_access_grant_ended_by_somebody", BY_STAFF, BY_STAFF_OR_PATIENT)
    _second_opinion()
    _said_once()
    _not_own()
    _keep(TABLE)
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _let_accesses_go()


def downgrade() -> None:
    op.drop_table(TABLE)
    if _on_postgresql():
        op.execute(f"DROP FUNCTION refuse_loss_of_{TABLE}()")
        op.execute("DROP FUNCTION refuse_own_opinion()")
    # The older release has not these words, and would ask for nothing by them.
    op.execute("DELETE FROM task WHERE kind IN ('second-opinion', 'opinion-given')")
    _change_check("task", "ck_task_taskkind", f"kind IN ({NEW_TASKS})", f"kind IN ({TASKS})")
    _hold_accesses()
    _say_who_ended()
    _change_check("access_grant", "ck_access_grant_ended_by_somebody", BY_STAFF_OR_PATIENT, BY_STAFF)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _key(columns: list[str], to: list[str]) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(columns, to, name=op.f(f"fk_{TABLE}_{'_'.join(columns)}"))


def _second_opinion() -> None:
    revisions = ["care_plan_revision.care_plan_id", "care_plan_revision.number"]
    checks = {
        "closed_at_a_time": "(status = 'requested') = (closed_at IS NULL)",
        "closed_in_words": "(status = 'requested') = (words_sealed IS NULL)",
        "given_with_an_outcome": "(status = 'given') = (outcome IS NOT NULL)",
        "given_by_somebody": "status <> 'given' OR closed_by IS NOT NULL",
        "becomes_another_revision": "became_revision IS NULL OR (status = 'given' AND outcome <> 'agree' "
        "AND became_revision <> revision_number)",
    }
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("care_plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("access_grant_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("status", _words("opinionstatus", "requested", "given", "withdrawn"), nullable=False),
        sa.Column("outcome", _words("opinionoutcome", "agree", "change", "other"), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("became_revision", sa.Integer(), nullable=True),
        _key(["pain_service_id", "patient_id"], ["patient.pain_service_id", "patient.id"]),
        _key(
            ["pain_service_id", "patient_id", "care_plan_id"],
            ["care_plan.pain_service_id", "care_plan.patient_id", "care_plan.id"],
        ),
        _key(["care_plan_id", "revision_number"], revisions),
        _key(["care_plan_id", "became_revision"], revisions),
        _key(["task_id"], ["task.id"]),
        _key(["access_grant_id"], ["access_grant.id"]),
        _key(["asked_by"], ["staff.id"]),
        _key(["closed_by"], ["staff.id"]),
        *(sa.CheckConstraint(words, name=op.f(f"ck_{TABLE}_{name}")) for name, words in checks.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("care_plan_id", "became_revision", name=op.f(f"uq_{TABLE}_care_plan_id_became_revision")),
    )
    is_open = sa.text("status = 'requested'")
    where = {"sqlite_where": is_open, "postgresql_where": is_open}
    op.create_index(f"uq_{TABLE}_open", TABLE, ["care_plan_id"], unique=True, **where)
    for column in ("patient_id", "access_grant_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])


def _said_once() -> None:
    """Only what closes it, the revision that comes of it, and a seal under a later key (0016) change a row."""
    same = "IS NOT DISTINCT FROM" if _on_postgresql() else "IS"
    asked = [*(f"NEW.{name} {same} OLD.{name}" for name in ASKED), _same_seal("question_sealed", same)]
    closed = [*(f"NEW.{name} {same} OLD.{name}" for name in CLOSED), _same_seal("words_sealed", same)]
    closed.append(f"(OLD.became_revision IS NULL OR NEW.became_revision {same} OLD.became_revision)")
    when = f"NOT ({' AND '.join(asked)} AND (OLD.status = 'requested' OR ({' AND '.join(closed)})))"
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {TABLE}_said_once BEFORE UPDATE ON {TABLE} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_said_once BEFORE UPDATE ON {TABLE} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    )


def _same_seal(name: str, same: str) -> str:
    later = f"substr(NEW.{name}, 1, 1) > substr(OLD.{name}, 1, 1)"
    return f"(NEW.{name} {same} OLD.{name} OR coalesce({later}, {'false' if _on_postgresql() else 0}))"


def _not_own() -> None:
    """Nobody gives a second opinion of a revision that they wrote."""
    own = (
        "NEW.status = 'given' AND EXISTS (SELECT 1 FROM care_plan_revision WHERE care_plan_id = NEW.care_plan_id "
        "AND number = NEW.revision_number AND author_id = NEW.closed_by)"
    )
    if _on_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_own_opinion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {own} THEN RAISE EXCEPTION 'second_opinion: of their own plan' USING ERRCODE = '23001'; "
            "END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {TABLE}_not_own BEFORE INSERT OR UPDATE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_own_opinion()"
        )
        return
    for when in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_not_own_{when} BEFORE {when.upper()} ON {TABLE} WHEN {own} "
            f"BEGIN SELECT RAISE(ABORT, 'second_opinion: of their own plan'); END"
        )


def _keep(table: str) -> None:
    """Only a decided erasure removes a row (0014)."""
    decided = "EXISTS (SELECT 1 FROM erasure WHERE patient_id = OLD.patient_id AND status = 'approved')"
    if _on_postgresql():
        op.execute(
            f"CREATE FUNCTION refuse_loss_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {decided} THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_loss BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_{table}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {decided} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _let_accesses_go() -> None:
    """An access goes with its patient too, which 0014 forgot: nobody was erased whose record was ever opened so."""
    if _on_postgresql():
        _guard_access("UPDATE")
    else:
        op.execute("DROP TRIGGER access_grant_no_delete")
    _keep("access_grant")


def _hold_accesses() -> None:
    """As 0013 had it."""
    if _on_postgresql():
        op.execute("DROP TRIGGER access_grant_no_loss ON access_grant")
        op.execute("DROP FUNCTION refuse_loss_of_access_grant()")
        _guard_access("UPDATE OR DELETE")
        return
    op.execute("DROP TRIGGER access_grant_no_delete")
    op.execute(
        "CREATE TRIGGER access_grant_no_delete BEFORE DELETE ON access_grant "
        "BEGIN SELECT RAISE(ABORT, 'access_grant is append-only but for its end'); END"
    )


def _guard_access(against: str) -> None:
    op.execute("DROP TRIGGER access_grant_kept ON access_grant")
    op.execute(
        f"CREATE TRIGGER access_grant_kept BEFORE {against} ON access_grant FOR EACH ROW EXECUTE FUNCTION keep_access()"
    )


def _say_who_ended() -> None:
    """The older release knows no access that a patient ended: whoever had granted it stands for them."""
    fill = "UPDATE access_grant SET ended_by = granted_by WHERE ended_at IS NOT NULL AND ended_by IS NULL"
    if _on_postgresql():
        op.execute("ALTER TABLE access_grant DISABLE TRIGGER access_grant_kept")
        op.execute(fill)
        op.execute("ALTER TABLE access_grant ENABLE TRIGGER access_grant_kept")
        return
    run = op.get_bind().exec_driver_sql
    guard = run("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'access_grant_kept'").scalar_one()
    run("DROP TRIGGER access_grant_kept")
    run(fill)
    run(guard)


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
