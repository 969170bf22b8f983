"""In which shapes does a person answer a nudge?"""

from enum import StrEnum


class AnswerKind(StrEnum):
    """yes, no, a whole number from 0 to 10, or words that a person reads."""

    YES = "yes"
    NO = "no"
    NUMBER = "number"
    WORDS = "words"
