"""May this record be erased, from when, and what is left of it?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from companion.domain.calendar import years_after


class ErasureStatus(StrEnum):
    """requested: waits for a decision. refused: the law makes us keep the record, or nobody need erase it. withdrawn:
    taken back before it was carried out. approved: decided, and carried out from a moment on. erased: nothing of it is
    left here; the text provider may still have words to forget. completed: it has none either, and that is certified.
    """

    REQUESTED = "requested"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    ERASED = "erased"
    COMPLETED = "completed"


class ErasureGround(StrEnum):
    """Why the law lets a record be erased."""

    WRONGLY_ENROLLED = "wrongly-enrolled"
    RETENTION_OVER = "retention-over"
    SERVICE_DECIDED = "service-decided"


GROUND_WORDS: dict[ErasureGround, str] = {
    ErasureGround.WRONGLY_ENROLLED: "they were enrolled by mistake and never received care here",
    ErasureGround.RETENTION_OVER: "the time health records must be kept has passed",
    ErasureGround.SERVICE_DECIDED: "the pain service decided that the record need not be kept longer",
}

# NHS Records Management Code of Practice, appendix II: health records of adults are kept for 8 years after the last
# contact. UK GDPR article 17(3)(b) and (c) and 9(2)(h) put that above the wish to be erased.
KEPT_YEARS = 8
# Between the decision and the deed: time for the letter to arrive, and for thinking again. What never should have been
# here goes at once.
GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a record when it is asked about.

    last_contact_on: the local day of the last text, revision, answer or task. cared_for: a plan was agreed with them.
    """

    last_contact_on: date
    cared_for: bool


def kept_until(standing: Standing) -> date:
    """The first day on which the Code no longer asks for the record."""
    return years_after(standing.last_contact_on, KEPT_YEARS)


def obstacle(ground: ErasureGround, standing: Standing, today: date) -> str | None:
    """What stands against erasing on that ground, in words for the person; None if nothing does."""
    if ground is ErasureGround.WRONGLY_ENROLLED and standing.cared_for:
        return "This person agreed a care plan, so they were not enrolled by mistake."
    until = kept_until(standing)
    if ground is ErasureGround.RETENTION_OVER and today < until:
        day = f"{until.day} {until:%B %Y}"
        return f"Health records are kept for {KEPT_YEARS} years after the last contact: this one until {day}."
    return None


def carried_out_from(ground: ErasureGround, decided_at: datetime) -> datetime:
    """The moment (aware) before which what was decided at `decided_at` is not carried out."""
    return decided_at if ground is ErasureGround.WRONGLY_ENROLLED else decided_at + GRACE


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something that is left, and why."""

    what: str
    why: str


# What a certificate says is left, and the letter says before.
REMAINS: tuple[Remainder, ...] = (
    Remainder(
        "The audit trail: that somebody looked at or changed a record, and when. It has a number now and no name. The "
        "reasons that staff typed, and the network addresses of the person's own visits, have been taken out.",
        "It proves that nobody looked without a reason, and cannot be changed by anybody (UK GDPR article 5(2)).",
    ),
    Remainder(
        "In the audit trail: the network addresses from which staff worked.",
        "They are of the staff and of the organisation, and say nothing of the person.",
    ),
    Remainder(
        "What the same phone texted to another pain service.",
        "It is in that pain service's care. Ask there for its erasure.",
    ),
    Remainder(
        "Counts of texts by month, under a number drawn by chance that nothing leads to.",
        "Figures that were published stay true. They cannot be led back to anybody.",
    ),
    Remainder(
        "This certificate, and the decision that it certifies.",
        "It is the proof that the erasure was done (NHS Records Management Code: destruction certificates, 20 years).",
    ),
    Remainder(
        "At the text provider: that a text went from our number to theirs at a time, without its words.",
        "The provider needs it for its bills, and deletes it by its own rules.",
    ),
    Remainder(
        "Backups that were made before.",
        "They are overwritten in turn. After restoring one, the operator must erase again what it brings back.",
    ),
    Remainder(
        "What others have: the GP's record, and letters that were sent.",
        "They are not ours to erase. Ask whoever has them.",
    ),
)
