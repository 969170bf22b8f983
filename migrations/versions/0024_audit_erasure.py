"""An erasure that was decided takes the words out of the audit trail's entries about that person, and nothing else."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = (
    "id",
    "pain_service_id",
    "actor_kind",
    "actor_id",
    "action",
    "patient_id",
    "entity_id",
    "fields",
    "recorded_at",
    "seq",
    "hash",
)
LATER = "coalesce(substr(NEW.reason_sealed, 1, 1) > substr(OLD.reason_sealed, 1, 1), {no})"
# On SQLite an id has no hyphens.
DECIDED = (
    "EXISTS (SELECT 1 FROM erasure WHERE status = 'approved' AND pain_service_id = OLD.pain_service_id AND "
    "(patient_id = OLD.patient_id OR patient_id = OLD.actor_id OR {named} = OLD.entity_id))"
)
POSTGRESQL_DECIDED = DECIDED.format(named="CAST(patient_id AS varchar)")
SQLITE_DECIDED = DECIDED.replace("OLD.entity_id", "replace(OLD.entity_id, '-', '')").format(named="patient_id")
# A network address goes only where it is the person's own.
POSTGRESQL_EMPTIED = (
    "NEW.reason_sealed IS NULL AND (NEW.origin IS NOT DISTINCT FROM OLD.origin "
    "OR (NEW.origin IS NULL AND OLD.actor_kind = 'patient'))"
)
SQLITE_EMPTIED = (
    "NEW.reason_sealed IS NULL AND (NEW.origin IS OLD.origin OR (NEW.origin IS NULL AND OLD.actor_kind = 'patient'))"
)


def upgrade() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER audit_entry_but_a_seal ON audit_entry")
        op.execute(
            "CREATE FUNCTION refuse_but_a_seal_or_an_erasure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF to_jsonb(NEW) - 'reason_sealed' = to_jsonb(OLD) - 'reason_sealed' "
            f"AND {LATER.format(no='false')} THEN RETURN NEW; END IF; "
            "IF to_jsonb(NEW) - 'reason_sealed' - 'origin' = to_jsonb(OLD) - 'reason_sealed' - 'origin' "
            f"AND {POSTGRESQL_EMPTIED} AND {POSTGRESQL_DECIDED} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = '23001'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_but_a_seal BEFORE UPDATE ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION refuse_but_a_seal_or_an_erasure()"
        )
        return
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in COLUMNS)
    sealed = f"(NEW.origin IS OLD.origin AND {LATER.format(no=0)})"
    _guard_sqlite(f"{same} AND ({sealed} OR ({SQLITE_EMPTIED} AND {SQLITE_DECIDED}))")


def downgrade() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER audit_entry_but_a_seal ON audit_entry")
        op.execute("DROP FUNCTION refuse_but_a_seal_or_an_erasure()")
        op.execute(
            "CREATE TRIGGER audit_entry_but_a_seal BEFORE UPDATE ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION refuse_but_a_seal('reason_sealed')"
        )
        return
    # Word for word as 0016 has it: the columns in their order.
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*COLUMNS[:9], "origin", *COLUMNS[9:]))
    later = LATER.format(no=0)
    _guard_sqlite(f"{same} AND (NEW.reason_sealed IS OLD.reason_sealed OR {later}) AND ({later})")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard_sqlite(fine: str) -> None:
    op.execute("DROP TRIGGER audit_entry_no_update")
    op.execute(
        f"CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN NOT ({fine}) "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
    )
