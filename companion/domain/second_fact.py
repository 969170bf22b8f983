"""What must somebody know who holds a patient's phone? A code or a link alone opens nothing: the phone may be shared,
taken, or its number may have passed to somebody else."""

from dataclasses import dataclass

ENDING = 4
# A dummy fact, compared when there is no patient, so that the timing is the same.
NOBODY_S = "-" * ENDING


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody says they know, the day as ISO 8601 has it. Whichever of the two we do not ask for counts for
    nothing."""

    birth_date: str | None = None
    nhs_number_ending: str | None = None


def sides(fact: Fact, birth_date: str | None, nhs_number: str) -> tuple[bytes, bytes]:
    """What they said and what is so, to be compared in constant time: the date of birth where we have that, else the
    end of the NHS number."""
    if birth_date is not None:
        said, known = fact.birth_date, birth_date
    else:
        said, known = fact.nhs_number_ending, nhs_number[-ENDING:]
    return (said or "").encode(), known.encode()
