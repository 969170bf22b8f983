"""Do made-up people answer as people of their habits would, and the same every time?"""

from api.demo.persona import Habit, Persona
from companion.domain.behaviour import Behaviour
from companion.domain.wording import DRAFTS, NUDGE_PURPOSE, WordingPurpose

CURIOUS, HEALTHY, DEMAND = (DRAFTS[NUDGE_PURPOSE[behaviour]] for behaviour in Behaviour)
ALWAYS = Habit(answers=1.0, minutes=(2, 9), numbers=(4, 6), yes=1.0, words=("A rail, please.",))


def said(persona: Persona, *texts: str) -> list[str | None]:
    """What they answer to each text."""
    replies = [persona.reads(text) for text in texts]
    return [reply.words if reply is not None else None for reply in replies]


def test_each_question_has_its_own_answer() -> None:
    amina = Persona("Amina", ALWAYS, {}, 1)
    assert said(amina, CURIOUS, HEALTHY, DEMAND) == ["4", "Y", "A rail, please."]
    assert said(amina, CURIOUS, CURIOUS, DEMAND) == ["6", "6", None]


def test_only_a_question_is_answered() -> None:
    texts = [DRAFTS[purpose] for purpose in WordingPurpose if purpose not in NUDGE_PURPOSE.values()]
    assert said(Persona("Amina", ALWAYS, {}, 1), *texts) == [None] * len(texts)


def test_what_is_scripted_comes_at_its_place() -> None:
    amina = Persona("Amina", ALWAYS, {(None, 2): "STOP", (Behaviour.CURIOUS, 2): "WHY"}, 1)
    assert said(amina, CURIOUS, HEALTHY, CURIOUS, HEALTHY) == ["4", "STOP", "WHY", "Y"]


def test_the_same_seed_is_the_same_person() -> None:
    habit = Habit(answers=0.5, minutes=(1, 500), numbers=(1, 2, 3, 4, 5), yes=0.5)
    texts = [CURIOUS, HEALTHY] * 20

    def replies(seed: int) -> list[object]:
        persona = Persona("Amina", habit, {}, seed)
        return [persona.reads(text) for text in texts]

    assert replies(1) == replies(1)
    assert replies(1) != replies(2)


def test_a_quiet_person_is_quiet() -> None:
    assert said(Persona("Pat", Habit(answers=0.0), {}, 1), CURIOUS, HEALTHY, DEMAND) == [None] * 3
