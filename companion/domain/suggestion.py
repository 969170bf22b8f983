"""Where does a patient's suggestion for their plan stand?"""

from enum import StrEnum


class SuggestionStatus(StrEnum):
    """What became of it. Each is answered once: it went into a revision, or they read why it did not."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
