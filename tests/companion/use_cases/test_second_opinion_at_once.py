"""Do second opinions stay one at a time, and somebody else's, when several act in the same moment?"""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from companion.db import reading, transaction
from companion.domain.access import Actor
from companion.domain.task import TaskStatus
from companion.models import CarePlanRevision
from companion.records import revision
from companion.use_cases import (
    care_plan,
    second_opinion,
)
from tests.api.caller import at_once
from tests.support import cast
from tests.support.contended import trying, wait_for
from tests.support.opined import AGREE, CHANGE, REQUESTED, WAITING, amina, asked, given, grant, invited, only, taken_up
from tests.support.world import World


def test_of_several_who_end_it_at_once_one_does(app: Flask, world: World, fay: Actor) -> None:
    """A colleague, a partner and the patient; what stands is that one's, and nobody is let in any more."""
    plan = world.people.agree_plan()
    for _ in range(4):
        opinion_id = asked(world, plan)
        made = invited(world, opinion_id)
        told = at_once(
            trying(app, lambda opinion_id=opinion_id: second_opinion.give(fay, opinion_id, CHANGE, "Fay", world.now)),  # type: ignore[misc]
            trying(
                app,
                lambda opinion_id=opinion_id: second_opinion.give(  # type: ignore[misc]
                    world.people.eve, opinion_id, AGREE, "Eve", world.now
                ),
            ),
            trying(
                app,
                lambda opinion_id=opinion_id: second_opinion.withdraw(  # type: ignore[misc]
                    amina(world), opinion_id, "Amina", world.now
                ),
            ),
        )
        assert told.count("done") == 1, told
        # A partner who asks after it ended is let in no more; one who waited is told that somebody was first.
        assert set(told) <= {"done", "ConflictError", "NotFoundError"}
        assert (told[0], told[2]).count("NotFoundError") == 0
        every = second_opinion.of_patient(amina(world), world.people.amina.id, world.now)
        [stands] = [each.opinion for each in every if each.opinion.id == opinion_id]
        assert stands.words == ("Fay", "Eve", "Amina")[told.index("done")]
        assert stands.closed_by == (fay.id, world.people.eve.id, None)[told.index("done")]
        assert grant(made).ended_at == world.now
    assert world.tasks(kind=WAITING, status=TaskStatus.REQUESTED) == []


def test_while_the_plan_is_revised_it_is_never_about_what_its_giver_wrote(app: Flask, world: World, fay: Actor) -> None:
    """Fay gives it in the moment in which she revises the plan herself, and Ben's revision comes between or not."""
    people = world.people
    plan = people.agree_plan()
    for _ in range(6):
        before = care_plan.read(people.ben, plan.plan.id, world.now).plan
        if before.current_revision > 1:
            care_plan.revise(people.ben, plan.plan.id, before.version, cast.plan_content(), "Ben's", world.now)
        version = care_plan.read(people.ben, plan.plan.id, world.now).plan.version
        opinion_id = asked(world, plan)
        told = at_once(
            trying(app, lambda opinion_id=opinion_id: given(world, opinion_id, fay)),  # type: ignore[misc]
            trying(
                app,
                lambda version=version: care_plan.revise(  # type: ignore[misc]
                    fay, plan.plan.id, version, cast.plan_content(), "Fay's", world.now
                ),
            ),
        )
        assert told[1] == "done", "an opinion stands in nobody's way"
        assert told[0] in ("done", "ForbiddenError")
        if told[0] == "done":
            every = second_opinion.of_patient(people.ben, people.amina.id, world.now)
            [row] = [each.opinion for each in every if each.opinion.id == opinion_id]
            with reading() as session:
                about = session.get_one(CarePlanRevision, (row.care_plan_id, row.revision_number))
            assert about.author_id == people.ben.id
        else:
            second_opinion.withdraw(people.ben, opinion_id, "Again", world.now)


def test_it_is_about_the_revision_that_is_current_once_it_stands(app: Flask, world: World, fay: Actor) -> None:
    """Fay's revision is written, and not yet for all to see, when she gives it: it waits, and then the plan is hers."""
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            content = cast.plan_content(what_matters="Fay's")
            revision.revise(session, fay, plan.plan.id, plan.plan.version, content, "Fay's", world.now)
            told = pool.submit(trying(app, lambda: given(world, opinion_id, fay)))
            wait_for(told)
        assert told.result() == "ForbiddenError"
    assert only(world).opinion.status is REQUESTED


def test_of_several_who_take_it_up_at_once_one_does(app: Flask, world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    given(world, opinion_id, fay)
    told = at_once(*[trying(app, lambda: taken_up(world, opinion_id, plan.plan.version))] * 3)
    assert sorted(told) == ["ConflictError", "ConflictError", "done"]
    assert care_plan.read(world.people.ben, plan.plan.id, world.now).plan.current_revision == 2


def test_of_several_who_ask_at_once_one_does(app: Flask, world: World) -> None:
    plan = world.people.agree_plan()
    askers = (amina(world), world.people.ben, amina(world), world.people.ben)
    told = at_once(*(trying(app, lambda asker=asker: asked(world, plan, asker)) for asker in askers))  # type: ignore[misc]
    assert sorted(told) == ["ConflictError", "ConflictError", "ConflictError", "done"]
    assert len(world.tasks(kind=WAITING)) == 1
