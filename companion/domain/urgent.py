"""Do a patient's words sound urgent?

The phrase list behind this is a draft that no Clinical Safety Officer has approved. It may only raise the
priority of a text and add fixed safety wording; it never lowers anything, and a person reads every text all
the same (P8, P9; crisis classifiers miss about 1 in 9). It prefers a false alarm, which costs a person one
minute, to a miss: it knows nothing of "not", of who is meant or when, so "I am not suicidal" is raised too.
"""

import re
from enum import StrEnum
from functools import cache

from companion.domain.plain_text import plain_words
from companion.domain.urgent_phrases import (
    CAUDA_EQUINA,
    CRISIS,
    EMERGENCY,
    LIST_VERSION,
    SPELLINGS,
    WORD_GROUPS,
)

__all__ = ["LIST_VERSION", "UrgentTopic", "topics"]


class UrgentTopic(StrEnum):
    """What a text may be about.

    crisis: self-harm, suicide, not safe, abuse, harm to others.
    cauda-equina: the signs on the warning card of Greenhalgh, Mercer and Finucane.
    emergency: what 999 and 111 are for, overdose among them.
    """

    CRISIS = "crisis"
    CAUDA_EQUINA = "cauda-equina"
    EMERGENCY = "emergency"


_GAP = r"(?: \S+){0,5}"
_LENGTHENED = re.compile(r"([a-z])\1{2,}")


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _groups(text: str) -> dict[str, str]:
    groups: dict[str, str] = {}
    for name, words in (line.split(": ") for line in _lines(text)):
        groups[name] = f"{groups[name]}/{words}" if name in groups else words
    return groups


_GROUPS = _groups(WORD_GROUPS)


def _word(word: str) -> str:
    if word == "..":
        return _GAP
    if word.startswith("("):
        return f"(?:{_word(word[1:-1])})?"
    if word.startswith("<"):
        return _word(_GROUPS[word[1:-1]])
    either = (re.escape(each).replace("_", " ").replace(r"\*", r"\S*") for each in word.split("/"))
    return f" (?:{'|'.join(either)})"


def _pattern(phrases: str) -> re.Pattern[str]:
    every = (phrase for line in _lines(phrases) for phrase in line.split(";"))
    return re.compile("|".join("".join(map(_word, phrase.split())) + r"(?= |$)" for phrase in every))


@cache
def _patterns() -> dict[UrgentTopic, re.Pattern[str]]:
    """Compiled when first asked for: only the worker reads what patients text."""
    return {
        UrgentTopic.CRISIS: _pattern(CRISIS),
        UrgentTopic.CAUDA_EQUINA: _pattern(CAUDA_EQUINA),
        UrgentTopic.EMERGENCY: _pattern(EMERGENCY),
    }


_SPELLINGS = (line.split(": ") for line in _lines(SPELLINGS))
_AS_LISTED = {wrong: right for right, wrongs in _SPELLINGS for wrong in wrongs.split(", ")}
# The longest first, or "can not" would never be seen behind "can".
_MISSPELLED = re.compile(rf"\b(?:{'|'.join(sorted(_AS_LISTED, key=len, reverse=True))})\b")


def topics(body: str) -> frozenset[UrgentTopic]:
    """What `body`, as the patient typed it, may be about. Empty means "nothing on the list", never "safe"."""
    said = plain_words(body.replace("\N{PILL}", " pills "))
    # "sooo" and "killl": a letter written three times or more may stand for one or for two.
    readings = {_LENGTHENED.sub(letters, said) for letters in (r"\1", r"\1\1")}
    spelled = [" " + _MISSPELLED.sub(lambda found: _AS_LISTED[found[0]], reading) for reading in readings]
    return frozenset(topic for topic, pattern in _patterns().items() if any(map(pattern.search, spelled)))
