"""Who may say what they think of somebody else's plan, and what can come of it?"""

from enum import StrEnum
from uuid import UUID


class OpinionStatus(StrEnum):
    """How far it has come. Each is given once, or the question is taken back, and that is its end."""

    REQUESTED = "requested"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class OpinionOutcome(StrEnum):
    """What whoever looked thinks: the plan is right, it should be changed, or something that is neither."""

    AGREE = "agree"
    CHANGE = "change"
    OTHER = "other"


# A partner sees the record for as long as this at most, where it is for an opinion.
MOST_DAYS = 14
OWN_PLAN = "You wrote this revision of the plan. Another clinician must give the second opinion."
NO_CHANGE = "This opinion agrees with the plan, so there is nothing to revise."


def is_own(author_id: UUID | None, giver_id: UUID | None) -> bool:
    """Whether whoever would give it wrote the revision that it is about: that would be no second opinion."""
    return author_id is not None and author_id == giver_id
