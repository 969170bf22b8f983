"""What is the plan of the house: who lives on which floor, and who has the key to which door?

A new file belongs to the floor of the longest name given here that it lies in. A new package needs a door.
"""

from dataclasses import dataclass
from enum import Enum


class Sideways(Enum):
    """Whom a module may import on its own floor."""

    NOBODY = "nobody on its own floor"
    NEIGHBOURS = "its neighbours, never in a circle"
    OWN_FOLDER = "only what lies in its own folder: the others are strangers"


@dataclass(frozen=True, slots=True)
class Floor:
    """Modules that may import whatever lies on lower floors."""

    modules: tuple[str, ...]
    sideways: Sideways = Sideways.NOBODY


# Decisions, made of values alone: they import companion.domain, each other and a few plain tools, nothing else.
PURE_NUDGES = (
    "nudges.schedule",
    "nudges.eligibility",
    "nudges.policy",
    "nudges.wording",
    "nudges.segments",
    "nudges.replies",
    "nudges.answers",
    "nudges.commands",
    "nudges.command_words",
    "nudges.twilio_words",
    "nudges.notify_words",
    "nudges.gateway",
    "nudges.unforeseen",
)
# What of nudges reads and writes rows.
SHELL = (
    "nudges.texted",
    "nudges.facts",
    "nudges.planner",
    "nudges.dispatcher",
    "nudges.conversation",
    "nudges.claims",
    "nudges.outcomes",
    "nudges.carriers",
    "nudges.outbox",
    "nudges.queue",
    "nudges.handover",
    "nudges.receipts",
    "nudges.reconciler",
    "nudges.aftercare",
    "nudges.arrivals",
    "nudges.redaction",
    "nudges.inbound",
    "nudges.lateness",
    "nudges.loop_check",
    "nudges.loop_phone",
)

# From the ground up.
FLOORS = (
    Floor(("companion.domain",), Sideways.NEIGHBOURS),
    Floor(
        (
            "companion.clock",
            "companion.db",
            "companion.keys",
            "companion.passkey",
            "companion.password",
            "companion.totp",
        )
    ),
    Floor(("companion.sealed",)),
    Floor(("companion.bulk",)),
    Floor(("companion.models",), Sideways.NEIGHBOURS),
    Floor(("companion.records",), Sideways.NEIGHBOURS),
    Floor(("companion.use_cases",)),
    Floor(PURE_NUDGES, Sideways.NEIGHBOURS),
    Floor(("nudges.arrivals", "nudges.lateness", "nudges.queue", "nudges.texted", "nudges.transport")),
    Floor(("nudges.facts", "nudges.intake")),
    Floor(
        (
            "nudges.planner",
            "nudges.dispatcher",
            "nudges.conversation",
            "nudges.lean_transport",
            "nudges.loop_check",
            "nudges.notify_gateway",
            "nudges.simulator_gateway",
        )
    ),
    Floor(("nudges.claims", "nudges.inbound", "nudges.twilio_http")),
    Floor(("nudges.twilio_gateway",)),
    Floor(("nudges.outcomes",)),
    Floor(("nudges.carriers", "nudges.receipts", "nudges.reconciler", "nudges.redaction", "nudges.aftercare")),
    Floor(("nudges.outbox", "nudges.loop_phone")),
    Floor(("nudges.worker", "nudges.handover")),
    Floor(
        (
            "api.auth",
            "api.body",
            "api.command",
            "api.config",
            "api.cookie",
            "api.current",
            "api.etag",
            "api.field_key",
            "api.forgery",
            "api.headers",
            "api.house",
            "api.issuer",
            "api.letter_box",
            "api.letters",
            "api.logs",
            "api.mail",
            "api.migration",
            "api.nhs_login",
            "api.outcome",
            "api.paper",
            "api.patient_cookie",
            "api.picture",
            "api.problem",
            "api.proxies",
            "api.trail",
            "api.redirection",
            "api.schemas",
            "api.smtp",
            "api.staff_entry",
            "api.wall_clock",
        ),
        Sideways.NEIGHBOURS,
    ),
    Floor(("api.demo",), Sideways.NEIGHBOURS),
    # The FHIR view, and the mapping that it shares with whoever above gives a record out in that form.
    Floor(("api.fhir",), Sideways.NEIGHBOURS),
    Floor(("api.v1", "api.webhooks", "api.pages"), Sideways.OWN_FOLDER),
    Floor(
        (
            "api.audit_trail",
            "api.backup",
            "api.caseload",
            "api.command",
            "api.demo.command",
            "api.keys",
            "api.migration",
            "api.retention",
            "api.serve",
            "api.web_server",
        ),
        Sideways.NEIGHBOURS,
    ),
    Floor(("api.routes", "api.cli", "api.fast_lane")),
    Floor(("api.app",)),
    Floor(("wsgi",)),
)

# Who may import what. Outside packages have one door each, or a storey; of our own, what must not be reached past
# the floor between: tables, sessions and passwords are no business of the api.
DOORS: dict[str, tuple[str, ...]] = {
    "flask_sqlalchemy": ("companion.db",),
    "sqlalchemy": (
        "companion.bulk",
        "companion.db",
        "companion.keys",
        "companion.models",
        "companion.records",
        "companion.sealed",
        "companion.use_cases",
        *SHELL,
        "nudges.worker",
        "api.app",
        "api.command",
        "api.config",
        "api.fast_lane",
        "api.migration",
        "api.pages.health",
    ),
    # The latter for the names of its errors alone.
    "cryptography": ("companion.keys", "companion.passkey"),
    "phonenumbers": ("companion.domain.identifiers",),
    "nhs_number": ("companion.domain.identifiers",),
    "dateutil": ("companion.domain.recurrence",),
    "holidays": ("companion.domain.bank_holiday",),
    "argon2": ("companion.password",),
    "zxcvbn": ("companion.password",),
    "pyotp": ("companion.totp",),
    "webauthn": ("companion.passkey",),
    "segno": ("api.picture",),
    "markupsafe": ("api.picture",),
    "typst": ("api.paper",),
    "smtplib": ("api.smtp",),
    "authlib": ("api.issuer", "api.nhs_login"),
    "joserfc": ("api.issuer", "api.nhs_login", "api.staff_entry"),
    "requests": ("nudges.transport",),
    "urllib3": ("nudges.transport",),
    "httptools": ("nudges.lean_transport",),
    "uvloop": ("nudges.outbox",),
    "twilio": ("nudges.twilio_gateway", "nudges.twilio_http"),
    "notifications_python_client": ("nudges.notify_gateway",),
    "apscheduler": ("nudges.worker",),
    "procrastinate": ("nudges.queue",),
    "environs": ("api.letter_box", "api.staff_entry", "api.config", "api.field_key", "api.nhs_login", "api.proxies"),
    "flask": ("api",),
    "werkzeug": ("api",),
    "click": (
        "api.audit_trail",
        "api.backup",
        "api.caseload",
        "api.cli",
        "api.command",
        "api.config",
        "api.demo",
        "api.keys",
        "api.migration",
        "api.retention",
        "api.serve",
    ),
    "marshmallow": (
        "api.caseload",
        "api.cli",
        "api.config",
        "api.field_key",
        "api.letter_box",
        "api.nhs_login",
        "api.problem",
        "api.schemas",
        "api.proxies",
        "api.staff_entry",
    ),
    "webargs": ("api.body",),
    "flask_wtf": ("api.forgery",),
    "flask_smorest": ("api.app", "api.v1"),
    "flask_migrate": ("api.migration",),
    "alembic": ("api.migration",),
    "gunicorn": ("api.web_server",),
    "companion.bulk": ("companion.records", "companion.use_cases", *SHELL, "nudges.intake"),
    "companion.db": (
        "companion.bulk",
        "companion.models",
        "companion.records",
        "companion.sealed",
        "companion.use_cases",
        *SHELL,
        "nudges.intake",
        "api.app",
    ),
    "companion.models": (
        "companion.models",
        "companion.records",
        "companion.use_cases",
        *SHELL,
        "nudges.intake",
        "api.app",
    ),
    "companion.records": ("companion.records", "companion.use_cases", *SHELL),
    "companion.password": ("companion.records", "companion.use_cases"),
    "companion.passkey": ("companion.use_cases",),
    "companion.totp": ("companion.records", "companion.use_cases"),
}

# What api may take from sqlalchemy: the errors by which a database says that it is not there, and how an address
# of one is read. Whoever can have no more cannot query.
SQLALCHEMY_IN_API: dict[str, tuple[str, ...]] = {
    "api.app": ("sqlalchemy.exc",),
    "api.command": ("sqlalchemy.exc",),
    "api.config": ("sqlalchemy.exc", "sqlalchemy.engine.make_url"),
    "api.fast_lane": ("sqlalchemy.exc",),
    "api.migration": ("sqlalchemy.exc",),
    "api.pages.health": ("sqlalchemy.exc",),
}
