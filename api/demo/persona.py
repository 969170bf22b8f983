"""How does a made-up person answer the texts on their phone? By habit, repeatable for the same seed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from companion.domain.behaviour import Behaviour

# The nth nudge for a behaviour, or the nth of all (None), from 1.
Nth = tuple[Behaviour | None, int]


@dataclass(frozen=True, slots=True)
class Habit:
    """What somebody is like with a phone.

    answers: how often they answer a nudge at all, from 0 to 1. minutes: how soon, from and to.
    numbers: what they answer to 0 to 10, one after the other; the last one goes on.
    yes: how often a question for Y or N gets a yes. words: what they write when asked what they want, in turn.
    """

    answers: float = 0.8
    minutes: tuple[int, int] = (3, 60)
    numbers: tuple[int, ...] = (5,)
    yes: float = 0.8
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What they text back, and how long after."""

    words: str
    after: timedelta


@dataclass(slots=True)
class Persona:
    """One person and their phone. `scripted` are the words that they answer to certain nudges."""

    name: str
    habit: Habit
    scripted: Mapping[Nth, str]
    seed: int
    _chance: Random = field(init=False)
    _read: Counter[Behaviour | None] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        # Each person has chances of their own: one more text to one of them changes nothing for the others.
        self._chance = Random(f"{self.seed}/{self.name}")  # noqa: S311

    def reads(self, text: str) -> Reply | None:
        """The person reads a text, word for word as it stands on the phone, and answers it or does not."""
        asked = _asked(text)
        if asked is None:
            return None
        self._read.update((asked, None))
        after = timedelta(minutes=self._chance.randint(*self.habit.minutes), seconds=self._chance.randint(0, 59))
        willing = self._chance.random() < self.habit.answers
        scripted = self.scripted.get((asked, self._read[asked])) or self.scripted.get((None, self._read[None]))
        words = scripted or (self._usual(asked) if willing else None)
        return Reply(words, after) if words else None

    def _usual(self, asked: Behaviour) -> str | None:
        nth = self._read[asked] - 1
        match asked:
            case Behaviour.CURIOUS:
                return str(self.habit.numbers[min(nth, len(self.habit.numbers) - 1)])
            case Behaviour.HEALTHY:
                return "Y" if self._chance.random() < self.habit.yes else "N"
            case Behaviour.DEMAND:
                return self.habit.words[nth] if nth < len(self.habit.words) else None


def _asked(text: str) -> Behaviour | None:
    """A person sees from the words which question it is, if it is one at all."""
    questions = {
        "from 0 to 10": Behaviour.CURIOUS,
        "Reply Y or N": Behaviour.HEALTHY,
        "Is there anything you want to ask": Behaviour.DEMAND,
    }
    return next((behaviour for words, behaviour in questions.items() if words in text), None)
