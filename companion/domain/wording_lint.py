"""What will the text say, and may it say that?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from companion.domain.carrier_word import CARRIER_HELP, CARRIER_START, CARRIER_STOP
from companion.domain.segments import fold_to_gsm7, segments

# first_name: the patient's. line: the words of the plan line. service: the short name of the pain service.
PLACEHOLDERS = frozenset({"first_name", "line", "service"})
MOST_SEGMENTS = 2
# Longer than nearly all, for the worst case at lint time. A caller that knows better says so.
_LONGEST = {"first_name": "M" * 20, "line": "m" * 100, "service": "m" * 25}

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class WordingError(ValueError):
    """A template that cannot be merged. The message never holds a value: values are personal."""


def merge(template: str, values: Mapping[str, str]) -> str:
    """`template` with its {placeholders} replaced by `values`, ready to be sent.

    One pass: braces inside a value are text. Typographic characters are folded to GSM-7, runs of spaces become
    one, the template's line breaks stay and a value's become spaces. Raises WordingError for a placeholder that
    has no value, or an empty one, and for a stray brace.
    """

    def fill(found: re.Match[str]) -> str:
        value = " ".join(fold_to_gsm7(values.get(found[1], "")).split())
        if not value:
            raise WordingError(f"no value for {found[0]}")
        return value

    merged = fold_to_gsm7(_BRACES.sub(fill, template))
    return "\n".join(" ".join(line.split()) for line in merged.strip().splitlines())


class Rule(StrEnum):
    """What a wording may not do."""

    UNKNOWN_PLACEHOLDER = "unknown-placeholder"
    SERVICE_NOT_NAMED = "service-not-named"
    RESERVED_REPLY = "reserved-reply"
    MEDICINE = "medicine"
    TOO_LONG = "too-long"
    LINK = "link"
    SHAME = "shame"


@dataclass(frozen=True, slots=True)
class LintFault:
    """`words` is what offends, as the template has it, or what is missing."""

    rule: Rule
    words: str


_RESERVED = frozenset(word.upper() for word in CARRIER_STOP | CARRIER_START | CARRIER_HELP)
_IN_CAPITALS = re.compile(rf"\b(?:{'|'.join(sorted(_RESERVED))})\b")
# The one way in which such a word may be offered: to leave.
_LEAVING = re.compile(
    r"\b(?:(?:Text|text|Reply|reply) )?STOP to stop"
    r"(?: (?:these |the |all )?(?:texts|text messages|messages))?(?: at any time)?(?=[.,;!\n]|\Z)"
)
_INVITES = re.compile(
    r"\b(?:reply|text|send|answer|respond|type|say|press)\b"
    r"(?:(?:back|us|me|with|the|word|just|simply|either|by|a)\b|[\s:\"'])*([^.!?\n]*)",
    re.IGNORECASE,
)
_BETWEEN_OPTIONS = re.compile(r"[,/]|\bor\b|\band\b", re.IGNORECASE)
_MEDICINE = re.compile(
    r"\b(?:take your(?! time)|dos(?:e|es|ed|ing|age)|tablets?|pills?|capsules?|medicines?|medications?|meds"
    r"|\d*\s?mg|micrograms?|milligrams?|pain ?killers?|pain relief|prescriptions?|prescribed|opioids?"
    r"|opiates?|morphine|codeine|co-codamol|tramadol|gabapentin|pregabalin|amitriptyline|paracetamol"
    r"|ibuprofen|naproxen|fentanyl|drugs?)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\bhttps?:\S*|\bwww\.\S*|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:uk|com|org|net|io|ly|gl|info|eu|wales|scot|app)\b",
    re.IGNORECASE,
)
_SHAME = re.compile(
    r"\b(?:fail(?:ed|ing|s|ure)?|missed again|disappoint\w*|streaks?|should(?:n't)?|must(?:n't)?|ought to|lazy"
    r"|let (?:us|yourself|everyone|people) down|no excuses?|guilty|asham\w*|gave up|giving up|don't lose"
    r"|lose your)\b",
    re.IGNORECASE,
)


def lint(template: str, *, longest: Mapping[str, str] | None = None) -> list[LintFault]:
    """Every fault of `template`; none if it may be offered for approval. What it means, a clinician judges.

    longest: the longest value that a placeholder may get, for the length; its names count as known beside
    PLACEHOLDERS. Sources: Twilio advanced-opt-out.md for the words on which the carrier acts; "Writing NHS
    messages" for naming the service and for links; no generic medicine nudges; no shame, loss or streaks.
    """
    worst = {**_LONGEST, **(longest or {})}
    plain = fold_to_gsm7(template)
    unknown = [found[0] for found in _BRACES.finditer(plain) if found[1] not in worst]
    faults = [LintFault(Rule.UNKNOWN_PLACEHOLDER, words) for words in unknown]
    if "{service}" not in plain:
        faults.append(LintFault(Rule.SERVICE_NOT_NAMED, "{service}"))
    faults += [LintFault(Rule.RESERVED_REPLY, word) for word in _offered(_LEAVING.sub("", plain))]
    for rule, pattern in ((Rule.MEDICINE, _MEDICINE), (Rule.LINK, _LINK), (Rule.SHAME, _SHAME)):
        faults += [LintFault(rule, found[0]) for found in pattern.finditer(plain)]
    parts = segments(_BRACES.sub(lambda found: worst.get(found[1], ""), plain))
    if parts > MOST_SEGMENTS:
        faults.append(LintFault(Rule.TOO_LONG, f"{parts} parts"))
    return faults


def _offered(text: str) -> list[str]:
    """The reserved words that `text` offers as a reply: in capitals anywhere, or among the answers."""
    offered = _IN_CAPITALS.findall(text)
    for invitation in _INVITES.finditer(text):
        first, *others = _BETWEEN_OPTIONS.split(invitation[1])
        # "Reply yes if you did", but not "Reply, or get help from a friend".
        offered += (option.strip(" \"'()").upper() for option in [first.partition(" ")[0], *others])
    return [word for word in dict.fromkeys(offered) if word in _RESERVED]
