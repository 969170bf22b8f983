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
from tests.cast import PASSWORD

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
    """Who may, in words and in a cell for each asker. `tells_all`: it shows everybody's to anybody, in development.
    `is_of_a_record`: who is let in does not leave without an entry in the audit trail."""

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
    is_of_a_record: bool = field(default=False, kw_only=True)

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
    is_of_a_record=True,
)
FHIR = replace(SEE, words="Sees one record as FHIR has it: likewise, and patients their own.", patient="yes 404 404")
RIGHTS = Rule(
    "Deals with what people may ask of one record: clinicians of the patient's pain service.",
    clinician="yes yes 404",
    is_of_a_record=True,
)
CHANGE = Rule(
    "Changes one record: clinicians of the patient's pain service.", clinician="yes yes 404", is_of_a_record=True
)
RESTORE = replace(CHANGE, words="Likewise; and what was never revised has nothing to restore.", clinician="409 409 404")
NOT_GIVEN = replace(CHANGE, words="Likewise; and nobody gave this opinion yet.", clinician="409 409 404")
LIST = Rule(
    "Lists patients: clinicians, those of their own pain service; whoever was let in to one record, that one.",
    clinician="yes",
    break_glass="yes",
    partner="yes",
    is_of_a_record=True,
)
INBOX = Rule("Lists what patients wrote: clinicians, of their own pain service.", clinician="yes", is_of_a_record=True)
ENROL = Rule("Takes a person into care: clinicians and administrators.", clinician="yes", administrator="yes")
WORDS = replace(ROLES, words="Reads the product's own words: any member of staff.")
APPROVE = Rule("Approves the product's words: clinicians, of their own pain service.", clinician="yes yes 404")
EMERGENCY = Rule(
    "Breaks the glass: any member of staff, for a patient of their own pain service.",
    clinician="yes yes 404",
    manager="yes yes 404",
    administrator="yes yes 404",
    is_of_a_record=True,
)
INVITE = Rule(
    "Asks a partner in: clinicians of the patient's pain service.", clinician="yes yes 404", is_of_a_record=True
)
ACCESSES = replace(
    ROLES, words="Sees who was let in to records: any member of staff; whose record and why, clinicians alone."
)
END = Rule(
    "Ends an access: administrators of the patient's pain service; its holder may too.",
    clinician="403 403 404",
    manager="403 403 404",
    administrator="yes yes 404",
    is_of_a_record=True,
)
RESTING = Rule("Lists whose records rest, of their own pain service: clinicians.", clinician="yes", is_of_a_record=True)
DECIDE = Rule(
    "Decides whether one record is erased, and has the proof: clinicians and administrators of its pain service.",
    clinician="yes yes 404",
    administrator="yes yes 404",
    is_of_a_record=True,
)
DECISIONS = Rule(
    "Lists what was asked for and decided, which names nobody: clinicians and administrators.",
    clinician="yes",
    administrator="yes",
)
ADMINISTER = Rule("Lets people in, and out: administrators, in their own pain service.", administrator="yes yes 404")
ADMINISTER_ALL = Rule("Sees who is let in: administrators, of their own pain service alone.", administrator="yes")
OWN = Rule(
    "About one's own sign-ins alone: any member of staff. Of others' it is as if they were not there.",
    clinician="404",
    manager="404",
    administrator="404",
)
NOT_RIGHT = Rule(
    "About one's own second step: any member of staff gets as far as being told that the code is wrong.",
    clinician="422",
    manager="422",
    administrator="422",
)
NOT_BEGUN = Rule(
    "Likewise; and nothing can be confirmed that was not begun.", clinician="409", manager="409", administrator="409"
)
BY_COOKIE = Rule(
    "A browser's cookie opens it, and no token: everybody here is sent to the page where staff sign in.",
    *[YES] * len(Asker),
)
BY_LINK = Rule("Whoever holds the link that an e-mail brought; without, it is not there.", *["404"] * len(Asker))
BY_PASSKEY = Rule(
    "Whoever has a passkey, where we are reached by a name; where by a number, it is not there.",
    *["404"] * len(Asker),
)
MINE = Rule(
    "Patients, what is their own: with a token that they got for a code in a text.",
    clinician="401",
    manager="401",
    administrator="401",
    break_glass="401",
    partner="401",
    patient="yes",
)
MY_OPINION = replace(MINE, words="Patients, what they asked for themselves.", patient="yes 404 404")
MY_DEVICE = replace(MINE, words="Patients, one of their own devices.", patient="yes 404 404")
NOT_WAITING = replace(MINE, words="Likewise; and here nothing waits for a yes.", patient="404")
NOT_BESIDE = replace(MINE, words="Likewise; and no draft is agreed to beside an active plan.", patient="409")
MY_PAGE = replace(
    EVERYBODY,
    words="Patients, in a browser, by a link and a second fact; anybody else is shown how to come in.",
)
NOT_SET_UP = Rule("Anybody at all, where NHS login is set up; where it is not, it is not there.", *["404"] * len(Asker))
BY_ORGANISATION = Rule(
    "Whoever their organisation signs in, where there is one; elsewhere it is not there.", *["404"] * len(Asker)
)
DIRECTORY = Rule(
    "Reads the directory of resources, which is about nobody: any member of staff, by their role.",
    clinician="yes",
    manager="yes",
    administrator="yes",
)
ENTRY_OF_DIRECTORY = replace(DIRECTORY, clinician="yes yes 404", manager="yes yes 404", administrator="yes yes 404")
KEEP_DIRECTORY = Rule(
    "Keeps the directory of resources: clinicians and administrators.", clinician="yes", administrator="yes"
)
KEEP_ENTRY = replace(KEEP_DIRECTORY, clinician="yes yes 404", administrator="yes yes 404")
TEMPLATES = replace(
    ROLES, words="Reads the templates of plans, which are about nobody: any member of staff, by their role."
)
TEMPLATE = replace(TEMPLATES, clinician="yes yes 404", manager="yes yes 404", administrator="yes yes 404")
WRITE_TEMPLATES = Rule("Writes, approves and retires the templates of plans: clinicians.", clinician="yes")
WRITE_TEMPLATE = replace(WRITE_TEMPLATES, clinician="yes yes 404")
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
    query: str | Callable[[Asked], str] = ""
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


ENTRY = "/staff/sign-in"
ANY_DAYS = "?from_on=2026-11-01&to_on=2026-12-31"
PLAN, RECORD = "/v1/care-plans/<uuid:plan_id>", "/v1/patients/<uuid:patient_id>"
RESOURCE = "/v1/resources/<uuid:resource_id>"
PLAN_TEMPLATE = "/v1/plan-templates/<uuid:template_id>"
VERSION = f"{PLAN_TEMPLATE}/versions/<int(min=1, max=1000000):number>"
LINK = "/link/<uuid:link_id>"
# Nobody's; the form is the same.
SOME_LINK = "/link/00000000-0000-4000-8000-000000000000"
OPINION = "/v1/second-opinions/<uuid:opinion_id>"
PATHWAY = "/v1/pathways/<uuid:pathway_id>"
PHONE = "/simulator/<uuid:phone_id>"

WHY = "She called, faint, and nobody else is in"


def _code(asked: Asked) -> Body:
    said = {"mobile": asked.value("mobile"), "code": asked.value("code"), "nhs_number_ending": asked.value("digits")}
    return {**said, "device": "Phone"}


def _typed_code(asked: Asked) -> Body:
    code = _code(asked)
    return {"mobile": code["mobile"], "code": code["code"], "digits": code["nhs_number_ending"]}


def _suggested(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "revision_number": 1, "words": "Could I swim?"}


def _asked_opinion(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "question": "Is the walk too much?"}


def _own_yes(asked: Asked) -> Body:
    return {"care_plan_id": str(asked.value("plan_id")), "number": 1}


def _of(asked: Asked) -> str:
    return f"?patient={asked.value('patient_id')}"


def _with_id(asked: Asked) -> str:
    return f"?_id={asked.value('patient_id')}"


def _offer(asked: Asked) -> Body:
    return {"resource_id": str(asked.value("resource_id")), "kind": "offered"}


def _emergency(asked: Asked) -> Body:
    return {"patient_id": str(asked.value("patient_id")), "reason": WHY}


TABLE: tuple[Line, ...] = (
    # The record as FHIR has it
    Line("GET /fhir/metadata", EVERYBODY),
    Line("GET /fhir/Patient", FHIR, query=_with_id, names_somebody=True),
    Line("GET /fhir/Patient/<uuid:patient_id>", FHIR),
    Line("GET /fhir/Patient/<uuid:patient_id>/$everything", FHIR),
    Line("GET /fhir/EpisodeOfCare", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/EpisodeOfCare/<uuid:episode_id>", FHIR),
    Line("GET /fhir/CarePlan", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/CarePlan/<uuid:plan_id>", FHIR),
    Line("GET /fhir/Goal", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Goal/<uuid:plan_id>-<string(length=16):goal>", FHIR),
    Line("GET /fhir/Provenance", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Provenance/<uuid:plan_id>-<int(min=1, max=1000000):number>", FHIR),
    Line("GET /fhir/Provenance/<uuid:agreed_id>-<int(min=1, max=1000000):number>-agreed", FHIR),
    Line("GET /fhir/ServiceRequest", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/ServiceRequest/<uuid:referral_id>", FHIR),
    Line("GET /fhir/Consent", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Consent/<uuid:patient_id>-<int(min=1, max=1000000):number>", FHIR),
    Line("GET /fhir/Communication", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Communication/<uuid:message_id>", FHIR),
    Line("GET /fhir/Task", FHIR, query=_of, names_somebody=True),
    Line("GET /fhir/Task/<uuid:task_id>", FHIR),
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
    Line("GET /v1/sign-ins", STAFF),
    Line("DELETE /v1/sign-ins", ROLES),
    Line("DELETE /v1/sign-ins/<uuid:sign_in_id>", OWN),
    Line("PUT /v1/password", ROLES, body.another_password()),
    Line("GET /v1/second-factor", STAFF),
    Line("POST /v1/second-factor", ROLES),
    Line("POST /v1/second-factor/confirmation", NOT_BEGUN, {"code": "000000"}),
    Line("POST /v1/second-factor/recovery-codes", NOT_RIGHT, {"code": "000000"}),
    Line("POST /v1/second-factor/removal", NOT_RIGHT, {"code": "000000"}),
    # Who works here
    Line("GET /v1/staff", ADMINISTER_ALL),
    Line("PUT /v1/staff/<uuid:staff_id>/roles", ADMINISTER, {"roles": ["clinician"]}),
    Line("POST /v1/staff/<uuid:staff_id>/departure", ADMINISTER),
    Line("DELETE /v1/staff/<uuid:staff_id>/second-factor", ADMINISTER),
    Line("GET /v1/invitations", ADMINISTER_ALL),
    Line("POST /v1/invitations", ADMINISTER_ALL, lambda asked: body.nth_invitation(asked.number)),
    Line("POST /v1/invitations/<uuid:invitation_id>/renewal", ADMINISTER),
    Line("DELETE /v1/invitations/<uuid:invitation_id>", ADMINISTER),
    # The pages that staff sign in by
    Line("GET /staff/sign-in", EVERYBODY),
    Line("POST /staff/sign-in", EVERYBODY, {"email": "ben@example.nhs.uk", "password": PASSWORD}, page=ENTRY),
    Line("GET /staff/password/forgotten", EVERYBODY),
    Line("POST /staff/password/forgotten", EVERYBODY, {"email": "nobody@example.nhs.uk"}, page=ENTRY),
    Line("GET /staff/password/reset/<token>", BY_LINK),
    Line("POST /staff/password/reset/<token>", BY_LINK, {"new_password": PASSWORD}, page=ENTRY),
    Line("POST /staff/passkey", BY_PASSKEY, {}, page=ENTRY),
    Line("POST /staff/passkey/sign-in", BY_PASSKEY, {}, page=ENTRY),
    Line("GET /staff/invitation/<token>", BY_LINK),
    Line("POST /staff/invitation/<token>", BY_LINK, {"name": "Fay", "password": PASSWORD}, page=ENTRY),
    Line("GET /staff/organisation", BY_ORGANISATION),
    Line("GET /staff/organisation/back", BY_ORGANISATION),
    Line("GET /staff/organisation/out", BY_ORGANISATION),
    Line("GET /staff/invitation/<token>/organisation", BY_ORGANISATION),
    Line("GET /staff", BY_COOKIE),
    Line("POST /staff/sign-out", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/sign-out-everywhere", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/sign-ins/<uuid:sign_in_id>/end", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/password", BY_COOKIE, {}, page=ENTRY),
    Line("GET /staff/organisation/link", BY_COOKIE),
    Line("POST /staff/organisation/removal", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/passkeys/beginning", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/passkeys", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/passkeys/<uuid:passkey_id>/name", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/passkeys/<uuid:passkey_id>/removal", BY_COOKIE, {}, page=ENTRY),
    Line("GET /staff/second-factor", BY_COOKIE),
    Line("POST /staff/second-factor", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/second-factor/confirmation", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/second-factor/recovery-codes", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/second-factor/removal", BY_COOKIE, {}, page=ENTRY),
    Line("GET /staff/invitations", BY_COOKIE),
    Line("POST /staff/invitations", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/invitations/<uuid:invitation_id>/renewal", BY_COOKIE, {}, page=ENTRY),
    Line("POST /staff/invitations/<uuid:invitation_id>/withdrawal", BY_COOKIE, {}, page=ENTRY),
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
    # From referral to closed
    Line(f"GET {RECORD}/pathways", SEE),
    Line(f"POST {RECORD}/pathways", CHANGE, {"reason": "new-from-gp"}),
    Line(f"POST {PATHWAY}/moves", CHANGE, {"to_step": "assessment", "reason": "accepted"}, version='"1"'),
    Line(f"POST {PATHWAY}/corrections", CHANGE, body.pathway_correction(), version='"1"'),
    Line(f"POST {PATHWAY}/hospital-referrals", CHANGE, body.hospital_referral()),
    Line("GET /v1/pathway-figures", FIGURES),
    # Care plans
    Line(f"GET {RECORD}/care-plans", SEE),
    Line(f"POST {RECORD}/care-plans", CHANGE, body.content()),
    Line(f"GET {PLAN}", SEE),
    Line(f"PATCH {PLAN}", CHANGE, {"status": "revoked"}, version='"1"'),
    Line(f"POST {PLAN}/agreement", CHANGE, {"how": "phone"}, version='"1"'),
    Line(f"GET {PLAN}/revisions", SEE),
    Line(f"GET {PLAN}/letter", SEE),
    Line(f"GET {PLAN}/letter.pdf", SEE),
    Line(f"POST {PLAN}/revisions", CHANGE, body.revision(), version='"1"'),
    Line(f"GET {PLAN}/revisions/<int(min=1, max=1000000):number>", SEE),
    Line(f"GET {PLAN}/revisions/<int(min=1, max=1000000):number>/differences-from/<int(min=1, max=1000000):base>", SEE),
    Line(f"POST {PLAN}/restorations", RESTORE, {"number": 1, "reason": "Too much"}, version='"1"'),
    Line(f"POST {PLAN}/agreement-request", CHANGE),
    Line(f"GET {RECORD}/suggestions", SEE),
    Line("POST /v1/suggestions/<uuid:suggestion_id>/acceptance", CHANGE, body.revision(), version='"1"'),
    Line("POST /v1/suggestions/<uuid:suggestion_id>/refusal", CHANGE, {"answer": "The pool is closed."}),
    Line(f"GET {RECORD}/second-opinions", SEE),
    Line(f"POST {PLAN}/second-opinions", CHANGE, {"question": "Is the walk too much?"}),
    Line(f"POST {OPINION}/partner", INVITE, {"email": "eve@example.nhs.uk", "reason": "A second opinion"}),
    Line(f"POST {OPINION}/opinion", CHANGE, {"outcome": "agree", "words": "It is right."}),
    Line(f"POST {OPINION}/withdrawal", CHANGE, {"reason": "We talked it over."}),
    Line(f"POST {OPINION}/revision", NOT_GIVEN, body.revision(), version='"1"'),
    # What plans begin with
    Line("GET /v1/plan-templates", TEMPLATES),
    Line("POST /v1/plan-templates", WRITE_TEMPLATES, body.template()),
    Line(f"GET {PLAN_TEMPLATE}", TEMPLATE),
    Line(f"PATCH {PLAN_TEMPLATE}", WRITE_TEMPLATE, {"status": "retired"}, version='"1"'),
    Line(f"GET {PLAN_TEMPLATE}/versions", TEMPLATE),
    Line(f"POST {PLAN_TEMPLATE}/versions", WRITE_TEMPLATE, body.template_revision(), version='"1"'),
    Line(f"GET {VERSION}", TEMPLATE),
    Line(f"GET {VERSION}/differences-from/<int(min=1, max=1000000):base>", TEMPLATE),
    Line(f"POST {VERSION}/approval", WRITE_TEMPLATE),
    # The directory of resources, and what came of one
    Line("GET /v1/resources", DIRECTORY, query="?near=PR8&words=walk"),
    Line("POST /v1/resources", KEEP_DIRECTORY, body.resource()),
    Line(f"GET {RESOURCE}", ENTRY_OF_DIRECTORY),
    Line(f"PUT {RESOURCE}", KEEP_ENTRY, body.resource(), version='"1"'),
    Line(f"GET {RESOURCE}/checks", ENTRY_OF_DIRECTORY),
    Line(f"POST {RESOURCE}/checks", KEEP_ENTRY, {"found": "correct"}),
    Line("GET /v1/resource-figures", FIGURES),
    Line(f"GET {RECORD}/resource-events", SEE),
    Line(f"POST {RECORD}/resource-events", CHANGE, _offer),
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
    # What people may ask of their record
    Line(f"GET {RECORD}/export", RIGHTS),
    Line(f"GET {RECORD}/export.html", RIGHTS),
    Line(f"GET {RECORD}/export.fhir", RIGHTS),
    Line(f"GET {RECORD}/corrections", RIGHTS),
    Line(f"POST {RECORD}/corrections", CHANGE, {"words": "It is spelt otherwise."}),
    Line("POST /v1/corrections/<uuid:correction_id>/answer", CHANGE, {"status": "made"}),
    Line(f"GET {RECORD}/restrictions", RIGHTS),
    Line(f"POST {RECORD}/restrictions", CHANGE, {"ground": "objection"}),
    Line("GET /v1/restrictions", RESTING),
    Line("POST /v1/restrictions/<uuid:restriction_id>/lifting", CHANGE),
    Line(f"POST {RECORD}/leaving", CHANGE),
    Line(f"POST {RECORD}/erasures", CHANGE),
    Line("GET /v1/erasures", DECISIONS),
    Line("GET /v1/erasures/<uuid:erasure_id>", RIGHTS),
    Line("POST /v1/erasures/<uuid:erasure_id>/approval", DECIDE, {"ground": "wrongly-enrolled"}),
    Line("POST /v1/erasures/<uuid:erasure_id>/refusal", DECIDE, {"answer": "The law makes us keep it."}),
    Line("POST /v1/erasures/<uuid:erasure_id>/withdrawal", CHANGE),
    Line("GET /v1/erasures/<uuid:erasure_id>/letter", RIGHTS),
    Line("GET /v1/certificates/<uuid:certificate_id>", DECIDE),
    Line("GET /v1/certificates/<uuid:certificate_id>/page", DECIDE),
    # Patients: signing in, and what is their own
    Line("POST /v1/patient-sign-ins", EVERYBODY, {"mobile": "07700 900101"}),
    Line("POST /v1/patient-sign-ins/codes", EVERYBODY, _code),
    Line(
        "POST /v1/patient-sign-ins/refreshes",
        EVERYBODY,
        lambda asked: {"refresh_token": asked.value("refresh_token")},
    ),
    Line("GET /v1/me", MINE),
    Line("GET /v1/me/care-plan", MINE),
    Line("GET /v1/me/care-plan/agreement", NOT_WAITING),
    Line("POST /v1/me/care-plan/agreement", NOT_BESIDE, _own_yes),
    Line("GET /v1/me/suggestions", MINE),
    Line("POST /v1/me/suggestions", MINE, _suggested),
    Line("GET /v1/me/second-opinions", MINE),
    Line("POST /v1/me/second-opinions", MINE, _asked_opinion),
    Line("POST /v1/me/second-opinions/<uuid:opinion_id>/withdrawal", MY_OPINION, {"reason": "I talked with Ben."}),
    Line("GET /v1/me/record-access", MINE),
    Line("GET /v1/me/devices", MINE),
    Line("DELETE /v1/me/devices/<uuid:device_id>", MY_DEVICE),
    Line("DELETE /v1/me/devices", MINE),
    Line("DELETE /v1/me/sign-in", MINE),
    Line("GET /v1/me/export", MINE),
    Line("GET /v1/me/export.html", MINE),
    Line("GET /v1/me/care-plan/letter", MINE),
    Line("GET /v1/me/care-plan/letter.pdf", MINE),
    Line("GET /v1/me/export.fhir", MINE),
    Line("GET /v1/me/corrections", MINE),
    Line("POST /v1/me/corrections", MINE, {"words": "It is spelt otherwise."}),
    Line("GET /v1/me/preferences", MINE),
    Line("PUT /v1/me/preferences", MINE, body.preferences(), version='"1"'),
    Line("POST /v1/me/consents", MINE, {"status": "given"}),
    Line(f"POST {RECORD}/sign-in-links", CHANGE),
    Line(f"GET {LINK}", EVERYBODY),
    Line(f"POST {LINK}", EVERYBODY, lambda asked: {"digits": asked.value("digits")}, page=SOME_LINK),
    Line("GET /own/way-in", EVERYBODY),
    Line("GET /own/sign-in", EVERYBODY),
    Line("POST /own/sign-in", EVERYBODY, {"mobile": "07700 900102"}, page=SOME_LINK),
    Line("POST /own/sign-in/code", EVERYBODY, _typed_code, page=SOME_LINK),
    # Not set up here: tests/api/patient_entry/test_nhs_login.py goes there and back.
    Line("GET /own/nhs-login", NOT_SET_UP),
    Line("GET /own/nhs-login/return", NOT_SET_UP),
    Line("GET /own/plan", MY_PAGE),
    Line("GET /own/plan/letter.pdf", MY_PAGE),
    Line("POST /own/plan/agreement", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/suggestions", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/second-opinions", MY_PAGE, {}, page=SOME_LINK),
    Line("POST /own/sign-out", MY_PAGE, {}, page=SOME_LINK),
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
