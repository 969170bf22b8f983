"""What of the neighbourhood can help, for whom is it near, and is what we say of it still true?"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from companion.domain.refusal import Fault


class ResourceKind(StrEnum):
    """What sort of help it is."""

    COMMUNITY_GROUP = "community-group"
    PEER_GROUP = "peer-group"
    HYDROTHERAPY = "hydrotherapy"
    MASSAGE = "massage"
    ACUPUNCTURE = "acupuncture"
    REFLEXOLOGY = "reflexology"
    MINDFULNESS = "mindfulness"
    LEISURE = "leisure"
    TALKING_THERAPY = "talking-therapy"
    NEUROLOGY = "neurology"


class Need(StrEnum):
    """What it serves: the needs of a care and support plan (PRSB)."""

    PHYSICAL = "physical"
    PSYCHOLOGICAL = "psychological"
    SOCIAL = "social"
    NUTRITIONAL = "nutritional"


class Cost(StrEnum):
    """What a person pays there."""

    FREE = "free"
    LOW_COST = "low-cost"
    PAID = "paid"


class Evidence(StrEnum):
    """What is known of whether it helps. What people praise is never passed off as what NICE recommends."""

    NICE_RECOMMENDED = "nice-recommended"
    PATIENT_REPORTED = "patient-reported"
    NOT_EVALUATED = "not-evaluated"


class ResourceStatus(StrEnum):
    """Only what is listed is offered to anybody."""

    DRAFT = "draft"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class CheckFound(StrEnum):
    """What somebody found who looked whether an entry is still true."""

    CORRECT = "correct"
    WRONG = "wrong"
    GONE = "gone"


class ResourceEventKind(StrEnum):
    """What came of a resource for one person."""

    OFFERED = "offered"
    TAKEN_UP = "taken-up"
    DECLINED = "declined"
    HELPED = "helped"
    DID_NOT_HELP = "did-not-help"


# A draft of ours, until a pain service sets its own.
STALE_AFTER = timedelta(days=183)
# The first half of a postcode, or only its letters: 'PR8', 'PR'. A whole postcode may be one person's house.
OUTWARD = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)?")
AREA = re.compile(r"[A-Z]{1,2}")
WEB = re.compile(r"https?://[^\s/?#]+\S*")
COMES_AFTER = {
    ResourceEventKind.TAKEN_UP: ResourceEventKind.OFFERED,
    ResourceEventKind.DECLINED: ResourceEventKind.OFFERED,
    ResourceEventKind.HELPED: ResourceEventKind.TAKEN_UP,
    ResourceEventKind.DID_NOT_HELP: ResourceEventKind.TAKEN_UP,
}
# Fewer people than this might be recognised in a figure.
SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry says. `outward`: the first half of the postcode where it is, None where it has none (a
    phone line). `reach`: the postcode areas whose people it takes; none means wherever one lives.
    """

    name: str
    kind: ResourceKind
    description: str
    cost: Cost
    needs: frozenset[Need]
    evidence: Evidence
    status: ResourceStatus = ResourceStatus.DRAFT
    evidence_source: str | None = None
    cost_words: str | None = None
    access_needs: str | None = None
    place: str | None = None
    outward: str | None = None
    reach: frozenset[str] = frozenset()
    phone: str | None = None
    email: str | None = None
    web: str | None = None


def faults(facts: Facts) -> list[Fault]:
    """Everything that keeps it from being a sound entry, by field."""
    found = []
    if facts.evidence is Evidence.NICE_RECOMMENDED and facts.evidence_source is None:
        found.append(
            Fault(
                "evidence_source", "Enter the NICE guideline that recommends it, like NICE NG193, recommendation 1.2.1."
            )
        )
    if facts.status is ResourceStatus.LISTED and not (facts.phone or facts.email or facts.web):
        found.append(Fault("status", "Enter a phone number, an e-mail address or a web address."))
    return found


def area(outward: str | None) -> str | None:
    """The letters that an outward code begins with: 'PR' of 'PR8'."""
    found = OUTWARD.fullmatch(outward or "")
    return found[1] if found else None


def fold(words: str) -> str:
    """Words without accents and capitals, one space between them: how they are kept and looked for."""
    parts = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(char for char in parts if not unicodedata.combining(char)).casefold().split())


def folded(facts: Facts) -> str:
    """All that a search by words looks through."""
    said = (facts.name, facts.kind.replace("-", " "), facts.description, facts.place or "", facts.access_needs or "")
    return fold(" ".join((*said, *sorted(facts.needs))))


def is_stale(checked_at: datetime | None, now: datetime) -> bool:
    """Whether nobody has looked for so long that it may be wrong."""
    return checked_at is None or checked_at < now - STALE_AFTER


def out_of_turn(kind: ResourceEventKind, before: frozenset[ResourceEventKind]) -> str | None:
    """Why this cannot have come of it yet; None if it can."""
    first = COMES_AFTER.get(kind)
    return None if first is None or first in before else f"Before '{kind}' comes '{first}'."


def shown(people: int) -> int | None:
    """How many people, or None where they are so few that somebody might be recognised."""
    return None if 0 < people < SMALLEST_SHOWN else people
