"""What does one entry of the audit trail say, byte by byte, and what is wrong with a trail?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from companion.domain.access import Role

# What the entry's own hash covers: every column but the hash, and the row's number in its table, which says nothing.
COVERED = (
    "pain_service_id",
    "seq",
    "actor_kind",
    "actor_id",
    "action",
    "patient_id",
    "entity_id",
    "fields",
    "origin",
    "reason",
    "recorded_at",
)
# What each action is called to a patient who asks who looked at their record.
ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "access.break-glass": "opened the record in an emergency",
        "access.end": "ended an access to the record",
        "access.invite-partner": "let a clinician of another pain service read the record",
        "access.read": "looked at who was let in to the record",
        "care-plan.active": "took up the care plan again",
        "care-plan.agree-self": "agreed to the care plan",
        "care-plan.agree": "wrote down that the care plan was agreed",
        "care-plan.ask-agreement": "asked by a text for a yes to the care plan",
        "care-plan.completed": "completed the care plan",
        "care-plan.draft": "wrote a care plan",
        "care-plan.letter": "made a letter of the care plan",
        "care-plan.list": "looked at the list of care plans",
        "care-plan.on-hold": "put the care plan on hold",
        "care-plan.read": "read the care plan",
        "care-plan.restore": "took an earlier version of the care plan again",
        "care-plan.revise": "changed the care plan",
        "care-plan.revoked": "ended the care plan",
        "care-plan.start": "wrote a care plan, beginning with a template",
        "consent.given": "wrote down a yes to texts",
        "consent.read": "looked at the history of consent",
        "consent.withdrawn": "wrote down that texts stop",
        "correction.ask": "asked for a correction",
        "correction.made": "made a correction",
        "correction.read": "looked at the corrections asked for",
        "correction.refused": "answered why something is not corrected",
        "erasure.approve": "decided that the record is erased",
        "erasure.ask": "asked for the record to be erased",
        "erasure.erase": "erased the record",
        "erasure.letter": "made the letter about the erasure",
        "erasure.read": "looked at the request to erase the record",
        "erasure.refuse": "decided that the record is kept",
        "erasure.withdraw": "took back the erasure",
        "message.read": "read the texts",
        "message.write": "wrote a text",
        "nudge.bring-forward": "brought the next text forward",
        "nudge.read": "looked at which texts went, and why",
        "pathway.correct": "put right where the patient is on the pathway",
        "pathway.move": "moved the patient on along the pathway",
        "pathway.read": "looked at the pathway from referral to closed",
        "pathway.refer": "wrote down a referral",
        "pathway.refer-to-hospital": "wrote down a referral to a hospital",
        "pathway.review-due": "asked for the review that was due",
        "patient.amend": "changed name, number or standing",
        "patient.enrol": "enrolled the patient",
        "patient.leave": "wrote down that the patient left",
        "patient.list": "saw the name in the list of patients",
        "patient.read": "looked at name and number",
        "preference.read": "looked at the hours and days for texts",
        "preference.replace": "changed the hours and days for texts",
        "record.export": "took a copy of the record",
        "record-access.read": "looked at who had looked",
        "resource-event.read": "looked at what was offered nearby",
        "resource-event.write": "wrote down what came of something nearby",
        "restriction.begin": "put the record to rest",
        "restriction.lift": "took the record up again",
        "restriction.read": "looked at when the record was at rest",
        "second-opinion.ask": "asked for a second opinion on the care plan",
        "second-opinion.ask-partner": "let a clinician of another pain service read the record, for a second opinion",
        "second-opinion.give": "gave a second opinion on the care plan",
        "second-opinion.read": "looked at the second opinions on the care plan",
        "second-opinion.take-up": "changed the care plan by a second opinion",
        "second-opinion.withdraw": "took back the question for a second opinion",
        "sign-in.begin": "signed in",
        "sign-in.code": "asked for a code to sign in with",
        "sign-in.devices": "looked at where they are signed in",
        "sign-in.end": "signed out, or ended a sign-in on another phone",
        "sign-in.wrong-fact": "held the phone, and gave a wrong answer or came too late",
        "sign-in.nhs-login": "signed in by NHS login",
        "sign-in.link": "sent a link to sign in with",
        "sign-in.stolen": "a sign-in was ended, because it was used from two places",
        "suggestion.accepted": "took a suggestion into the care plan",
        "suggestion.declined": "answered why a suggestion is not taken up",
        "suggestion.make": "suggested a change to the care plan",
        "suggestion.read": "looked at the suggestions for the care plan",
        "task.complete": "dealt with what was waiting",
        "task.list": "saw what was waiting in the inbox",
        "text.received": "sent a text",
        "text.start": "started texts",
        "text.stop": "stopped texts",
    }
)
ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {Role.CLINICIAN: "clinician", Role.SERVICE_MANAGER: "service manager", Role.ADMINISTRATOR: "administrator"}
)
# The hash before the first entry's.
NOTHING = ""
# The first entry of a trail that has older entries, from before trails were chained: it vouches for them as they are.
BEGIN = "audit.begin"

# An entry that vouches for others, from which an erasure has taken the words.
REDACT = "audit.redact"


def place(seq: int, digest: str) -> str:
    """How an entry is named by the one that vouches for what is left of it."""
    return f"{seq}:{digest}"


def named_place(said: str) -> tuple[int, str]:
    """The entry, and the digest of what is left of it."""
    seq, _, digest = said.partition(":")
    return int(seq), digest


def canonical(entry: Mapping[str, object]) -> bytes:
    """The entry as bytes, the same whichever database it has been through."""
    return json.dumps({name: _said(entry[name]) for name in COVERED}, separators=(",", ":")).encode()


def _said(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, list | int) else str(value)


class Fault(StrEnum):
    """What can be wrong with a trail, in words that follow "entry 17"."""

    CHANGED = "was changed, or stands where another stood"
    MISSING = "is missing"
    CUT_OFF = "is missing, and so is whatever came after it"
    OUTSIDE = "stands outside the chain: it was put in later, or changed"


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far a chain had come when somebody looked, to be kept where nobody who can write to the database can."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a trail, and at which entry."""

    fault: Fault
    seq: int


def words(fault: Fault, seq: int, pain_service: str) -> str:
    """One plain sentence."""
    which = "an entry" if fault is Fault.OUTSIDE else f"entry {seq}"
    return f"{pain_service}: {which} {fault}."
