"""What becomes of a person's wish to have their record put right?"""

from datetime import date
from enum import StrEnum

from companion.domain.calendar import months_after

# UK GDPR article 12(3): an answer within one month.
ANSWER_WITHIN_MONTHS = 1


class CorrectionStatus(StrEnum):
    """requested: waits for staff. made: the record was put right. refused: it stays, and why is said."""

    REQUESTED = "requested"
    MADE = "made"
    REFUSED = "refused"


def due_on(asked_on: date) -> date:
    """The last day on which the law lets staff answer what was asked on that day."""
    return months_after(asked_on, ANSWER_WITHIN_MONTHS)
