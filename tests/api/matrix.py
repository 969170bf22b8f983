"""Who may do what, to whose record, at every address there is?

The one table of it. tests/api/test_matrix.py walks all of it and docs/security/access.md shows it; an address that is
not in it fails the build. A rule has a cell for each kind of asker. A cell is `yes`, or the status that refuses: one
word, or three where it matters whose record is asked about (OWN, OTHER, ELSEWHERE below).

Whoever holds several roles may do what any one of them may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.api import body
from tests.api.body import Body

YES = "yes"


class Asker(StrEnum):
    """The columns, as the rules name them."""

    NOBODY = "nobody"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    PROVIDER = "provider"


HEADINGS: dict[Asker, str] = {
    Asker.NOBODY: "signed out",
    Asker.CLINICIAN: "clinician",
    Asker.MANAGER: "service manager",
    Asker.ADMINISTRATOR: "administrator",
    Asker.PROVIDER: "text provider, signed",
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
    provider: str = "401"
    tells_all: bool = False

    def cell(self, asker: Asker, whose: Whose) -> str:
        """How this asker fares with this one's record."""
        words: list[str] = getattr(self, asker).split()
        return words[0] if len(words) == 1 else words[list(Whose).index(whose)]


EVERYBODY = Rule("Anybody at all; it holds nothing about anybody.", "yes", "yes", "yes", "yes", "yes")
DEVELOPMENT = Rule(
    "Anybody at all, in development only: the simulator is not there where texts really go.",
    "yes",
    "yes",
    "yes",
    "yes",
    "yes",
    tells_all=True,
)
PROVIDER = Rule("The text provider alone, by its signature or its token.", "403", "403", "403", "403", "yes")
STAFF = Rule("Any member of staff.", clinician="yes", manager="yes", administrator="yes")
SEE = Rule("Sees one record: clinicians of the patient's pain service.", clinician="yes yes 404")
CHANGE = Rule("Changes one record: clinicians of the patient's pain service.", clinician="yes yes 404")
LIST = Rule("Lists patients, or what they wrote: clinicians, of their own pain service alone.", clinician="yes")
ENROL = Rule("Takes a person into care: clinicians and administrators.", clinician="yes", administrator="yes")
WORDS = Rule("Reads the product's own words: any member of staff.", clinician="yes", manager="yes", administrator="yes")
APPROVE = Rule("Approves the product's words: clinicians, of their own pain service.", clinician="yes yes 404")
FIGURES = Rule("Sees figures, which name nobody: managers.", manager="yes")

Sent = Body | Callable[[int], Body] | None


@dataclass(frozen=True, slots=True)
class Line:
    """An address as Flask has it, its rule, and a sound request: what is sent, and in If-Match which version.

    `sends` may be a function of a number that is new each time. `page`: the page whose form is sent, with these fields.
    """

    address: str
    rule: Rule
    sends: Sent = None
    version: str | None = None
    query: str = ""
    page: str | None = None
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
        return "<uuid:" in self.path


ANY_DAYS = "?from_on=2026-11-01&to_on=2026-12-31"
PLAN, RECORD = "/v1/care-plans/<uuid:plan_id>", "/v1/patients/<uuid:patient_id>"
PHONE = "/simulator/<uuid:phone_id>"

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
    Line("DELETE /v1/sign-ins/current", STAFF),
    # Patients
    Line("GET /v1/patients", LIST),
    Line("POST /v1/patients", ENROL, body.nth_enrolment),
    Line(f"GET {RECORD}", SEE),
    Line(f"PATCH {RECORD}", CHANGE, {"time_zone": "Europe/Paris"}, version='"2"'),
    Line(f"GET {RECORD}/preferences", SEE),
    Line(f"PUT {RECORD}/preferences", CHANGE, body.preferences(), version='"1"'),
    Line(f"GET {RECORD}/consents", SEE),
    Line(f"POST {RECORD}/consents", CHANGE, {"status": "withdrawn"}),
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
    Line("GET /v1/inbox", LIST),
    Line("POST /v1/inbox/<uuid:task_id>/completion", CHANGE, {"outcome": "Called them"}),
    # Words and figures
    Line("GET /v1/wordings", WORDS),
    Line("POST /v1/wordings/<uuid:wording_id>/approval", APPROVE),
    Line("GET /v1/engagement", FIGURES, query=ANY_DAYS),
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
