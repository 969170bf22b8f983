"""People's words, names, numbers and addresses are sealed where they stand, each for its own row and column."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from alembic import op

from companion import keys
from companion.keys import KeyRing
from companion.sealed import context

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 1_000
# What a row's key may consist of.
KEYS: dict[str, Any] = {
    **dict.fromkeys(("id", "pain_service_id", "care_plan_id", "staff_id"), sa.Uuid()),
    **dict.fromkeys(("number", "revision_number", "seq"), sa.Integer()),
    "line": sa.String(40),
}
LINE = ("care_plan_id", "revision_number", "line")


class Column(NamedTuple):
    """A column as it was, and under which purpose its values are looked up, if they are."""

    name: str
    kind: sa.String | sa.JSON
    nullable: bool = False
    purpose: str = ""


def _may_be_empty(*names: str) -> list[Column]:
    return [Column(name, WORDS, nullable=True) for name in names]


def _any_quotes(check: str, column: str) -> str:
    """A check as SQLite has it: what it renamed itself stands in quotes."""
    return re.escape(check).replace(column, f'"?{column}(?:_sealed)?"?')


WORDS = sa.Text()
ABOUT_ME = ("communicate_how", "please_do", "please_dont", "reason")
# By table: what tells its rows apart, and its columns.
SEALED: dict[str, tuple[tuple[str, ...], tuple[Column, ...]]] = {
    "patient": (
        ("id",),
        (
            Column("given_name", sa.String(60)),
            Column("family_name", sa.String(60)),
            Column("nhs_number", sa.String(10), purpose="nhs-number"),
            Column("mobile", sa.String(20), purpose="number"),
        ),
    ),
    "staff": (("id",), (Column("name", sa.String(120)), Column("email", sa.String(254), purpose="email"))),
    "message": (("id",), (Column("number", sa.String(40), purpose="number"), Column("body", WORDS))),
    "task": (("id",), (Column("why", WORDS), *_may_be_empty("outcome"))),
    "audit_entry": (("pain_service_id", "seq"), (Column("reason", sa.String(500), nullable=True),)),
    "care_plan_revision": (("care_plan_id", "number"), (Column("what_matters", WORDS), *_may_be_empty(*ABOUT_ME))),
    "access_grant": (("id",), (Column("reason", WORDS),)),
    "correction": (("id",), (Column("words", WORDS), *_may_be_empty("answer"))),
    "erasure": (
        ("id",),
        (*_may_be_empty("answer"), Column("certificate", sa.JSON(none_as_null=True), nullable=True)),
    ),
    "invitation": (("id",), (Column("name", sa.String(120)), Column("email", sa.String(254), purpose="email"))),
    "passkey": (("id",), (Column("name", sa.String(60)),)),
    "already_helps": (LINE, (Column("words", WORDS),)),
    "goal": (LINE, (Column("words", WORDS),)),
    "activity": (LINE, (Column("words", WORDS), *_may_be_empty("nudge_words"))),
}
# Of these no row changes (0007), but for its seal.
IMMUTABLE = ("audit_entry", "care_plan_revision", "already_helps", "goal", "activity")
# PostgreSQL loses the keys and indexes of a column with the column.
UNIQUE = {"patient": ("pain_service_id", "nhs_number"), "staff": ("email",)}
ACTIVE, OPEN = "status = 'active'", "status IN ('created', 'sending')"
WAITING = "accepted_at IS NULL AND withdrawn_at IS NULL"
# Checks that ask for a column by name. How long a reason is can be seen no more; the use case asks before.
REASONED = "length(trim(reason)) >= 10"
REFUSED = "status <> 'refused' OR {} IS NOT NULL"
NEW_CHECKS = {
    "access_grant": ((rf",\s*CONSTRAINT ck_access_grant_reason CHECK \({_any_quotes(REASONED, 'reason')}\)", ""),),
    **{
        table: ((_any_quotes(REFUSED.format("answer_sealed"), "answer_sealed"), REFUSED.format("answer_sealed")),)
        for table in ("correction", "erasure")
    },
}
OLD_CHECKS = {
    "access_grant": (
        (
            r"(,\s*)(CONSTRAINT ck_access_grant_until_after_from)",
            rf"\1CONSTRAINT ck_access_grant_reason CHECK ({REASONED})\1\2",
        ),
    ),
    **{
        table: ((_any_quotes(REFUSED.format("answer"), "answer"), REFUSED.format("answer")),)
        for table in ("correction", "erasure")
    },
}
INDEXES = (
    ("uq_patient_active_mobile", "patient", ("pain_service_id", "mobile"), True, ACTIVE),
    ("ix_patient_mobile", "patient", ("mobile",), False, None),
    ("ix_message_open", "message", ("number",), False, OPEN),
    ("uq_invitation_open_email", "invitation", ("email",), True, WAITING),
)


def upgrade() -> None:
    _open_to_change()
    if _on_postgresql():
        for table, (key, columns) in SEALED.items():
            for column in columns:
                op.add_column(table, sa.Column(f"{column.name}_sealed", sa.LargeBinary(), nullable=True))
                if column.purpose:
                    op.add_column(table, sa.Column(f"{column.name}_index", sa.Uuid(), nullable=True))
            _seal(table, key, columns, in_place=False)
            for column in columns:
                op.alter_column(table, f"{column.name}_sealed", nullable=column.nullable)
                if column.purpose:
                    op.alter_column(table, f"{column.name}_index", nullable=column.nullable)
                op.drop_column(table, column.name)
        _make_keys("_index")
        _check_answers("answer_sealed")
        op.execute(_REFUSE_BUT_A_SEAL)
    else:
        # Freed space is overwritten, or the words would still stand in the file.
        op.execute("PRAGMA secure_delete = ON")
        for table, (key, columns) in SEALED.items():
            for column in (column for column in columns if column.purpose):
                op.execute(f"ALTER TABLE {table} ADD COLUMN {column.name}_sealed BLOB")
            # Sealed words stand for a moment where checks of clear ones still look: one that counts letters would find
            # too few as soon as a byte is nought.
            op.execute("PRAGMA ignore_check_constraints = ON")
            _seal(table, key, columns, in_place=True)
            op.execute("PRAGMA ignore_check_constraints = OFF")
            for column in columns:
                new = f"{column.name}_index" if column.purpose else f"{column.name}_sealed"
                op.execute(f"ALTER TABLE {table} RENAME COLUMN {column.name} TO {new}")
            edits = [words for column in columns for words in _in_new_words(table, column)]
            _edit_words(table, [*edits, *NEW_CHECKS.get(table, ())])
    op.execute("ALTER TABLE second_factor RENAME COLUMN secret TO secret_sealed")
    _seal_secrets(_old_place, _place)
    _guard()
    _guard_access(sealed=True)


def downgrade() -> None:
    for table in IMMUTABLE:
        op.execute(
            f"DROP TRIGGER {table}_but_a_seal ON {table}" if _on_postgresql() else f"DROP TRIGGER {table}_no_update"
        )
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse_but_a_seal()")
    _open_access_to_change()
    _seal_secrets(_place, _old_place)
    op.execute("ALTER TABLE second_factor RENAME COLUMN secret_sealed TO secret")
    if _on_postgresql():
        for table, (key, columns) in SEALED.items():
            for column in columns:
                op.add_column(table, sa.Column(column.name, column.kind, nullable=True))
            _open(table, key, columns, {name: name for name, *_ in columns})
            for column in columns:
                op.alter_column(table, column.name, nullable=column.nullable)
                op.drop_column(table, f"{column.name}_sealed")
                if column.purpose:
                    op.drop_column(table, f"{column.name}_index")
        _make_keys("")
        _check_answers("answer")
        op.execute(f"ALTER TABLE access_grant ADD CONSTRAINT ck_access_grant_reason CHECK ({REASONED})")
    else:
        for table, (key, columns) in SEALED.items():
            names = {each.name: f"{each.name}_index" if each.purpose else f"{each.name}_sealed" for each in columns}
            _open(table, key, columns, names)
            for column in columns:
                op.execute(f"ALTER TABLE {table} RENAME COLUMN {names[column.name]} TO {column.name}")
                if column.purpose:
                    op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}_sealed")
            edits = [words for column in columns for words in _in_old_words(table, column)]
            _edit_words(table, [*edits, *OLD_CHECKS.get(table, ())])
    _guard_as_before()
    _guard_access(sealed=False)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _ring() -> KeyRing:
    return cast(KeyRing, op.get_bind().get_execution_options()[keys.OPTION])


def _seal(table: str, key: Sequence[str], columns: Sequence[Column], *, in_place: bool) -> None:
    """Write what each row's words are sealed to and what they are looked up by. In place: where the words stood."""
    ring = _ring()
    targets: dict[str, Any] = {}
    for column in columns:
        targets[column.name if in_place and not column.purpose else f"{column.name}_sealed"] = sa.LargeBinary()
        if column.purpose:
            targets[column.name if in_place else f"{column.name}_index"] = sa.Uuid()

    def made(of_row: Sequence[Any], words: Sequence[Any]) -> Iterator[Any]:
        for column, said in zip(columns, words, strict=True):
            plain = said if said is None or isinstance(said, str) else _as_signed(said)
            yield None if plain is None else ring.seal(context(f"{table}.{column.name}", of_row), plain)
            if column.purpose:
                yield ring.blind(column.purpose, said)

    _rewrite(table, key, [sa.column(column.name, column.kind) for column in columns], targets, made)


def _open(table: str, key: Sequence[str], columns: Sequence[Column], names: dict[str, str]) -> None:
    """Write each row's words as they were, into the columns of those names."""
    ring = _ring()

    def made(of_row: Sequence[Any], sealed: Sequence[Any]) -> Iterator[Any]:
        for column, value in zip(columns, sealed, strict=True):
            words = None if value is None else ring.open(context(f"{table}.{column.name}", of_row), value)
            yield json.loads(words) if words is not None and isinstance(column.kind, sa.JSON) else words

    found = [sa.column(f"{column.name}_sealed", sa.LargeBinary()) for column in columns]
    _rewrite(table, key, found, {names[column.name]: column.kind for column in columns}, made)


def _as_signed(certificate: object) -> str:
    """A certificate as the signature under it has it (companion/records/certificate.py)."""
    return json.dumps(certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _old_place(key: Sequence[Any]) -> bytes:
    return f"second_factor.secret/{key[0]}".encode()


def _place(key: Sequence[Any]) -> bytes:
    return context("second_factor.secret", key)


def _seal_secrets(before: Callable[[Sequence[Any]], bytes], after: Callable[[Sequence[Any]], bytes]) -> None:
    """Those of authenticator apps (0015) are sealed already, and come to be sealed as all else is."""
    ring = _ring()

    def made(of_row: Sequence[Any], sealed: Sequence[Any]) -> Iterator[Any]:
        yield ring.seal(after(of_row), ring.open(before(of_row), sealed[0]))

    found = sa.column("secret_sealed", sa.LargeBinary())
    _rewrite("second_factor", ("staff_id",), [found], {"secret_sealed": sa.LargeBinary()}, made)


def _rewrite(
    table: str,
    key: Sequence[str],
    found: Sequence[Any],
    targets: dict[str, Any],
    made: Callable[[Sequence[Any], Sequence[Any]], Iterator[Any]],
) -> None:
    """Write into the targets of each row what is made of its key and what was found in it, some rows at a time."""
    own = [sa.column(name, KEYS[name]) for name in key]
    changed = sa.table(
        table,
        *[sa.column(each.name, each.type) for each in own],
        *[sa.column(name, kind) for name, kind in targets.items()],
    )
    same = [changed.c[name] == sa.bindparam(f"of_{name}", type_=KEYS[name]) for name in key]
    values = {name: sa.bindparam(f"new_{name}", type_=kind) for name, kind in targets.items()}
    change = changed.update().where(*same).values(values)
    names = [*(f"of_{name}" for name in key), *(f"new_{name}" for name in targets)]
    # An entry of the audit trail from before there was a chain has neither a place in it nor a reason.
    wanted = sa.select(*own, *found).select_from(sa.table(table)).where(own[-1].is_not(None))
    wanted = wanted.order_by(*own).limit(BATCH)
    rows = op.get_bind().execute(wanted).all()
    while rows:
        parted = [(row[: len(key)], row[len(key) :]) for row in rows]
        changes = [dict(zip(names, (*of_row, *made(of_row, rest)), strict=True)) for of_row, rest in parted]
        op.get_bind().execute(change, changes)
        last = sa.tuple_(*[sa.literal(value, each.type) for value, each in zip(rows[-1], own, strict=False)])
        rows = op.get_bind().execute(wanted.where(sa.tuple_(*own) > last)).all()


def _make_keys(suffix: str) -> None:
    for table, names in UNIQUE.items():
        columns = [*names[:-1], names[-1] + suffix]
        op.create_unique_constraint(f"uq_{table}_{'_'.join(columns)}", table, columns)
    for name, table, names, unique, condition in INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(name, table, [*names[:-1], names[-1] + suffix], unique=unique, postgresql_where=where)


def _check_answers(column: str) -> None:
    """PostgreSQL loses a check with the column that it asks for."""
    for table in ("correction", "erasure"):
        check = f"ADD CONSTRAINT ck_{table}_refused_with_why CHECK ({REFUSED.format(column)})"
        op.execute(f"ALTER TABLE {table} {check}")


def _in_new_words(table: str, column: Column) -> Iterator[tuple[str, str]]:
    """What is replaced by what in a table's schema on SQLite, once its columns have their new names."""
    old = re.escape(str(column.kind))
    if column.purpose:
        yield rf'("?\b{column.name}_index"?) {old}', r"\1 CHAR(32)"
        yield rf'("?\b{column.name}_sealed"?) BLOB', r"\1 BLOB NOT NULL"
        if UNIQUE.get(table, ("",))[-1] == column.name:
            yield f"(CONSTRAINT uq_{table}_{'_'.join(UNIQUE[table])}) UNIQUE", r"\1_index UNIQUE"
    else:
        yield rf'("?\b{column.name}_sealed"?) {old}', r"\1 BLOB"


def _in_old_words(table: str, column: Column) -> Iterator[tuple[str, str]]:
    yield rf'("?\b{column.name}"?) {"CHAR.32." if column.purpose else "BLOB"}', rf"\1 {column.kind}"
    if column.purpose and UNIQUE.get(table, ("",))[-1] == column.name:
        yield f"(CONSTRAINT uq_{table}_{'_'.join(UNIQUE[table])})_index UNIQUE", r"\1 UNIQUE"


def _edit_words(table: str, edits: Sequence[tuple[str, str]]) -> None:
    """Edit the words of a table's schema on SQLite, which cannot change a column, and would lose what refers to the
    table with a copy of it (sqlite.org/lang_altertable.html, section 7; no row moves)."""
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    words = run("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).scalar_one()
    for old, new in edits:
        words, count = re.subn(old, new, words)
        if count != 1:
            raise RuntimeError(f"The schema of {table} has {count} places for {old}.")
    run("PRAGMA writable_schema = ON")
    run("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (words, table))
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = OFF")


# A row that never changes may be sealed anew, under a key of a higher id than before, and nothing else about it: the
# database cannot see the words, so what keeps them as they are is that no key seals that has been followed by another.
_REFUSE_BUT_A_SEAL = """
CREATE FUNCTION refuse_but_a_seal() RETURNS trigger LANGUAGE plpgsql SET bytea_output = 'hex' AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    name text;
    forward boolean := false;
    sound boolean := (before - TG_ARGV) = (after - TG_ARGV);
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF before ->> name IS DISTINCT FROM after ->> name THEN
            forward := true;
            sound := sound AND coalesce(substr(after ->> name, 3, 2) > substr(before ->> name, 3, 2), false);
        END IF;
    END LOOP;
    IF NOT (sound AND forward) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$
"""


def _guard() -> None:
    for table in IMMUTABLE:
        sealed = [f"{column.name}_sealed" for column in SEALED[table][1]]
        if _on_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_but_a_seal BEFORE UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION refuse_but_a_seal({', '.join(sealed)})"
            )
            continue
        names = [found["name"] for found in sa.inspect(op.get_bind()).get_columns(table)]
        same = [f"NEW.{name} IS OLD.{name}" for name in names if name not in sealed]
        forward = [f"coalesce(substr(NEW.{name}, 1, 1) > substr(OLD.{name}, 1, 1), 0)" for name in sealed]
        sound = [f"(NEW.{name} IS OLD.{name} OR {later})" for name, later in zip(sealed, forward, strict=True)]
        fine = " AND ".join([*same, *sound, f"({' OR '.join(forward)})"])
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({fine}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _open_access_to_change() -> None:
    if _on_postgresql():
        op.execute(
            "CREATE OR REPLACE FUNCTION keep_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
    else:
        op.execute("DROP TRIGGER access_grant_kept")


def _guard_access(*, sealed: bool) -> None:
    """Of an access nothing changes but its end, and that once (0013); and its seal, in the same way."""
    reason = "reason_sealed" if sealed else "reason"
    later = "substr(NEW.reason_sealed, 1, 1) > substr(OLD.reason_sealed, 1, 1)"
    if _on_postgresql():
        anew = f"to_jsonb(NEW) - 'reason_sealed' = to_jsonb(OLD) - 'reason_sealed' AND {later}"
        op.execute(
            "CREATE OR REPLACE FUNCTION keep_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + (f"IF TG_OP = 'UPDATE' AND {anew} THEN RETURN NEW; END IF; " if sealed else "")
            + "IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL "
            "OR to_jsonb(NEW) - 'ended_at' - 'ended_by' <> to_jsonb(OLD) - 'ended_at' - 'ended_by' THEN "
            "RAISE EXCEPTION 'access_grant is append-only but for its end' USING ERRCODE = '23001'; "
            "END IF; RETURN NEW; END $$"
        )
        return
    kept = ("id", "pain_service_id", "patient_id", "kind", "holder_service_id", "holder_id", "granted_by")
    kept = (*kept, reason, "from_at", "until_at")
    changed = "OLD.ended_at IS NOT NULL OR " + " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in kept)
    same = [f"NEW.{column} IS OLD.{column}" for column in (*kept, "ended_at", "ended_by") if column != reason]
    wrong = f"({changed}) AND NOT ({' AND '.join([later, *same])})" if sealed else changed
    op.execute(
        f"CREATE TRIGGER access_grant_kept BEFORE UPDATE ON access_grant WHEN {wrong} "
        "BEGIN SELECT RAISE(ABORT, 'access_grant is append-only but for its end'); END"
    )


def _open_to_change() -> None:
    """Take the guards against changes away; those against removal stay. On PostgreSQL one may have been both."""
    _open_access_to_change()
    for table in IMMUTABLE:
        if not _on_postgresql():
            op.execute(f"DROP TRIGGER {table}_no_update")
            continue
        guard = _guard_of(table) or ""
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        if "DELETE" in guard:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def _guard_as_before() -> None:
    for table in IMMUTABLE:
        if not _on_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            continue
        was_both = _guard_of(table) is not None
        if was_both:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{' OR DELETE' if was_both else ''} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _guard_of(table: str) -> str | None:
    wanted = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = :name"
    return cast("str | None", op.get_bind().execute(sa.text(wanted), {"name": f"{table}_append_only"}).scalar())
