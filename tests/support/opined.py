"""How does a second opinion on somebody's plan come about, and how do tests look at it?"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from companion.db import reading
from companion.domain import access
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.second_opinion import OpinionOutcome, OpinionStatus
from companion.domain.task import TaskKind
from companion.models import AccessGrant, AuditEntry
from companion.records.second_opinion import OpinionView
from companion.use_cases import (
    second_opinion,
    staff,
)
from companion.use_cases.care_plan import PlanView
from tests.support import cast
from tests.support.world import World

GIVEN, REQUESTED, WITHDRAWN = OpinionStatus.GIVEN, OpinionStatus.REQUESTED, OpinionStatus.WITHDRAWN
CHANGE, AGREE = OpinionOutcome.CHANGE, OpinionOutcome.AGREE
QUESTION = "Is the walk too much for my back?"
WORDS = "Walk half as far, and swim on the other days."
REASON = "A second opinion on her back"
EVE = "eve@example.nhs.uk"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WAITING, CAME = TaskKind.SECOND_OPINION, TaskKind.OPINION_GIVEN


def hired(world: World, name: str, *roles: Role) -> Actor:
    at = world.people.service_id
    email = f"{name.split()[0].lower()}@example.nhs.uk"
    member = staff.add(system(at), name, email, cast.PASSWORD, roles, world.now)
    return Actor(ActorKind.STAFF, at, member.id, frozenset(roles))


def amina(world: World) -> Actor:
    return access.patient(world.people.service_id, world.people.amina.id)


def asked(world: World, plan: PlanView, by: Actor | None = None) -> UUID:
    return second_opinion.ask(by or amina(world), plan.plan.id, QUESTION, world.now).opinion.id


def invited(world: World, opinion_id: UUID, days: int = 14) -> OpinionView:
    return second_opinion.ask_partner(world.people.ben, opinion_id, EVE, REASON, days, world.now)


def given(world: World, opinion_id: UUID, by: Actor, outcome: OpinionOutcome = CHANGE) -> OpinionView:
    return second_opinion.give(by, opinion_id, outcome, WORDS, world.now)


def taken_up(world: World, opinion_id: UUID, version: int, by: Actor | None = None) -> second_opinion.TakenUp:
    content = cast.plan_content(what_matters="Swimming")
    return second_opinion.take_up(by or world.people.ben, opinion_id, version, content, "A second opinion", world.now)


def only(world: World) -> OpinionView:
    [found] = second_opinion.of_patient(amina(world), world.people.amina.id, world.now)
    return found


def entries(world: World, action: str) -> Sequence[AuditEntry]:
    with reading() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def grant(found: OpinionView) -> AccessGrant:
    assert found.access is not None
    with reading() as session:
        return session.get_one(AccessGrant, found.access.id)


def opine(world: World, plan_id: UUID, question: str, words: str) -> UUID:
    """Amina asks, Ben lets Eve in for it, and Eve says what she would change; its id."""
    people = world.people
    amina = access.patient(people.service_id, people.amina.id)
    asked = second_opinion.ask(amina, plan_id, question, world.now).opinion.id
    second_opinion.ask_partner(people.ben, asked, "eve@example.nhs.uk", "A second opinion on her plan", 7, world.now)
    second_opinion.give(people.eve, asked, OpinionOutcome.CHANGE, words, world.now)
    return asked
