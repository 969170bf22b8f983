"""How does a second opinion on somebody's plan come about?"""

from uuid import UUID

from companion.domain import access
from companion.domain.second_opinion import OpinionOutcome
from companion.use_cases import second_opinion
from tests.world import World


def opine(world: World, plan_id: UUID, question: str, words: str) -> UUID:
    """Amina asks, Ben lets Eve in for it, and Eve says what she would change; its id."""
    people = world.people
    amina = access.patient(people.service_id, people.amina.id)
    asked = second_opinion.ask(amina, plan_id, question, world.now).opinion.id
    second_opinion.ask_partner(people.ben, asked, "eve@example.nhs.uk", "A second opinion on her plan", 7, world.now)
    second_opinion.give(people.eve, asked, OpinionOutcome.CHANGE, words, world.now)
    return asked
