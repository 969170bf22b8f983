"""What people may ask of their records: correct, restrict, erase; and for how long each kind is kept."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)

REASONS = (
    "'consent-not-given', 'consent-withdrawn', 'patient-inactive', 'number-changed', 'plan-not-active', "
    "'revision-stale', 'preferences-changed', 'revision-not-agreed', 'wording-not-approved', 'wording-unusable', "
    "'safety-hold', 'paused', 'daily-ceiling', 'weekly-ceiling', 'outside-hours', 'expired', "
    "'another-first', 'catch-up', 'caught-up', 'undecidable', 'send-failed'"
)
TASKS = "'read-message', 'unknown-number', 'contact-another-way', 'number-invalid', 'check-sending', 'emergency-access'"
SOURCES = "'staff', 'patient-text', 'carrier', 'import'"
# Table, constraint, column, its words until now, and those that come to them.
WORDS = (
    ("nudge", "ck_nudge_reason", "reason", REASONS, "'restricted'"),
    ("nudge", "ck_nudge_held_reason", "held_reason", REASONS, "'restricted'"),
    ("task", "ck_task_taskkind", "kind", TASKS, "'correction', 'restriction', 'erasure'"),
    ("consent_event", "ck_consent_event_consentsource", "source", SOURCES, "'patient-app'"),
)
# What may go when an erasure was decided on, and how its patient is found. The audit trail is not among them: it stays.
ERASABLE = {
    "care_plan_revision": "OLD.patient_id",
    "already_helps": "(SELECT patient_id FROM care_plan WHERE id = OLD.care_plan_id)",
    "goal": "(SELECT patient_id FROM care_plan WHERE id = OLD.care_plan_id)",
    "activity": "(SELECT patient_id FROM care_plan WHERE id = OLD.care_plan_id)",
    "agreement": "(SELECT patient_id FROM care_plan WHERE id = OLD.care_plan_id)",
    "consent_event": "OLD.patient_id",
}


def upgrade() -> None:
    for table, name, column, old, new in WORDS:
        _change_check(table, name, f"{column} IN ({old})", f"{column} IN ({old}, {new})")
    op.add_column("patient", sa.Column("restricted_at", AT, nullable=True))
    _restriction()
    _correction()
    _erasure()
    _retention()
    _tell_the_planner()
    for table, patient in ERASABLE.items():
        _let_go_if_erased(table, patient)
    _keep_decisions()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    of = {"erasure_keeps": "erasure", "patient_restricted_change": "patient"}
    for trigger, table in of.items():
        op.execute(f"DROP TRIGGER {trigger} ON {table}" if postgresql else f"DROP TRIGGER {trigger}")
    for table in ERASABLE:
        _never_let_go(table)
    if postgresql:
        op.execute("DROP FUNCTION refuse_forgetting()")
    for table in ("retention_run", "past_count", "redaction", "erasure", "correction", "restriction"):
        op.drop_table(table)
    op.drop_column("patient", "restricted_at")
    # The older release has not these words: it gets the nearest that it knows.
    op.execute("UPDATE nudge SET reason = 'patient-inactive' WHERE reason = 'restricted'")
    op.execute("UPDATE nudge SET held_reason = NULL WHERE held_reason = 'restricted'")
    op.execute("DELETE FROM task WHERE kind IN ('correction', 'restriction', 'erasure')")
    _reword_consents()
    for table, name, column, old, new in WORDS:
        _change_check(table, name, f"{column} IN ({old}, {new})", f"{column} IN ({old})")


def _reword_consents() -> None:
    """Consent is append-only, so its trigger steps aside for this one statement."""
    reworded = "UPDATE consent_event SET source = 'staff' WHERE source = 'patient-app'"
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE consent_event DISABLE TRIGGER consent_event_append_only")
        op.execute(reworded)
        op.execute("ALTER TABLE consent_event ENABLE TRIGGER consent_event_append_only")
        return
    op.execute("DROP TRIGGER consent_event_no_update")
    op.execute(reworded)
    op.execute(
        "CREATE TRIGGER consent_event_no_update BEFORE UPDATE ON consent_event "
        "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END"
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _actors() -> sa.Enum:
    return _words("actorkind", "staff", "patient", "system")


def _of_patient(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["pain_service_id", "patient_id"],
        ["patient.pain_service_id", "patient.id"],
        name=op.f(f"fk_{table}_pain_service_id_patient_id"),
    )


def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"))


def _index_where(name: str, table: str, column: str, condition: str, *, unique: bool) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=unique, sqlite_where=where, postgresql_where=where)


def _restriction() -> None:
    grounds = ("accuracy-contested", "unlawful", "needed-for-a-claim", "objection", "their-wish", "erasure-decided")
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("ground", _words("restrictionground", *grounds), nullable=False),
        sa.Column("asked_by", _actors(), nullable=False),
        sa.Column("began_at", AT, nullable=False),
        sa.Column("began_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", AT, nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("lifted_by IS NULL OR lifted_at IS NOT NULL", name=op.f("ck_restriction_lifted_at_a_time")),
        _of_patient("restriction"),
        _key("restriction", "began_by", "staff"),
        _key("restriction", "lifted_by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    _index_where("uq_restriction_open", "restriction", "patient_id", "lifted_at IS NULL", unique=True)
    op.create_index("ix_restriction_patient_id", "restriction", ["patient_id"])


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", _actors(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", _words("correctionstatus", "requested", "made", "refused"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'requested') = (answered_at IS NULL)", name=op.f("ck_correction_answered_at_a_time")
        ),
        sa.CheckConstraint("status <> 'refused' OR answer IS NOT NULL", name=op.f("ck_correction_refused_with_why")),
        _of_patient("correction"),
        _key("correction", "task_id", "task"),
        _key("correction", "answered_by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index("ix_correction_patient_id", "correction", ["patient_id"])


def _erasure() -> None:
    statuses = ("requested", "refused", "withdrawn", "approved", "erased", "completed")
    grounds = ("wrongly-enrolled", "retention-over", "service-decided")
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("status", _words("erasurestatus", *statuses), nullable=False),
        sa.Column("asked_by", _actors(), nullable=False),
        sa.Column("asked_staff_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("ground", _words("erasureground", *grounds), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("from_at", AT, nullable=True),
        sa.Column("erased_at", AT, nullable=True),
        sa.Column("removed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("completed_at", AT, nullable=True),
        sa.Column("certificate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'withdrawn') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name=op.f("ck_erasure_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status IN ('approved', 'erased', 'completed')) <= (ground IS NOT NULL)",
            name=op.f("ck_erasure_on_a_ground"),
        ),
        sa.CheckConstraint("decided_by <> asked_staff_id", name=op.f("ck_erasure_decided_by_another")),
        sa.CheckConstraint("status <> 'refused' OR answer IS NOT NULL", name=op.f("ck_erasure_refused_with_why")),
        sa.CheckConstraint(
            "(status IN ('erased', 'completed')) = (erased_at IS NOT NULL)", name=op.f("ck_erasure_erased_at_a_time")
        ),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL AND signature IS NOT NULL)",
            name=op.f("ck_erasure_completed_and_signed"),
        ),
        _key("erasure", "pain_service_id", "pain_service"),
        _key("erasure", "asked_staff_id", "staff"),
        _key("erasure", "decided_by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    _index_where("uq_erasure_open", "erasure", "patient_id", "status IN ('requested', 'approved')", unique=True)
    op.create_index("ix_erasure_patient_id", "erasure", ["patient_id"])
    op.create_table(
        "redaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (provider_id IS NOT NULL)", name=op.f("ck_redaction_named_until_done")),
        _key("redaction", "erasure_id", "erasure"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    _index_where("ix_redaction_to_do", "redaction", "due_at", "done_at IS NULL", unique=False)
    op.create_index("ix_redaction_erasure_id", "redaction", ["erasure_id"])
    reasons = [word.strip(" '") for word in (REASONS + ", 'restricted'").split(",")]
    nudges = ("planned", "claimed", "sent", "skipped", "lapsed", "cancelled")
    failures = ("permanent-failure", "temporary-failure", "technical-failure")
    messages = ("created", "sending", "sent", "delivered", *failures, "unknown", "cancelled", "received")
    op.create_table(
        "past_count",
        sa.Column("id", companion.db.Counter, nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("behaviour", _words("behaviour", "curious", "healthy", "demand"), nullable=False),
        sa.Column("status", _words("nudgestatus", *nudges), nullable=False),
        sa.Column("reason", _words("reason", *reasons), nullable=True),
        sa.Column("message_status", _words("messagestatus", *messages), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_past_count_count")),
        _key("past_count", "pain_service_id", "pain_service"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_count")),
    )
    op.create_index("ix_past_count_month_on", "past_count", ["pain_service_id", "month_on"])


def _retention() -> None:
    kinds = (
        "health-record",
        "stranger-text",
        "attempt",
        "sign-in",
        "loop-check",
        "alarm",
        "erasure-certificate",
        "retention-run",
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("recordkind", *kinds), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("ran_at", AT, nullable=False),
        sa.CheckConstraint("done BETWEEN 0 AND found", name=op.f("ck_retention_run_done_of_found")),
        sa.CheckConstraint("NOT dry OR done = 0", name=op.f("ck_retention_run_dry_does_nothing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_kind", "retention_run", ["kind", "ran_at"])


def _tell_the_planner() -> None:
    """A restriction, and its end, are news for the planner as a STOP is."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER patient_restricted_change AFTER UPDATE OF restricted_at ON patient "
            "FOR EACH ROW EXECUTE FUNCTION note_patient_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER patient_restricted_change AFTER UPDATE OF restricted_at ON patient "
        "BEGIN INSERT INTO plan_change (patient_id) VALUES (NEW.id); END"
    )


def _let_go_if_erased(table: str, patient: str) -> None:
    """What never changes may still go, but only while the erasure of its patient is decided on and not yet done."""
    decided = f"EXISTS (SELECT 1 FROM erasure WHERE patient_id = {patient} AND status = 'approved')"  # noqa: S608
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
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
        return
    op.execute(f"DROP TRIGGER {table}_no_delete")
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {decided} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _never_let_go(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_no_loss ON {table}")
        op.execute(f"DROP FUNCTION refuse_loss_of_{table}()")
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(f"DROP TRIGGER {table}_no_delete")
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _keep_decisions() -> None:
    """The decision that lets rows go stays at least until its certificate is there."""
    kept = "OLD.status IN ('approved', 'erased')"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'an erasure that is under way is append-only' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER erasure_keeps BEFORE DELETE ON erasure FOR EACH ROW WHEN ({kept}) "
            "EXECUTE FUNCTION refuse_forgetting()"
        )
        return
    op.execute(
        f"CREATE TRIGGER erasure_keeps BEFORE DELETE ON erasure WHEN {kept} "
        "BEGIN SELECT RAISE(ABORT, 'an erasure that is under way is append-only'); END"
    )


def _change_check(table: str, name: str, old: str, new: str) -> None:
    """Give a check another condition, every row kept: on SQLite as migration 0008 does, which says why."""
    if op.get_bind().dialect.name == "postgresql":
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
