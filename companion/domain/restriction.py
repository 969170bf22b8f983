"""On what ground does a person's record rest, kept but not used?"""

from enum import StrEnum


class RestrictionGround(StrEnum):
    """UK GDPR article 18(1), a to d; and two of our own: it was asked for, and an erasure was decided on."""

    ACCURACY_CONTESTED = "accuracy-contested"
    UNLAWFUL = "unlawful"
    NEEDED_FOR_A_CLAIM = "needed-for-a-claim"
    OBJECTION = "objection"
    THEIR_WISH = "their-wish"
    ERASURE_DECIDED = "erasure-decided"
