"""Who may do what, to whose record, at every address there is?

The one table of it. tests/api/test_matrix.py walks all of it and docs/security/access.md shows it; an address that is
not in it fails the build. A rule has a cell for each kind of asker. A cell is `yes`, or the status that refuses: one
word, or three where it matters whose record is asked about (OWN, OTHER, ELSEWHERE below).

Whoever holds several roles may do what any one of them may.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from tests.api import body
from tests.api.body import Body

YES = "yes"


class Asker(StrEnum):
    """The columns, as the rules name them."""

    NOBODY = "nobody"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    BREAK_GLASS = "break_glass"
    PARTNER = "partner"
    PROVIDER = "provider"
    PATIENT = "patient"


HEADINGS: dict[Asker, str] = {
    Asker.NOBODY: "signed out",
    Asker.CLINICIAN: "clinician",
    Asker.MANAGER: "service manager",
    Asker.ADMINISTRATOR: "administrator",
    Asker.BREAK_GLASS: "who broke the glass for own patient",
    Asker.PARTNER: "partner for own patient",
    Asker.PROVIDER: "text provider, signed",
    Asker.PATIENT: "patient, of themselves",
}


class Whose(StrEnum):
    """Whose record an address speaks of."""

    OWN = "own patient"
    OTHER = "other patient, same pain service"
    ELSEWHERE = "patient of another pain service"


class Site(StrEnum):
    """Where it is served: texts go to the simulator, or to the providers, whose posts are let in there alone."""

    SIMULATED = "simulated"
    PROVIDED = "provided"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, in words and in a cell for each asker. `tells_all`: it shows everybody's to anybody, in development."""

    words: str
    nobody: str = "401"
    clinician: str = "403"
    manager: str = "403"
    administrator: str = "403"
    break_glass: str = "403"
    partner: str = "403"
    provider: str = "401"
    patient: str = "401"
    tells_all: bool = field(default=False, kw_only=True)

    def cell(self, asker: Asker, whose: Whose) -> str:
        """How this asker fares with this one's record."""
        words: list[str] = getattr(self, asker).split()
        return words[0] if len(words) == 1 else words[list(Whose).index(whose)]


EVERYBODY = Rule("Anybody at all; it holds nothing about anybody.", *[YES] * len(Asker))
DEVELOPMENT = replace(
    EVERYBODY,
    words="Anybody at all, in development only: the simulator is not there where texts really go.",
    tells_all=True,
)
PROVIDER = Rule("The text provider alone, by its signature or its token.", nobody="403", provider="yes", patient="403")
ROLES = Rule("Any member of staff, by their role.", clinician="yes", manager="yes", administrator="yes")
STAFF = replace(ROLES, words="Any member of staff, however they ask.", break_glass="yes", partner="yes")
SEE = Rule(
    "Sees one record: clinicians of the patient's pain service, and whoever was let in to that one.",
    clinician="yes yes 404",
    break_glass="yes 404 404",
    partner="yes 404 404",
)
CHANGE = Rule("Changes one record: clinicians of the patient's pain service.", clinician="yes yes 404")
LIST = Rule(
    "Lists patients: clinicians, those of their own pain service; whoever was let in to one record, that one.",
    clinician="yes",
    break_glass="yes",
    partner="yes",
)
INBOX = Rule("Lists what patients wrote: clinicians, of their own pain service.", clinician="yes")
ENROL = Rule("Takes a person into care: clinicians and administrators.", clinician="yes", administrator="yes")
WORDS = replace(ROLES, words="Reads the product's own words: any member of staff.")
APPROVE = Rule("Approves the product's words: clinicians, of their own pain service.", clinician="yes yes 404")
EMERGENCY = Rule(
    "Breaks the glass: any member of staff, for a patient of their own pain service.",
    clinician="yes yes 404",
    manager="yes yes 404",
    administrator="yes yes 404",
)
INVITE = Rule("Asks a partner in: clinicians of the patient's pain service.", clinician="yes yes 404")
ACCESSES = replace(
    ROLES, words="Sees who was let in to records: any member of staff; whose record and why, clinicians alone."
)
END = Rule(
    "Ends an access: administrators of the patient's pain service; its holder may too.",
    clinician="403 403 404",
    manager="403 403 404",
    administrator="yes yes 404",
)
OWN = Rule(
    "Patients, what is their own: with a token that they got for a code in a text.",
    clinician="401",
    manager="401",
    administrator="401",
    break_glass="401",
    partner="401",
    patient="yes",
)
OWN_DEVICE = replace(OWN, words="Patients, one of their own devices.", patient="yes 404 404")
OWN_PAGE = replace(
    EVERYBODY,
    words="Patients, in a browser, by a link and a second fact; anybody else is shown how to come in.",
)
FIGURES = Rule("Sees figures, which name nobody: managers.", manager="yes")


class Asked(Protocol):
    """What is asked about: see record.py."""

    number: int

    def value(self, name: str) -> UUID | int | str:
        """For the parameter of that name."""


Sent = Body | Callable[[Asked], Body] | None


@dataclass(frozen=True, slots=True)
class Line:
    """An address as Flask has it, its rule, and a sound request: what is sent, and in If-Match which version.

    `sends` may be a function of what is asked about. `page`: the page whose form is sent, with these fields.
    `names_somebody`: what is sent says whose record is meant, where the address does not.
    """

    address: str
    rule: Rule
    sends: Sent = None
    version: str | None = None
    query: str = ""
    page: str | None = None
    names_somebody: bool = False
    site: Site = Site.SIMULATED

    @property
    def method(self) -> str:
        """GET, POST …"""
        return self.address.partition(" ")[0]

    @property
    def path(self) -> str:
        """The address without the method."""
        return self.address.partition(" ")[2]

    @property
    def is_about_somebody(self) -> bool:
        """Whether it makes a difference whose record is asked about."""
        return self.names_somebody or "<uuid:" in self.path


ANY_DAYS = "?from_on=2026-11-01&to_on=2026-12-31"
PLAN, RECORD = "/v1/care-plans/<uuid:plan_id>", "/v1/patients/<uuid:patient_id>"
LINK = "/link/<uuid:link_id>"
# Nobody's; the form is the same.
SOME_LINK = "/link/00000000-0000-4000-8000-000000000000"
PHONE = "/simulator/<uuid:phone_id>"

WHY = "She called, faint, and nobody else is in"


def _code(asked: Asked) -> Body:
    return {"mobile": asked.value("mobile"), "code": asked.value("code"), "device": "Phone"}


def _emergency(asked: Asked) -> Body:
    return {"patient_id": str(asked.value("patient_id")), "reason": WHY}


TABLE: tuple[Line, ...] = (
    # The first page, and whether all is well
    Line("GET /", EVERYBODY),
    Line("GET /docs", EVERYBODY),
    Line("GET /openapi.json", EVERYBODY),
    Line("GET /health/live", EVERYBODY),
    Line("GET /health/ready", EVERYBODY),
    Line("GET /static/<path:filename>", EVERYBODY),
    # Signing in
    Line("POST /v1/sign-ins", EVERYBODY, body.sign_in()),
    Line("GET /v1/sign-ins/current", STAFF),
    Line("DELETE /v1/sign-ins/current", ROLES),
    # Patients
    Line("GET /v1/patients", LIST),
    Line("POST /v1/patients", ENROL, lambda asked: body.nth_enrolment(asked.number)),
    Line(f"GET {RECORD}", SEE),
    Line(f"PATCH {RECORD}", CHANGE, {"time_zone": "Europe/Paris"}, version='"2"'),
    Line(f"GET {RECORD}/preferences", SEE),
    Line(f"PUT {RECORD}/preferences", CHANGE, body.preferences(), version='"1"'),
    Line(f"GET {RECORD}/consents", SEE),
    Line(f"POST {RECORD}/consents", CHANGE, {"status": "withdrawn"}),
    Line(f"GET {RECORD}/record-access", SEE),
    # Care plans
    Line(f"GET {RECORD}/care-plans", SEE),
    Line(f"POST {RECORD}/care-plans", CHANGE, body.content()),
    Line(f"GET {PLAN}", SEE),
    Line(f"PATCH {PLAN}", CHANGE, {"status": "revoked"}, version='"1"'),
    Line(f"POST {PLAN}/agreement", CHANGE, {"how": "phone"}, version='"1"'),
    Line(f"GET {PLAN}/revisions", SEE),
    Line(f"POST {PLAN}/revisions", CHANGE, body.revision(), version='"1"'),
    Line(f"GET {PLAN}/revisions/<int(min=1, max=1000000):number>", SEE),
    # Texts, and what waits for a person
    Line(f"GET {RECORD}/messages", SEE),
    Line(f"POST {RECORD}/messages", CHANGE, {"body": "Hello"}),
    Line(f"GET {RECORD}/nudges", SEE),
    Line("GET /v1/inbox", INBOX),
    Line("POST /v1/inbox/<uuid:task_id>/completion", CHANGE, {"outcome": "Called them"}),
    # Words and figures
    Line("GET /v1/wordings", WORDS),
    Line("POST /v1/wordings/<uuid:wording_id>/approval", APPROVE),
    Line("GET /v1/engagement", FIGURES, query=ANY_DAYS),
    # Who was let in to one record
    Line("POST /v1/access-grants/break-glass", EMERGENCY, _emergency, names_somebody=True),
    Line(f"POST {RECORD}/partners", INVITE, {"email": "eve@example.nhs.uk", "reason": WHY}),
    Line("GET /v1/access-grants", ACCESSES),
    Line("GET /v1/access-grants/mine", ACCESSES),
    Line("POST /v1/access-grants/<uuid:grant_id>/end", END),
    # Patients: signing in, and what is their own
    Line("POST /v1/patient-sign-ins", EVERYBODY, {"mobile": "07700 900101"}),
    Line("POST /v1/patient-sign-ins/codes", EVERYBODY, _code),
    Line(
        "POST /v1/patient-sign-ins/refreshes",
        EVERYBODY,
        lambda asked: {"refresh_token": asked.value("refresh_token")},
    ),
    Line("GET /v1/me", OWN),
    Line("GET /v1/me/care-plan", OWN),
    Line("GET /v1/me/record-access", OWN),
    Line("GET /v1/me/devices", OWN),
    Line("DELETE /v1/me/devices/<uuid:device_id>", OWN_DEVICE),
    Line("DELETE /v1/me/devices", OWN),
    Line("DELETE /v1/me/sign-in", OWN),
    Line(f"POST {RECORD}/sign-in-links", CHANGE),
    Line(f"GET {LINK}", EVERYBODY),
    Line(f"POST {LINK}", EVERYBODY, lambda asked: {"digits": asked.value("digits")}, page=SOME_LINK),
    Line("GET /own/way-in", EVERYBODY),
    Line("GET /own/plan", OWN_PAGE),
    Line("POST /own/sign-out", OWN_PAGE, {}, page=SOME_LINK),
    # What the text providers post
    Line("POST /webhooks/twilio/inbound", PROVIDER, site=Site.PROVIDED),
    Line("POST /webhooks/twilio/status", PROVIDER, site=Site.PROVIDED),
    Line("POST /webhooks/notify/inbound", PROVIDER, site=Site.PROVIDED),
    Line("POST /webhooks/notify/status", PROVIDER, site=Site.PROVIDED),
    # The simulator
    Line("GET /simulator", DEVELOPMENT),
    Line(f"GET {PHONE}/screen", DEVELOPMENT),
    Line(f"POST {PHONE}/texts", DEVELOPMENT, {"body": "Y"}, page="/simulator"),
    Line(f"POST {PHONE}/nudge", DEVELOPMENT, {}, page="/simulator"),
    Line("GET /simulator/unknown/screen", DEVELOPMENT),
    Line("POST /simulator/unknown/texts", DEVELOPMENT, {"body": "Hello"}, page="/simulator"),
)
