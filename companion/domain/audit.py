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
        "access.end": "ended someone's access to the record",
        "access.invite-partner": "gave a clinician of another pain service access to the record",
        "access.read": "looked at who has been given access to the record",
        "care-plan.active": "restarted the care plan",
        "care-plan.agree-self": "agreed to the care plan",
        "care-plan.agree": "recorded that the care plan was agreed",
        "care-plan.ask-agreement": "asked by text for agreement to the care plan",
        "care-plan.completed": "completed the care plan",
        "care-plan.draft": "wrote a care plan",
        "care-plan.letter": "made a letter of the care plan",
        "care-plan.list": "looked at the list of care plans",
        "care-plan.on-hold": "put the care plan on hold",
        "care-plan.read": "read the care plan",
        "care-plan.restore": "restored an earlier version of the care plan",
        "care-plan.revise": "changed the care plan",
        "care-plan.revoked": "ended the care plan",
        "care-plan.start": "wrote a care plan, starting from a template",
        "consent.given": "recorded agreement to texts",
        "consent.read": "looked at the history of consent",
        "consent.withdrawn": "recorded that texts must stop",
        "correction.ask": "asked for a correction",
        "correction.made": "made a correction",
        "correction.read": "looked at the corrections asked for",
        "correction.refused": "explained why something was not corrected",
        "erasure.approve": "decided to erase the record",
        "erasure.ask": "asked for the record to be erased",
        "erasure.erase": "erased the record",
        "erasure.letter": "made the letter about the erasure",
        "erasure.read": "looked at the request to erase the record",
        "erasure.refuse": "decided to keep the record",
        "erasure.withdraw": "withdrew the erasure",
        "message.read": "read the texts",
        "message.write": "wrote a text",
        "nudge.bring-forward": "brought the next text forward",
        "nudge.read": "looked at which texts were sent, and why",
        "pathway.correct": "corrected the patient's step on the pathway",
        "pathway.move": "moved the patient on along the pathway",
        "pathway.read": "looked at the pathway from referral to closed",
        "pathway.refer": "recorded a referral",
        "pathway.refer-to-hospital": "recorded a referral to a hospital",
        "pathway.review-due": "asked for the review that was due",
        "patient.amend": "changed name, number or status",
        "patient.enrol": "enrolled the patient",
        "patient.leave": "recorded that the patient left",
        "patient.list": "saw the name in the list of patients",
        "patient.read": "looked at name and number",
        "preference.read": "looked at the hours and days for texts",
        "preference.replace": "changed the hours and days for texts",
        "record.export": "took a copy of the record",
        "record-access.read": "looked at who had looked",
        "resource-event.read": "looked at local help that was offered",
        "resource-event.write": "recorded an outcome of local help",
        "restriction.begin": "restricted use of the record",
        "restriction.lift": "lifted the restriction on the record",
        "restriction.read": "looked at when the record was restricted",
        "second-opinion.ask": "asked for a second opinion on the care plan",
        "second-opinion.ask-partner": "gave a clinician of another pain service access, for a second opinion",
        "second-opinion.give": "gave a second opinion on the care plan",
        "second-opinion.read": "looked at the second opinions on the care plan",
        "second-opinion.take-up": "changed the care plan after a second opinion",
        "second-opinion.withdraw": "withdrew the request for a second opinion",
        "sign-in.begin": "signed in",
        "sign-in.code": "asked for a code to sign in with",
        "sign-in.devices": "looked at where they are signed in",
        "sign-in.end": "signed out, or ended a sign-in on another phone",
        "sign-in.wrong-fact": "tried to sign in with a wrong answer, or too late",
        "sign-in.nhs-login": "signed in by NHS login",
        "sign-in.link": "sent a link to sign in with",
        "sign-in.stolen": "a sign-in was ended because it was used in two places",
        "suggestion.accepted": "added a suggestion to the care plan",
        "suggestion.declined": "explained why a suggestion was not added",
        "suggestion.make": "suggested a change to the care plan",
        "suggestion.read": "looked at the suggestions for the care plan",
        "task.complete": "completed a task",
        "task.list": "looked at the inbox",
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

    CHANGED = "was changed or moved"
    MISSING = "is missing"
    CUT_OFF = "is missing, and so is everything after it"
    OUTSIDE = "is outside the chain: it was added later, or changed"


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
