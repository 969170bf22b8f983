"""Is a second opinion given by somebody else, once, with no more access than for that, and does it change the plan?"""

from dataclasses import replace

import pytest

from companion.domain import access
from companion.domain.access import Actor, Role
from companion.domain.care_plan import CarePlanStatus
from companion.domain.refusal import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
)
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskStatus
from companion.use_cases import (
    care_plan,
    leaving,
    restriction,
    second_opinion,
    task,
)
from tests.support import cast
from tests.support.opined import (
    AGREE,
    CAME,
    CHANGE,
    EVE,
    QUESTION,
    REASON,
    REQUESTED,
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


def test_a_patient_asks_a_colleague_gives_it_and_it_becomes_a_revision(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    [waits] = world.tasks(kind=WAITING)
    assert waits.due_at > world.now
    assert "walk" not in waits.why
    with pytest.raises(ConflictError):
        task.complete(world.people.ben, waits.id, "Seen", world.now)
    given(world, opinion_id, fay)
    assert [each.status for each in world.tasks(kind=WAITING)] == [TaskStatus.COMPLETED]
    [came] = world.tasks(kind=CAME)
    assert (came.status, came.patient_id) == (TaskStatus.REQUESTED, world.people.amina.id)
    seen = only(world)
    assert (seen.opinion.question, seen.opinion.words, seen.opinion.outcome) == (QUESTION, WORDS, CHANGE)
    assert seen.giver is not None
    assert (seen.giver.name, seen.giver.pain_service) == ("Fay Lund", "West Lancashire Pain Service")
    [to_ben] = second_opinion.of_patient(world.people.ben, world.people.amina.id, world.now)
    assert to_ben.opinion.words == WORDS
    done = taken_up(world, opinion_id, plan.plan.version)
    says = care_plan.read(world.people.ben, plan.plan.id, world.now)
    assert (says.revision.what_matters, says.plan.version) == ("Swimming", done.plan_version)
    assert says.second_opinion_id == opinion_id
    assert only(world).opinion.became_revision == says.revision.number == 2
    pointers = [each.second_opinion_id for each in care_plan.revisions(world.people.ben, plan.plan.id, world.now)]
    assert pointers == [opinion_id, None]
    assert [each.status for each in world.tasks(kind=CAME)] == [TaskStatus.COMPLETED]
    for action, who in (("ask", world.people.amina.id), ("give", fay.id), ("take-up", world.people.ben.id)):
        [entry] = entries(world, f"second-opinion.{action}")
        assert (entry.actor_id, entry.patient_id, entry.entity_id) == (who, world.people.amina.id, str(opinion_id))


def test_one_is_open_at_a_time_and_the_refusal_names_it(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    first = asked(world, plan)
    for asker in (amina(world), world.people.ben):
        with pytest.raises(ConflictError, match=str(first)):
            asked(world, plan, asker)
    other = care_plan.draft(world.people.ben, world.people.amina.id, cast.plan_content(), world.now)
    asked(world, other)
    given(world, first, fay)
    asked(world, plan)
    care_plan.move(world.people.ben, plan.plan.id, plan.plan.version, CarePlanStatus.COMPLETED, world.now)
    with pytest.raises(ConflictError, match="completed"):
        asked(world, plan, world.people.ben)


def test_who_wrote_the_current_revision_gives_no_second_opinion_of_it(world: World, fay: Actor) -> None:
    """Whatever else they are; and it is the revision that is current when it is given which counts."""
    people = world.people
    both = replace(people.ben, roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}))
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    for author in (people.ben, both):
        with pytest.raises(ForbiddenError, match="wrote this revision"):
            given(world, opinion_id, author)
    care_plan.revise(fay, plan.plan.id, plan.plan.version, cast.plan_content(), "Better", world.now)
    with pytest.raises(ForbiddenError, match="wrote this revision"):
        given(world, opinion_id, fay)
    assert only(world).opinion.status is REQUESTED
    given(world, opinion_id, people.ben)
    assert only(world).opinion.revision_number == 2


def test_whoever_asked_takes_it_back_and_a_clinician_may_too(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    mine = asked(world, plan)
    made = invited(world, mine)
    second_opinion.withdraw(amina(world), mine, "I talked with Ben.", world.now)
    found = only(world)
    assert (found.opinion.status, found.opinion.words, found.opinion.closed_by) == (
        WITHDRAWN,
        "I talked with Ben.",
        None,
    )
    assert found.giver is None
    # Nobody of staff ended it.
    assert (grant(made).ended_at, grant(made).ended_by) == (world.now, None)
    assert [each.status for each in world.tasks(kind=WAITING)] == [TaskStatus.COMPLETED]
    assert world.tasks(kind=CAME) == []
    for late in (
        lambda: given(world, mine, fay),
        lambda: second_opinion.withdraw(amina(world), mine, "Again", world.now),
        lambda: invited(world, mine),
        lambda: taken_up(world, mine, plan.plan.version),
    ):
        with pytest.raises(ConflictError):
            late()
    with pytest.raises(NotFoundError):
        given(world, mine, people.eve)
    theirs = asked(world, plan, people.ben)
    with pytest.raises(ForbiddenError):
        second_opinion.withdraw(amina(world), theirs, "No", world.now)
    second_opinion.withdraw(fay, theirs, "Not needed", world.now)
    third = asked(world, plan)
    second_opinion.withdraw(people.ben, third, "She rang.", world.now)


def test_it_becomes_a_revision_once_and_with_it_or_not_at_all(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    version = plan.plan.version
    with pytest.raises(ConflictError, match="has not been given yet"):
        taken_up(world, opinion_id, version)
    given(world, opinion_id, fay)
    with pytest.raises(StaleError):
        taken_up(world, opinion_id, version - 1)
    with pytest.raises(InvalidError):
        second_opinion.take_up(people.ben, opinion_id, version, cast.plan_content(goals=()), "Why", world.now)
    assert only(world).opinion.became_revision is None
    assert care_plan.read(people.ben, plan.plan.id, world.now).plan.version == version
    assert [each.status for each in world.tasks(kind=CAME)] == [TaskStatus.REQUESTED]
    version = taken_up(world, opinion_id, version).plan_version
    with pytest.raises(ConflictError, match="revision 2"):
        taken_up(world, opinion_id, version)
    right = asked(world, plan)
    given(world, right, fay, AGREE)
    with pytest.raises(ConflictError, match="agrees with the plan"):
        taken_up(world, right, version)


def test_nobody_else_asks_reads_gives_or_takes_up(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    dee = access.patient(people.service_id, people.dee.id)
    for stranger in (dee, people.eve):
        with pytest.raises(NotFoundError):
            asked(world, plan, stranger)
    opinion_id = asked(world, plan)
    for stranger in (dee, people.eve):
        with pytest.raises(NotFoundError):
            second_opinion.of_patient(stranger, people.amina.id, world.now)
        with pytest.raises(NotFoundError):
            second_opinion.withdraw(stranger, opinion_id, "No", world.now)
    for actor in (people.chandra, people.ada):
        for act in (
            lambda actor=actor: asked(world, plan, actor),
            lambda actor=actor: second_opinion.of_patient(actor, people.amina.id, world.now),
            lambda actor=actor: second_opinion.withdraw(actor, opinion_id, "No", world.now),
        ):
            with pytest.raises(ForbiddenError):
                act()
    for actor in (people.chandra, people.ada, dee, amina(world), replace(people.eve, roles=people.chandra.roles)):
        for forbidden in (
            lambda actor=actor: given(world, opinion_id, actor),
            lambda actor=actor: taken_up(world, opinion_id, plan.plan.version, actor),
            lambda actor=actor: second_opinion.ask_partner(actor, opinion_id, EVE, REASON, 7, world.now),
        ):
            with pytest.raises(ForbiddenError):
                forbidden()
    assert only(world).opinion.status is REQUESTED


def test_a_record_at_rest_takes_no_opinion_and_the_patient_still_asks(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    invited(world, opinion_id)
    resting = restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, world.now)
    for giver in (fay, people.eve):
        with pytest.raises(ForbiddenError, match="restricted"):
            given(world, opinion_id, giver)
    second_opinion.withdraw(amina(world), opinion_id, "Later.", world.now)
    again = asked(world, plan)
    restriction.lift(people.ben, resting.id, world.now)
    given(world, again, fay)


def test_who_has_left_is_asked_about_no_more(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    given(world, opinion_id, fay)
    leaving.leave(world.people.ben, world.people.amina.id, world.now)
    with pytest.raises(ConflictError, match="revoked"):
        taken_up(world, opinion_id, care_plan.read(fay, plan.plan.id, world.now).plan.version)
    with pytest.raises(ConflictError, match="revoked"):
        asked(world, plan, fay)
