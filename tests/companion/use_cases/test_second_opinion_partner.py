"""Is a partner let in for a second opinion, with no more access than for that, and out with it?"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from companion.domain.access import Role
from companion.domain.care_plan import CarePlanStatus
from companion.domain.refusal import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskStatus
from companion.use_cases import (
    access_grant,
    audit,
    care_plan,
    leaving,
    patient,
    restriction,
    second_opinion,
    staff,
)
from tests.support.opined import (
    CHANGE,
    DAY,
    EVE,
    QUESTION,
    REASON,
    REQUESTED,
    SECOND,
    WAITING,
    WITHDRAWN,
    WORDS,
    amina,
    asked,
    entries,
    given,
    grant,
    invited,
    only,
    taken_up,
)
from tests.support.world import World


def test_a_partner_is_let_in_for_it_and_out_with_it(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    made = invited(world, opinion_id, 7)
    assert made.access is not None
    assert made.partner is not None
    assert (made.partner.name, made.access.until_at) == ("Eve Marsh", world.now + 7 * DAY)
    under = access_grant.under(people.eve, made.access.id, world.now)
    assert care_plan.read(under, plan.plan.id, world.now).revision.what_matters == "Being there for my family"
    [read] = second_opinion.of_patient(under, people.amina.id, world.now)
    assert read.opinion.question == QUESTION
    for beyond in (
        lambda: patient.read(under, people.dee.id, world.now),
        lambda: second_opinion.of_patient(under, people.dee.id, world.now),
        lambda: second_opinion.of_patient(people.eve, people.amina.id, world.now),
        lambda: second_opinion.withdraw(people.eve, opinion_id, "No", world.now),
        lambda: taken_up(world, opinion_id, plan.plan.version, people.eve),
        lambda: second_opinion.ask_partner(people.eve, opinion_id, EVE, REASON, 7, world.now),
    ):
        with pytest.raises(NotFoundError):
            beyond()
    acts: tuple[Callable[[], object], ...] = (
        lambda: second_opinion.give(under, opinion_id, CHANGE, WORDS, world.now),
        lambda: second_opinion.ask(under, plan.plan.id, QUESTION, world.now),
    )
    for act in acts:
        with pytest.raises(ForbiddenError):
            act()
    given(world, opinion_id, people.eve)
    assert (grant(made).ended_at, grant(made).ended_by) == (world.now, people.eve.id)
    with pytest.raises(ForbiddenError):
        access_grant.under(people.eve, made.access.id, world.now)
    with pytest.raises(NotFoundError):
        taken_up(world, opinion_id, plan.plan.version, people.eve)
    giver = only(world).giver
    assert giver is not None
    assert (giver.name, giver.pain_service) == ("Eve Marsh", "Fylde Pain Service")
    told = [(each.who, each.what) for each in audit.of_patient(amina(world), people.amina.id, 0, 50, world.now).items]
    eve = "Eve Marsh, clinician and service manager"
    assert (eve, "gave a second opinion on the care plan") in told
    assert (eve, "read the care plan") in told
    assert (eve, "looked at the second opinions on the care plan") in told
    assert (
        "Ben Okafor, clinician",
        "gave a clinician of another pain service access, for a second opinion",
    ) in told
    assert {entry.pain_service_id for entry in entries(world, "second-opinion.give")} == {people.service_id}
    assert [entry.reason for entry in entries(world, "second-opinion.give")] == [REASON]


def test_an_access_that_is_over_or_for_something_else_gives_nothing(world: World) -> None:
    people = world.people
    opinion_id = asked(world, people.agree_plan())
    access_grant.invite_partner(people.ben, people.amina.id, EVE, REASON, 90, world.now)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    made = invited(world, opinion_id, 1)
    world.now += DAY
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    again = invited(world, opinion_id)
    assert again.access is not None
    assert made.access is not None
    assert again.access.id != made.access.id
    with pytest.raises(ConflictError, match=str(again.access.id)):
        invited(world, opinion_id)
    access_grant.end(people.ben, again.access.id, world.now)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    assert only(world).opinion.status is REQUESTED
    invited(world, opinion_id)
    world.now += 14 * DAY - SECOND
    given(world, opinion_id, people.eve)


def test_a_partner_has_fourteen_days_at_most_and_a_reason_and_works_elsewhere(world: World) -> None:
    opinion_id = asked(world, world.people.agree_plan())
    for email, reason, days, field in (
        (EVE, REASON, 15, "days"),
        (EVE, REASON, 0, "days"),
        (EVE, "short", 7, "reason"),
        ("ben@example.nhs.uk", REASON, 7, "email"),
        ("nobody@example.nhs.uk", REASON, 7, "email"),
    ):
        with pytest.raises(InvalidError) as refused:
            second_opinion.ask_partner(world.people.ben, opinion_id, email, reason, days, world.now)
        assert [fault.field for fault in refused.value.faults] == [field]
    assert only(world).access is None
    staff.leave(replace(world.people.eve, roles=frozenset({Role.ADMINISTRATOR})), world.people.eve.id, world.now)  # type: ignore[arg-type]
    with pytest.raises(InvalidError):
        invited(world, opinion_id)


def test_an_access_from_before_a_record_came_to_rest_opens_it_no_more(world: World) -> None:
    """Whoever cares for her is refused without a new reason; a partner's old one is none either."""
    plan = world.people.agree_plan()
    let_in = grant(invited(world, asked(world, plan)))
    under = access_grant.under(world.people.eve, let_in.id, world.now)
    assert care_plan.read(under, plan.plan.id, world.now).plan.id == plan.plan.id
    later = world.now + SECOND
    resting = restriction.impose(world.people.ben, world.people.amina.id, RestrictionGround.OBJECTION, later)
    with pytest.raises(ForbiddenError, match="has been restricted"):
        access_grant.under(world.people.eve, let_in.id, later)
    restriction.lift(world.people.ben, resting.id, later)
    assert access_grant.under(world.people.eve, let_in.id, later).record_of == world.people.amina.id


@pytest.mark.parametrize("ending", ["completed", "revoked", "left"])
def test_with_the_plan_the_question_and_the_access_end(world: World, ending: str) -> None:
    people, plan = world.people, world.people.agree_plan()
    opinion_id = asked(world, plan)
    let_in = grant(invited(world, opinion_id))
    if ending == "left":
        leaving.leave(people.ben, people.amina.id, world.now)
    else:
        care_plan.move(people.ben, plan.plan.id, plan.plan.version, CarePlanStatus(ending), world.now)
    assert only(world).opinion.status is WITHDRAWN
    assert [each.status for each in world.tasks(kind=WAITING)] == [TaskStatus.COMPLETED]
    with pytest.raises(ForbiddenError):
        access_grant.under(people.eve, let_in.id, world.now)
    with pytest.raises(ConflictError):
        invited(world, opinion_id)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
