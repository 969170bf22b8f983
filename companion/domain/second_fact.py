"""What must somebody know who holds a patient's phone? A code or a link alone opens nothing: the phone may be shared,
taken, or its number may have passed to somebody else."""

import hmac
from dataclasses import dataclass
from datetime import date

ENDING = 4
# What nobody's fact is: it is compared where there is nobody, so that it takes as long.
NOBODY_S = "-" * ENDING


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody says they know. Whichever of the two we do not ask for counts for nothing."""

    birth_date: date | None = None
    nhs_number_ending: str | None = None


def is_right(fact: Fact, birth_date: str | None, nhs_number: str) -> bool:
    """Whether they know it: the date of birth (ISO 8601) where we have that, else the end of the NHS number."""
    if birth_date is not None:
        said, known = fact.birth_date.isoformat() if fact.birth_date else "", birth_date
    else:
        said, known = fact.nhs_number_ending or "", nhs_number[-ENDING:]
    return hmac.compare_digest(said.encode(), known.encode())
