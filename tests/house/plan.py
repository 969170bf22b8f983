"""The architecture as two tables: the layer of each module, and the modules that may import each package.

A new file belongs to the floor with the longest matching name. A new package needs an entry in DOORS.
"""

from dataclasses import dataclass
from enum import Enum


class Sideways(Enum):
    """What a module may import on its own floor."""

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
    "nudges.words",
    "nudges.deciding.eligibility",
    "nudges.deciding.policy",
    "nudges.deciding.schedule",
    "nudges.providers.gateway",
    "nudges.providers.notify_words",
    "nudges.providers.twilio_words",
    "nudges.unforeseen",
)
# What of nudges reads and writes rows.
SHELL = (
    "nudges.deciding.facts",
    "nudges.deciding.texted",
    "nudges.planner",
    "nudges.receiving",
    "nudges.sending",
    "nudges.settling",
)

# From the ground up.
FLOORS = (
    Floor(("companion.lazy",)),
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
    Floor(("companion.use_cases", "companion.upkeep")),
    Floor(("nudges.unforeseen", "nudges.words"), Sideways.OWN_FOLDER),
    Floor(("nudges.deciding", "nudges.providers"), Sideways.OWN_FOLDER),
    Floor(("nudges.planner", "nudges.receiving", "nudges.sending"), Sideways.OWN_FOLDER),
    Floor(("nudges.settling",)),
    Floor(("nudges.worker",)),
    # What every request stands on.
    Floor(
        (
            "api.auth",
            "api.current",
            "api.house",
            "api.outside",
            "api.paper",
            "api.schemas",
            "api.server.migration",
            "api.settings",
            "api.web",
        ),
        Sideways.NEIGHBOURS,
    ),
    Floor(("api.demo",), Sideways.NEIGHBOURS),
    # The FHIR view, and the mapping that it shares with whoever above gives a record out in that form.
    Floor(("api.fhir",), Sideways.NEIGHBOURS),
    Floor(("api.v1", "api.webhooks", "api.pages"), Sideways.OWN_FOLDER),
    Floor(("api.commands", "api.server"), Sideways.NEIGHBOURS),
    Floor(("api.routes",)),
    Floor(("api.app",)),
    Floor(("wsgi",)),
)

# What reads and writes rows: the only rooms with tables and sessions.
ROWS = ("companion.records", "companion.upkeep", "companion.use_cases", *SHELL)

# Who may import what. Outside packages have one adapter each, or a storey; of our own, what must not be reached past
# the floor between: tables, sessions and passwords are no business of the api.
DOORS: dict[str, tuple[str, ...]] = {
    "flask_sqlalchemy": ("companion.db",),
    "sqlalchemy": (
        "companion.bulk",
        "companion.db",
        "companion.keys",
        "companion.models",
        "companion.sealed",
        *ROWS,
        "nudges.worker",
        "api.app",
        "api.commands.command",
        "api.pages.health",
        "api.server",
        "api.settings.database",
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
    "segno": ("api.paper.picture",),
    "markupsafe": ("api.paper.picture",),
    "typst": ("api.paper.letter",),
    "smtplib": ("api.outside.smtp",),
    "authlib": ("api.outside.openid",),
    "joserfc": ("api.outside.openid", "api.settings.openid"),
    "requests": ("nudges.providers.transport",),
    "urllib3": ("nudges.providers.transport",),
    "httptools": ("nudges.providers.lean_transport",),
    "uvloop": ("nudges.sending.outbox",),
    "twilio": ("nudges.providers.twilio_gateway", "nudges.providers.twilio_http"),
    "notifications_python_client": ("nudges.providers.notify_gateway",),
    "apscheduler": ("nudges.worker",),
    "procrastinate": ("nudges.sending.queue",),
    "environs": ("api.settings",),
    "flask": ("api",),
    "werkzeug": ("api",),
    "click": ("api.commands", "api.demo", "api.server", "api.settings.config"),
    "marshmallow": ("api.commands", "api.schemas", "api.settings", "api.web.problem"),
    "webargs": ("api.web.body",),
    "flask_wtf": ("api.web.forgery",),
    "flask_smorest": ("api.v1",),
    "apispec": ("api.v1.openapi",),
    "flask_migrate": ("api.server.migration",),
    "alembic": ("api.server.migration",),
    "gunicorn": ("api.server.web_server",),
    "companion.bulk": ROWS,
    "companion.db": ("companion.bulk", "companion.models", "companion.sealed", *ROWS, "api.app"),
    "companion.models": ("companion.models", *ROWS, "api.app"),
    "companion.records": ROWS,
    "companion.password": ("companion.records", "companion.use_cases"),
    "companion.passkey": ("companion.use_cases",),
    "companion.totp": ("companion.records", "companion.use_cases"),
}

# What api may take from sqlalchemy: the errors by which a database says that it is not there, and how an address
# of one is read. Whoever can have no more cannot query.
SQLALCHEMY_IN_API: dict[str, tuple[str, ...]] = {
    "api.app": ("sqlalchemy.exc",),
    "api.commands.command": ("sqlalchemy.exc",),
    "api.settings.database": ("sqlalchemy.exc", "sqlalchemy.engine.make_url"),
    "api.server.fast_lane": ("sqlalchemy.exc",),
    "api.server.migration": ("sqlalchemy.exc",),
    "api.pages.health": ("sqlalchemy.exc",),
}
