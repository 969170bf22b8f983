"""Who may do something, and whom does it refuse with which status?

A rule has a cell for each kind of asker. A cell is `yes`, or the status that refuses: one word, or three where it
matters whose record is asked about (OWN, OTHER, ELSEWHERE below). Whoever holds several roles may do what any one of
them may.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

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
FHIR_INBOX = replace(
    RIGHTS,
    words="Tasks, and all at once, as FHIR has it: clinicians, and patients their own.",
    patient="yes 404 404",
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
