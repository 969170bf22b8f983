"""Does an inbound text tell us to stop, to start, to say why, or to help?

The carrier knows its words only where they are the whole message; people write "please stop, thank you". So
the words that people put round a command are taken away, and where only the command is left, it is one. A
negation is never taken away: "please do not stop" stays words for a person.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from companion.domain.carrier_word import CARRIER_START, CARRIER_STOP
from companion.domain.plain_text import fold, plain_words
from nudges.words import command_words as words


class Command(StrEnum):
    """stop and start: consent to texts. why: the reason for the last nudge. help: a person is to look now."""

    STOP = "stop"
    START = "start"
    WHY = "why"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """A command, and whether the message was its keyword and nothing else: then nothing is left to read."""

    command: Command
    bare: bool


_OUTSIDE_WORDS = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[.!;\n]+")
_FIRST_CLAUSE_END = re.compile(r"[.!;,\n]+|\s-+\s")
_CLAUSE_END = re.compile(r"[.!?;:,\n]+|\s-+\s")
_WRITTEN_APART = re.compile(
    r"(?<=\bopt) (?=(?:out|in)\b)|(?<=\bstop) (?=all\b)|(?<=\bun|\bre) (?=(?:stop|start|subscribe)\b)"
)


def command_in(body: str) -> Said | None:
    """The command in `body`, whatever its capitals, punctuation, typography or manners, or None.

    STOP goes before all others (P1).
    """
    folded = fold(body).strip()
    word = _OUTSIDE_WORDS.sub("", folded)
    text = _plain(folded)
    if word in CARRIER_STOP or _says_stop(folded, text):
        return Said(Command.STOP, bare=folded in CARRIER_STOP)
    if word in CARRIER_START - {"yes"} or _says_start(text):
        return Said(Command.START, bare=folded in CARRIER_START)
    if _is_only(words.HELP, words.AROUND_HELP, text):
        return Said(Command.HELP, bare=False)
    if words.WHY.fullmatch(text):
        return Said(Command.WHY, bare=folded.rstrip("?. ") == "why")
    return None


def _plain(folded: str) -> str:
    return _WRITTEN_APART.sub("", plain_words(folded))


def _is_only(command: re.Pattern[str], around: re.Pattern[str], text: str) -> bool:
    left = around.sub(" ", text).split()
    return bool(left) and all(map(command.fullmatch, left))


def _stops_texts(text: str) -> bool:
    named = words.TEXTS_NAMED.search(text) is not None
    return named and _is_only(words.STOP_TEXTS, words.AROUND_STOP_TEXTS, text)


def _says_stop(folded: str, text: str) -> bool:
    if words.OBJECTION.fullmatch(text):
        return True
    if words.NEGATED_STOP.search(text):
        return False
    # "Please stop. My husband died in May." "STOP please, I am in hospital." The first clause is enough, or any clause
    # that names the texts.
    sentences = (text, _plain(_SENTENCE_END.split(folded)[0]), _plain(_FIRST_CLAUSE_END.split(folded)[0]))
    if any(_is_only(words.STOP, words.AROUND_STOP, sentence) for sentence in sentences):
        return True
    return _stops_texts(text) or any(_stops_texts(_plain(clause)) for clause in _CLAUSE_END.split(folded))


def _says_start(text: str) -> bool:
    named = words.TEXTS_NAMED.search(text) is not None
    if named and _is_only(words.START_TEXTS, words.AROUND_START_TEXTS, text):
        return True
    return _is_only(words.START, words.AROUND_START, text)
