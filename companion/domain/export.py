"""What of a record can be read by itself, where does it stand, and what is that called in the audit trail? And what is
kept back from its own person?"""

from dataclasses import dataclass
from enum import StrEnum

from companion.domain.access import Permission


class Part(StrEnum):
    """FHIR R4's names of the resources that we have records of."""

    PATIENT = "Patient"
    EPISODE_OF_CARE = "EpisodeOfCare"
    CARE_PLAN = "CarePlan"
    GOAL = "Goal"
    PROVENANCE = "Provenance"
    SERVICE_REQUEST = "ServiceRequest"
    CONSENT = "Consent"
    COMMUNICATION = "Communication"
    TASK = "Task"


@dataclass(frozen=True, slots=True)
class Source:
    """`action`: what reading it is called. `named`: the tables by whose ids it is asked for. `others`: what else of
    the same patient belongs to it. `permission`: what staff need for it, as at the product's other doors.
    `of_newest`: of the lines of its plans it tells those of each plan's newest revision alone."""

    action: str
    named: tuple[str, ...]
    others: tuple[str, ...] = ()
    permission: Permission = Permission.SEE_RECORD
    of_newest: bool = False

    @property
    def tables(self) -> frozenset[str]:
        """Every table that it is made of."""
        return frozenset(("patient", *self.named, *self.others))


_REVISED = ("care_plan_revision", "agreement")
_LINES = ("already_helps", "goal", "activity", "need", "medicine_to_review", "plan_contact")
SOURCES: dict[Part, Source] = {
    Part.PATIENT: Source("patient.read", ("patient",)),
    Part.EPISODE_OF_CARE: Source("pathway.read", ("pathway",), ("pathway_move",)),
    Part.CARE_PLAN: Source("care-plan.read", ("care_plan",), (*_REVISED, *_LINES), of_newest=True),
    Part.GOAL: Source("care-plan.read", ("care_plan",), (*_REVISED, "goal")),
    Part.PROVENANCE: Source("care-plan.read", ("care_plan",), _REVISED),
    Part.SERVICE_REQUEST: Source("pathway.read", ("hospital_referral",)),
    Part.CONSENT: Source("consent.read", ("patient",), ("consent_event",)),
    Part.COMMUNICATION: Source("message.read", ("message",)),
    Part.TASK: Source("task.list", ("task", "suggestion"), permission=Permission.ANSWER_INBOX),
}
_EVERYTHING = tuple(sorted({table for source in SOURCES.values() for table in source.tables}))
WHOLE = Source("record.export", (), _EVERYTHING, Permission.USE_RIGHTS)

# What changes where a patient or a plan stands, and keeps no time of its own: the trail alone says when. Who leaves, or
# goes into open contact, has their plan ended or put on hold with it.
_MOVES_BOTH = frozenset({"patient.leave", "pathway.refer", "pathway.move", "pathway.correct"})
_CONSENT = frozenset({"consent.given", "consent.withdrawn", "text.start", "text.stop"})
_RESTING = frozenset({"restriction.begin", "restriction.lift", "erasure.approve", "erasure.withdraw"})
MOVES_A_PATIENT = _MOVES_BOTH | _CONSENT | _RESTING | {"patient.enrol", "patient.amend"}
MOVES_A_PLAN = _MOVES_BOTH | {"care-plan.active", "care-plan.on-hold", "care-plan.revoked", "care-plan.completed"}


@dataclass(frozen=True, slots=True)
class Withheld:
    """A category that is kept back, and what the person can do about it."""

    what: str
    why: str


WITHHELD: tuple[Withheld, ...] = (
    Withheld(
        "Notes that staff wrote for each other about what to do for you",
        "A clinician reads them first, as they may speak of somebody else. Ask the pain service for them: they have a "
        "month to answer.",
    ),
)

# Tables that hold rows of a patient and are not given out, and why.
NOT_HELD_ABOUT_THEM: dict[str, str] = {
    "plan_change": "a note to the planner that something changed; it holds the person's number with us and no more",
    "sign_in_code": "a secret to sign in with, which is gone in minutes; no word of anybody is in it",
    "sign_in_link": "likewise",
    "device_token": "secrets of the devices, which are given out themselves",
    "loop_check": "texts to a phone of our own; they are no patient's",
    "redaction": "what the provider must still forget of somebody who was erased: there is nobody to export",
}
# Columns that are not given out, by table, and why. Named to the person as a category: WITHHELD.
NOT_GIVEN_OUT: dict[tuple[str, str], str] = {
    ("task", "why"): "staff notes",
    ("task", "outcome"): "staff notes",
    ("erasure", "signature"): "the certificate's own proof",
    ("attempt", "worker"): "the name of a machine of ours",
}
