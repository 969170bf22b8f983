"""Patients sign in by a code or a link in a text."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

AT = companion.db.UtcDateTime(timezone=True)
ALARMS = ("account-fault", "content-filtered", "provider-failing", "loop-broken", "audit-broken")
LIMITS = ("staff-account", "staff-address", "staff-device", "staff-code", "reset-account", "reset-address")
RETENTION = (
    "health-record",
    "stranger-text",
    "attempt",
    "sign-in",
    "loop-check",
    "alarm",
    "erasure-certificate",
    "retention-run",
)
OF_PATIENTS = (
    "code-number",
    "code-address",
    "link-patient",
    "patient-address",
    "patient-fact",
    "texts-service",
    "texts-prefix",
)


def upgrade() -> None:
    # Not as a batch: on SQLite that would make the table anew, without its triggers.
    op.add_column("patient", sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=True))
    _change_kinds("alarm", "alarmkind", *ALARMS, "codes-pumped")
    _change_kinds("limit_use", "limitkind", *LIMITS, *OF_PATIENTS)
    _change_kinds("retention_run", "recordkind", *RETENTION, "device")
    op.create_table(
        "code_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mobile_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_request")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("number_mac", sa.String(length=64), nullable=False),
        *_of_patient("sign_in_code", nullable=True),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        *_short_lived("sign_in_code"),
        sa.CheckConstraint(
            "(patient_id IS NULL) = (pain_service_id IS NULL)", name=op.f("ck_sign_in_code_somebody_s_or_nobody_s")
        ),
        sa.PrimaryKeyConstraint("number_mac", name=op.f("pk_sign_in_code")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("mac", sa.String(length=64), nullable=False),
        *_of_patient("sign_in_link"),
        *_short_lived("sign_in_link"),
        sa.UniqueConstraint("patient_id", name=op.f("uq_sign_in_link_patient_id")),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_of_patient("device"),
        sa.Column("kind", _one_of("devicekind", "app", "page"), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_device_expires_after_created")),
        sa.CheckConstraint("ended_at >= created_at", name=op.f("ck_device_ended_after_created")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index("ix_device_patient_id", "device", ["patient_id"])
    op.create_table(
        "device_token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("tokenkind", "access", "refresh", "page"), nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("used_at", AT, nullable=True),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_device_token_expires_after_issued")),
        sa.CheckConstraint("used_at IS NULL OR kind = 'refresh'", name=op.f("ck_device_token_only_refresh_is_used")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_token_device_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_device_token")),
    )
    op.create_index(op.f("ix_device_token_device_id"), "device_token", ["device_id"])
    op.create_index(op.f("ix_device_token_expires_at"), "device_token", ["expires_at"])
    op.create_table(
        "nhs_login_errand",
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_nhs_login_errand")),
    )
    op.create_index(op.f("ix_nhs_login_errand_expires_at"), "nhs_login_errand", ["expires_at"])
    of_sign_in = sa.text("kind = 'sign-in'")
    op.create_index(
        "ix_message_sign_in", "message", ["expires_at"], sqlite_where=of_sign_in, postgresql_where=of_sign_in
    )


def downgrade() -> None:
    op.drop_index("ix_message_sign_in", table_name="message")
    op.drop_column("patient", "birth_date_sealed")
    for table in ("nhs_login_errand", "device_token", "device", "sign_in_link", "sign_in_code", "code_request"):
        op.drop_table(table)
    op.execute("DELETE FROM alarm WHERE kind = 'codes-pumped'")
    _change_kinds("alarm", "alarmkind", *ALARMS)
    op.execute("DELETE FROM limit_use WHERE kind NOT LIKE 'staff-%' AND kind NOT LIKE 'reset-%'")
    _change_kinds("limit_use", "limitkind", *LIMITS)
    op.execute("DELETE FROM retention_run WHERE kind = 'device'")
    _change_kinds("retention_run", "recordkind", *RETENTION)


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _of_patient(table: str, *, nullable: bool = False) -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("pain_service_id", sa.Uuid(), nullable=nullable),
        sa.Column("patient_id", sa.Uuid(), nullable=nullable),
        sa.ForeignKeyConstraint(
            ["pain_service_id", "patient_id"],
            ["patient.pain_service_id", "patient.id"],
            name=op.f(f"fk_{table}_pain_service_id_patient_id"),
        ),
    )


def _short_lived(table: str) -> tuple[sa.Column[object] | sa.CheckConstraint, ...]:
    return (
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f(f"ck_{table}_expires_after_created")),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f(f"ck_{table}_tries")),
    )


def _change_kinds(table: str, name: str, *words: str) -> None:
    check = op.f(f"ck_{table}_{name}")
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(check, type_="check")
        changed.create_check_constraint(check, f"kind IN ({listed})")
