"""Has every column of every table its verdict, and is what is sealed declared as the house does it?"""

from collections import Counter

from sqlalchemy import LargeBinary, String, Uuid

from companion.db import Base
from companion.records import belonging
from companion.records.erasure import KEPT
from companion.sealed import key_names, sealed_tables, words_of
from tests.support import personal


def test_every_column_has_one_verdict() -> None:
    told = Counter([*personal.in_clear(), *personal.sealed(), *personal.indexes()])
    missing, gone = personal.every() - set(told), set(told) - personal.every()
    assert not missing, (
        f"is it sealed, or why may it stand in clear? Say so in tests/support/personal.py: {sorted(missing)}"
    )
    assert not gone, f"these columns are gone: {sorted(gone)}"
    assert [name for name, count in told.items() if count > 1] == []


def test_what_is_called_sealed_is_sealed() -> None:
    declared, looked_up = set(), set()
    for model in sealed_tables():
        table = Base.metadata.tables[model.__tablename__]
        for words in words_of(model):
            declared.add(f"{table.name}.{words.column}")
            assert isinstance(table.c[words.column].type, LargeBinary)
            if words.index:
                looked_up.add(f"{table.name}.{words.index_column}")
                assert isinstance(table.c[words.index_column].type, Uuid)
    assert declared == personal.sealed()
    assert looked_up == personal.indexes()
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == declared | {"passkey.public_key"}


def test_a_row_is_known_by_what_never_changes() -> None:
    """The seal holds the row's key together with its words: a key that changed would lose them."""
    for model in sealed_tables():
        table = Base.metadata.tables[model.__tablename__]
        own = set(key_names(model))
        unique = [set(key.columns.keys()) for key in (table.primary_key, *table.constraints, *table.indexes)
                  if getattr(key, "unique", True) and hasattr(key, "columns")]  # fmt: skip
        assert own in unique, model


def test_no_other_column_could_hold_free_words() -> None:
    """Long words that stand in clear are ours, a provider's or the organisation's: each one is named here."""
    long = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String) and not hasattr(column.type, "enums") and (column.type.length or 999) > 40
    }
    assert long == {
        "activity.recurrence",
        "attempt.worker",
        "audit_entry.action",
        "audit_entry.hash",
        "audit_entry.origin",
        "audit_head.hash",
        "heartbeat.worker",
        "device_token.hash",
        "sign_in_link.mac",
        "sign_in_code.code_mac",
        "nhs_login_errand.mac",
        "sign_in_code.number_mac",
        "lease.holder",
        "message.provider_id",
        "beginning.mac",
        "erasure.signature",
        "invitation.mac",
        "known_device.mac",
        "limit_use.mac",
        "organisation_identity.issuer",
        "organisation_identity.subject",
        "pain_service.name",
        "passkey.credential_id",
        "password_reset.mac",
        "pain_service.time_zone",
        "patient.time_zone",
        "plan_template_version.name",
        "plan_template_version.reason",
        "receipt.provider_id",
        "recovery_code.mac",
        "resource.access_needs",
        "resource.cost_words",
        "resource.description",
        "resource.email",
        "resource.evidence_source",
        "resource.folded",
        "resource.name",
        "resource.needs",
        "resource.place",
        "resource.reach",
        "resource.web",
        "redaction.provider_id",
        "sign_in.token_hash",
        "staff.password_hash",
        "wording.body",
    }


def test_whatever_anybody_typed_goes_with_the_patient_or_is_said_why_not() -> None:
    """A reason, a note or an answer that staff typed holds names: its column is in the register, and erased."""
    gone = {table.name for table in belonging.tables()} - set(KEPT)
    stays = {name for name in personal.sealed() if name.partition(".")[0] not in gone}
    assert stays == set(personal.OUTLIVES)
