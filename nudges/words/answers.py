"""Which answer, if any, does an inbound text give to "Reply Y or N" or "Reply with a number from 0 to 10"?

An answer nobody gave is worse than one that a person has to read: "2 tablets", "7 December" and "No pain
today" are words. So an answer stands alone, or in front of something that shows it was one.
"""

import re
from dataclasses import dataclass

from companion.domain.answer import AnswerKind
from companion.domain.plain_text import fold, plain_words


@dataclass(frozen=True, slots=True)
class Answer:
    """`number` is a whole number from 0 to 10 and only there for NUMBER. `more`: other words came with it."""

    kind: AnswerKind
    number: int | None = None
    more: bool = False


_THUMBS = {"\N{THUMBS UP SIGN}": AnswerKind.YES, "\N{THUMBS DOWN SIGN}": AnswerKind.NO}
_NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {str(number): number for number in range(11)} | {word: n for n, word in enumerate(_NUMBER_WORDS)}
_NUMBERS["nought"] = 0

_YES_WORDS = ("y", "yes", "yep", "yeah", "yea", "yup", "yh")
_NO_WORDS = ("n", "no", "nope", "nah")
_YES_TAILS = ("", "i did", "i did it", "i have", "i am", "i can", "i do", "i will", "did it", "done it")
_NO_TAILS = ("", "i didnt", "i did not", "i havent", "i have not", "i couldnt", "i cant", "not yet", "didnt")
_BARE = {f"{word} {tail}".strip(): AnswerKind.YES for word in _YES_WORDS for tail in _YES_TAILS}
_BARE |= {f"{word} {tail}".strip(): AnswerKind.NO for word in _NO_WORDS for tail in _NO_TAILS}
_BARE |= dict.fromkeys(("i did", "i did it", "i have", "yes yes"), AnswerKind.YES)
_BARE |= dict.fromkeys(("i didnt", "i did not", "i havent", "i have not", "no no"), AnswerKind.NO)
_LEADING = dict.fromkeys(_YES_WORDS, AnswerKind.YES) | dict.fromkeys(_NO_WORDS, AnswerKind.NO)

# Nothing to read: full stops, kisses, a typed smile.
_DECORATION = r"(?:[\s.,;!]|:-?\)|\bx+\b)*"
_EMOJI = "[\N{LEFTWARDS ARROW}-\N{DOWNWARDS ARROW}\u2600-\u27bf\U0001f000-\U0001faff]"
_SEPARATOR = rf"(?:\s*(?:[,;:!(\n]|\.(?=[\s.]|$)|-(?=\s)|{_EMOJI})|\s+-)"
_NUMBER = re.compile(
    rf"(?P<number>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    r"(?P<scale>\s*/\s*10|\s*out\s*of\s*(?:10|ten)|\s+outta\s+(?:10|ten))?(?P<rest>.*)",
    re.DOTALL,
)
_WORD = re.compile(r"(?P<word>[a-z]+)(?P<rest>.*)", re.DOTALL)
_WRAPPED = re.compile(r"\((.*)\)|\[(.*)\]|\*(.*)\*|'(.*)'|[\"“](.*)[\"”]", re.DOTALL)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What may follow without punctuation. "No pain", "no idea" and "7 tablets" are no answers, and "Y" is also
# how people write "why".
_CARRIES_ON = _words("i im ive ill but and because cos coz sorry thanks thank please we though")
_NO_CARRIES_ON = _CARRIES_ON | _words("not my it its didnt havent couldnt cant can could he she they too")
_SCORE_CARRIES_ON = _CARRIES_ON | _words("today now pain bad again still this")
_NOT_A_SCORE = _words(
    "am pm days nights weeks times january february march april may june july august september october "
    "november december jan feb mar apr jun jul aug sept sep oct nov dec"
)


def answer_in(body: str) -> Answer | None:
    """The yes, no or number that `body` gives, or None where there is none or where it is not certain."""
    text = fold(body).strip()
    thumbs = {kind for thumb, kind in _THUMBS.items() if thumb in text}
    said = re.sub("|".join(_THUMBS), ", ", text).strip(", \n") if thumbs else text
    said = _WRAPPED.sub(lambda found: found[found.lastindex or 0], said) if _WRAPPED.fullmatch(said) else said
    answer = _number(said) or _yes_or_no(said)
    if not thumbs:
        return answer
    if answer is None:
        return _thumb(text, said, thumbs)
    if answer.kind is AnswerKind.NUMBER:
        return Answer(answer.kind, answer.number, more=answer.more or thumbs != {AnswerKind.YES})
    return answer if thumbs == {answer.kind} else None


def _thumb(text: str, said: str, thumbs: set[AnswerKind]) -> Answer | None:
    # A phone that cannot show a reaction writes it out: 👍 to “Did you manage it this week?”
    first = plain_words(said).partition(" ")[0]
    if len(thumbs) > 1 or text[0] not in _THUMBS or first == "to" or said.startswith("?"):
        return None
    return Answer(thumbs.pop(), more=not re.fullmatch(_DECORATION, said))


def _number(said: str) -> Answer | None:
    found = _NUMBER.fullmatch(said)
    if found is None:
        return None
    number, scale, rest = _NUMBERS[found["number"]], found["scale"], found["rest"]
    if rest[:1].isalnum():  # 70, 7pm, sixteen
        return None
    if re.fullmatch(_DECORATION, rest):
        return Answer(AnswerKind.NUMBER, number)
    first = plain_words(rest).partition(" ")[0]
    separated = re.match(_SEPARATOR, rest) is not None
    if first in _NOT_A_SCORE or first in _LEADING or first in _NUMBERS or first.isdecimal():
        return None
    if number == 1 and re.search(r"\b2[.):]", rest):  # the first of a numbered list
        return None
    if scale and rest.startswith(" ") and ("of" in scale or "outta" in scale or first in _SCORE_CARRIES_ON):
        separated = True
    return Answer(AnswerKind.NUMBER, number, more=True) if separated else None


def _yes_or_no(said: str) -> Answer | None:
    found = _WORD.fullmatch(said)
    if found is None:
        return None
    words = [word for word in plain_words(said).split() if not re.fullmatch("x+", word)]
    bare = _BARE.get(" ".join(words))
    if bare and not re.search(r"[^a-z'\s.,;!]", re.sub(r":-?\)", "", said)):
        return Answer(bare)
    kind = _LEADING.get(found["word"])
    if kind is None or re.match(r"\W*\?", found["rest"]):
        return None
    return Answer(kind, more=True) if _follows(found["word"], kind, found["rest"]) else None


def _follows(word: str, kind: AnswerKind, rest: str) -> bool:
    """Does what comes behind `word` leave it an answer?"""
    first, second, *_ = [*plain_words(rest).split(), "", ""]
    turned = second if first in ("or", "and", "but") else first
    if _LEADING.get(turned, kind) is not kind or first == "right" or first[:1].isdecimal():
        return False  # "yes and no", "yeah right", "No. 7"
    if re.match(_SEPARATOR, rest):
        return True
    if not rest.startswith(" "):
        return False
    if word in ("n", "no"):
        return first in _NO_CARRIES_ON
    return word != "y" or first in _CARRIES_ON
