"""Is every suggestion kept with its one answer, whoever answers at once, and does accepting one change the plan?"""

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from flask import Flask

from companion.domain import access
from companion.domain.access import Actor
from companion.domain.care_plan import CarePlanStatus
from companion.domain.refusal import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
)
from companion.domain.suggestion import SuggestionStatus
from companion.domain.task import TaskKind, TaskStatus
from companion.models import Suggestion
from companion.use_cases import care_plan, suggestion, task
from companion.use_cases.care_plan import PlanView
from tests.api.caller import at_once
from tests.support import cast
from tests.support.contended import trying
from tests.support.world import World

ACCEPTED, DECLINED, REQUESTED = SuggestionStatus.ACCEPTED, SuggestionStatus.DECLINED, SuggestionStatus.REQUESTED
SWIM = "Could I swim in place of the walk?"


def amina(world: World) -> Actor:
    return access.patient(world.people.service_id, world.people.amina.id)


def made(world: World, plan: PlanView, words: str = SWIM, line: str | None = "walk") -> UUID:
    return suggestion.make(amina(world), plan.plan.id, plan.revision.number, line, words, world.now).id


def all_of(world: World) -> Sequence[Suggestion]:
    return suggestion.of_patient(world.people.ben, world.people.amina.id, world.now)


def accept(world: World, suggestion_id: UUID, version: int, what_matters: str = "Swimming") -> suggestion.Accepted:
    content = cast.plan_content(what_matters=what_matters)
    return suggestion.accept(world.people.ben, suggestion_id, version, content, "Her wish", "Gladly.", world.now)


def test_it_waits_for_a_person_and_goes_into_a_revision(world: World) -> None:
    plan = world.people.agree_plan()
    asked = made(world, plan)
    [waits] = world.tasks(kind=TaskKind.SUGGESTION)
    assert waits.due_at > world.now
    assert "swim" not in waits.why
    done = accept(world, asked, plan.plan.version)
    now_says = care_plan.read(world.people.ben, plan.plan.id, world.now)
    assert (now_says.revision.what_matters, now_says.plan.version) == ("Swimming", done.plan_version)
    [kept] = suggestion.of_patient(amina(world), world.people.amina.id, world.now)
    assert (kept.words, kept.line, kept.revision_number, kept.status) == (SWIM, "walk", 1, ACCEPTED)
    assert (kept.answer, kept.accepted_revision, kept.answered_by) == ("Gladly.", 2, world.people.ben.id)
    assert [each.status for each in world.tasks(kind=TaskKind.SUGGESTION)] == [TaskStatus.COMPLETED]


def test_why_it_is_not_taken_up_is_theirs_to_read(world: World) -> None:
    plan = world.people.agree_plan()
    asked = made(world, plan, line=None)
    suggestion.decline(world.people.ben, asked, "The pool is closed.", world.now)
    [kept] = suggestion.of_patient(amina(world), world.people.amina.id, world.now)
    assert (kept.status, kept.answer, kept.accepted_revision) == (DECLINED, "The pool is closed.", None)
    with pytest.raises(ConflictError):
        accept(world, asked, plan.plan.version)
    with pytest.raises(ConflictError):
        suggestion.decline(world.people.ben, asked, "Again", world.now)
    assert care_plan.read(world.people.ben, plan.plan.id, world.now).plan.current_revision == 1


def test_what_cannot_be_accepted_leaves_both_as_they_were(world: World) -> None:
    plan = world.people.agree_plan()
    asked = made(world, plan)
    with pytest.raises(StaleError):
        accept(world, asked, plan.plan.version - 1)
    with pytest.raises(InvalidError):
        suggestion.accept(
            world.people.ben, asked, plan.plan.version, cast.plan_content(goals=()), "Why", None, world.now
        )
    assert care_plan.read(world.people.ben, plan.plan.id, world.now).plan.version == plan.plan.version
    assert [each.status for each in all_of(world)] == [REQUESTED]
    assert [each.status for each in world.tasks(kind=TaskKind.SUGGESTION)] == [TaskStatus.REQUESTED]


def test_its_task_is_done_by_an_answer_alone(world: World) -> None:
    """Or a suggestion would leave the inbox without one."""
    asked = made(world, world.people.agree_plan())
    [waits] = world.tasks(kind=TaskKind.SUGGESTION)
    with pytest.raises(ConflictError):
        task.complete(world.people.ben, waits.id, "Seen", world.now)
    suggestion.decline(world.people.ben, asked, "Not now", world.now)
    assert [each.outcome for each in world.tasks(kind=TaskKind.SUGGESTION)] == [suggestion.ANSWERED]


def test_it_is_about_a_line_that_was_read(world: World) -> None:
    plan = world.people.agree_plan()
    for number, line, field in ((2, None, "revision_number"), (1, "no-such-line", "line")):
        with pytest.raises(InvalidError) as found:
            suggestion.make(amina(world), plan.plan.id, number, line, SWIM, world.now)
        assert [fault.field for fault in found.value.faults] == [field]
    care_plan.move(world.people.ben, plan.plan.id, plan.plan.version, CarePlanStatus.REVOKED, world.now)
    with pytest.raises(ConflictError):
        made(world, plan)
    assert all_of(world) == []
    assert world.tasks(kind=TaskKind.SUGGESTION) == []


def test_so_many_may_wait_and_no_more(world: World) -> None:
    plan = world.people.agree_plan()
    asked = [made(world, plan, f"Wish {number}") for number in range(suggestion.MOST_OPEN)]
    with pytest.raises(ConflictError):
        made(world, plan)
    suggestion.decline(world.people.ben, asked[0], "No", world.now)
    made(world, plan)


def test_nobody_else_suggests_reads_or_answers(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    asked = made(world, plan)
    dee = access.patient(people.service_id, people.dee.id)
    with pytest.raises(NotFoundError):
        suggestion.make(dee, plan.plan.id, 1, None, "Mine", world.now)
    for stranger in (dee, people.eve):
        with pytest.raises(NotFoundError):
            suggestion.of_patient(stranger, people.amina.id, world.now)
    with pytest.raises(NotFoundError):
        suggestion.decline(people.eve, asked, "No", world.now)
    for actor in (dee, amina(world), people.chandra, people.ada):
        with pytest.raises(ForbiddenError):
            suggestion.decline(actor, asked, "No", world.now)
    with pytest.raises(ForbiddenError):
        suggestion.make(people.ben, plan.plan.id, 1, None, "For her", world.now)
    assert [each.status for each in all_of(world)] == [REQUESTED]


def test_of_several_who_answer_at_once_one_does(app: Flask, world: World) -> None:
    """And what stands is that one's answer, with its revision if it has one, and no revision of anybody else's."""
    plan = world.people.agree_plan()
    version = plan.plan.version
    for turn in range(4):
        asked = made(world, plan, f"Wish {turn}")
        acts: list[Callable[[], object]] = [
            lambda asked=asked, version=version: accept(world, asked, version, "First"),  # type: ignore[misc]
            lambda asked=asked, version=version: accept(world, asked, version, "Second"),  # type: ignore[misc]
            lambda asked=asked: suggestion.decline(world.people.ben, asked, "No", world.now),  # type: ignore[misc]
            lambda asked=asked: suggestion.decline(world.people.ben, asked, "Never", world.now),  # type: ignore[misc]
        ]
        told = at_once(*(trying(app, act) for act in acts))
        assert sorted(told) == ["ConflictError", "ConflictError", "ConflictError", "done"], told
        [kept] = [each for each in all_of(world) if each.id == asked]
        winner = told.index("done")
        now_says = care_plan.read(world.people.ben, plan.plan.id, world.now)
        if winner < 2:
            assert (kept.status, kept.accepted_revision) == (ACCEPTED, now_says.plan.current_revision)
            assert now_says.revision.what_matters == ("First", "Second")[winner]
            assert now_says.plan.version == version + 1
        else:
            assert (kept.status, kept.answer) == (DECLINED, ("No", "Never")[winner - 2])
            assert now_says.plan.version == version
        version = now_says.plan.version


def test_of_several_accepted_at_once_none_is_lost(app: Flask, world: World) -> None:
    """Each by somebody who read the same version: one goes in, the others are told, and wait for their answer still."""
    plan = world.people.agree_plan()
    asked = [made(world, plan, f"Wish {number}") for number in range(3)]
    told = at_once(*(trying(app, lambda one=one: accept(world, one, plan.plan.version)) for one in asked))  # type: ignore[misc]
    assert sorted(told) == ["StaleError", "StaleError", "done"]
    assert sorted(each.status for each in all_of(world)) == [ACCEPTED, REQUESTED, REQUESTED]
    assert len(world.tasks(kind=TaskKind.SUGGESTION, status=TaskStatus.REQUESTED)) == 2
    assert care_plan.read(world.people.ben, plan.plan.id, world.now).plan.current_revision == 2


def test_of_several_made_at_once_all_are_there(app: Flask, world: World) -> None:
    plan = world.people.agree_plan()
    told = at_once(*(trying(app, lambda words=words: made(world, plan, words)) for words in ("a", "b", "c", "d")))  # type: ignore[misc]
    assert told == ["done"] * 4
    assert sorted(each.words for each in all_of(world)) == ["a", "b", "c", "d"]
    assert len(world.tasks(kind=TaskKind.SUGGESTION)) == 4
