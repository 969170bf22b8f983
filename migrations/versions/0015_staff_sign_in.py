"""Staff sign in with a second factor, by invitation, on devices that are known; and they can leave."""

import sqlalchemy as sa
from alembic import op

import companion.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = sa.text("accepted_at IS NULL AND withdrawn_at IS NULL")
DOORS = ("api", "page")
FACTORS = ("password", "code", "recovery-code", "passkey", "organisation")
MAILED = ("waiting", "sent", "not-sent")
LIMITS = ("staff-account", "staff-address", "staff-device", "staff-code", "reset-account", "reset-address")
ROLES = ("clinician", "service_manager", "administrator")


def upgrade() -> None:
    op.add_column("staff", _instant("left_at", nullable=True))
    # Everybody signs in again: of the sign-ins from before nobody can say how they came about.
    op.drop_table("sign_in")
    _create_sign_in(
        sa.Column("door", _one_of("signindoor", DOORS), nullable=False),
        sa.Column("factor", _one_of("factor", FACTORS), nullable=False),
        _instant("last_used_at"),
    )
    op.create_table(
        "limit_use",
        sa.Column("kind", _one_of("limitkind", LIMITS), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("until_at"),
        sa.CheckConstraint("seconds >= 1", name=op.f("ck_limit_use_seconds")),
        sa.CheckConstraint("tries >= 1", name=op.f("ck_limit_use_tries")),
        sa.PrimaryKeyConstraint("kind", "mac", "seconds", name=op.f("pk_limit_use")),
    )
    op.create_index(op.f("ix_limit_use_until_at"), "limit_use", ["until_at"])
    op.create_table(
        "known_device",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        _instant("created_at"),
        _instant("last_used_at"),
        _of_staff("known_device"),
        sa.PrimaryKeyConstraint("staff_id", "mac", name=op.f("pk_known_device")),
    )
    op.create_table(
        "second_factor",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=200), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _instant("created_at"),
        _instant("confirmed_at", nullable=True),
        _of_staff("second_factor"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        _instant("used_at", nullable=True),
        _of_staff("recovery_code"),
        sa.PrimaryKeyConstraint("staff_id", "mac", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=2000), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        _instant("created_at"),
        _instant("last_used_at", nullable=True),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_sign_count")),
        _of_staff("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])
    op.create_table(
        "organisation_identity",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        _instant("bound_at"),
        _of_staff("organisation_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_organisation_identity")),
        sa.UniqueConstraint("staff_id", "issuer", name=op.f("uq_organisation_identity_staff_id_issuer")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("mac", sa.String(length=64), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        sa.Column("mail_status", _one_of("mailstatus", MAILED), nullable=False),
        _instant("mailed_at", nullable=True),
        _instant("accepted_at", nullable=True),
        _instant("withdrawn_at", nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (staff_id IS NULL)", name=op.f("ck_invitation_accepted_by_somebody")
        ),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitation_one_end")),
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_invitation_pain_service_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["staff.id"], name=op.f("fk_invitation_invited_by")),
        _of_staff("invitation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("mac", name=op.f("uq_invitation_mac")),
    )
    op.create_index(op.f("ix_invitation_pain_service_id"), "invitation", ["pain_service_id"])
    op.create_index(
        "uq_invitation_open_email", "invitation", ["email"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "invited_role",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("role", _one_of("role", ROLES), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_invited_role_invitation_id")),
        sa.PrimaryKeyConstraint("invitation_id", "role", name=op.f("pk_invited_role")),
    )
    op.create_table(
        "password_reset",
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("used_at", nullable=True),
        _of_staff("password_reset"),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_password_reset")),
    )
    op.create_index(op.f("ix_password_reset_staff_id"), "password_reset", ["staff_id"])
    op.create_table(
        "beginning",
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        _instant("expires_at"),
        _of_staff("beginning"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_beginning_invitation_id")),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_beginning")),
    )
    op.create_index(op.f("ix_beginning_expires_at"), "beginning", ["expires_at"])


def downgrade() -> None:
    for table in (
        "beginning",
        "password_reset",
        "invited_role",
        "invitation",
        "organisation_identity",
        "passkey",
        "recovery_code",
        "second_factor",
        "known_device",
        "limit_use",
        "sign_in",
    ):
        op.drop_table(table)
    _create_sign_in()
    op.drop_column("staff", "left_at")


def _create_sign_in(*more: sa.Column[object]) -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pain_service_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("revoked_at", nullable=True),
        *more,
        sa.ForeignKeyConstraint(["pain_service_id"], ["pain_service.id"], name=op.f("fk_sign_in_pain_service_id")),
        _of_staff("sign_in"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_staff_id"), "sign_in", ["staff_id"])


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, companion.db.UtcDateTime(timezone=True), nullable=nullable)


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _of_staff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id"))
