"""In which ways can the product say no, and what must it say with it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.plan_difference import Difference


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was asked: the field's dotted path and plain words a person can act on."""

    field: str
    words: str


class RefusalError(Exception):
    """The product understood, and says no. `words` never hold anybody's personal data."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NotFoundError(RefusalError):
    """No such thing in the asker's scope. Also said of another pain service's things, so as not to tell."""


class ForbiddenError(RefusalError):
    """The asker's roles do not allow this."""


class NotSignedInError(RefusalError):
    """Nobody is known to be asking."""


class TooManyError(RefusalError):
    """It was tried too often. `retry_after`: the seconds to wait."""

    def __init__(self, words: str, retry_after: int) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class ConflictError(RefusalError):
    """What is asked cannot be done to the thing as it stands now."""


class StaleError(RefusalError):
    """The asker edits a version that is no longer the current one (P10: a conflict, never a lost edit).

    Of a care plan with what others changed since that version, for the asker alone: never to be logged. None if it is
    not known, or of anything else.
    """

    def __init__(self, words: str, current_version: int, differences: Sequence[Difference] | None = None) -> None:
        super().__init__(words)
        self.current_version = current_version
        self.differences = differences


class InvalidError(RefusalError):
    """What was given breaks rules; every fault is named at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("Some values cannot be accepted.")
        self.faults = faults
