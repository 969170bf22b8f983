"""What does an inbound text mean?

Reading loses nothing: the body is stored unchanged, and whatever is not plainly a command or an answer is
words for a person (P8). In doubt it is words.
"""

import re
from dataclasses import dataclass

from companion.domain.answer import AnswerKind
from companion.domain.carrier_word import CARRIER_STOP
from companion.domain.plain_text import fold
from companion.domain.urgent import UrgentTopic, topics
from nudges.words.answers import answer_in
from nudges.words.commands import Command, Said, command_in

__all__ = ["AnswerKind", "Command", "Reading", "read"]

# STOP and START mean to the carrier what they mean to the patient; these may not. Surgeries ask people to
# text CANCEL about an appointment, and YES answers a question: the carrier takes them for STOP and START.
_RESERVED = (CARRIER_STOP - {"stop"}) | {"yes"}
_OUTSIDE = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one inbound text means.

    command: what it tells us to do. A text that is a command gives no answer.
    answer: YES, NO or NUMBER; number: 0 to 10, with NUMBER alone.
    words: there is something that a person must read.
    reserved: the whole message is a word on which the carrier acts in a way the patient may not have meant.
    topics: what sounds urgent in it; then `words` is always true.
    """

    command: Command | None
    answer: AnswerKind | None
    number: int | None
    words: bool
    reserved: bool
    topics: frozenset[UrgentTopic]


def read(body: str, *, media_count: int = 0, opt_out: str | None = None) -> Reading:
    """What `body` means; any text is accepted and none raises.

    media_count: pictures and other files that came with it.
    opt_out: Twilio's OptOutType, what the carrier did by itself: STOP, START or HELP. A START that it made of
    a mere yes is none: only an explicit start undoes a stop (P1).
    """
    urgent = topics(body)
    answer = answer_in(body)
    said = _heeding_carrier(command_in(body), opt_out, answered=answer is not None)
    if said is not None:
        answer = None
        understood = said.bare
    else:
        understood = answer is not None and not answer.more
    return Reading(
        command=said.command if said else None,
        answer=answer.kind if answer else None,
        number=answer.number if answer else None,
        words=not understood or media_count > 0 or bool(urgent),
        reserved=_OUTSIDE.sub("", fold(body)) in _RESERVED,
        topics=urgent,
    )


def _heeding_carrier(said: Said | None, opt_out: str | None, *, answered: bool) -> Said | None:
    carrier = (opt_out or "").strip().lower()
    if said is not None and said.command is Command.STOP:
        return said
    if carrier == "stop":
        return Said(Command.STOP, bare=False)
    if carrier == "start" and said is None and not answered:
        return Said(Command.START, bare=False)
    return Said(Command.HELP, bare=False) if carrier == "help" else said
