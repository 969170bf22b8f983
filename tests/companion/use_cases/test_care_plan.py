"""Is no edit of a plan ever lost, whoever edits, in whatever order, from whatever they last saw?"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.domain.access import Actor, Role, system
from companion.domain.care_plan import EDITABLE, MOVES, AgreedHow, CarePlanStatus, Content, Goal, with_lines
from companion.domain.plan_difference import differences
from companion.domain.refusal import ConflictError, InvalidError, NotFoundError, StaleError
from companion.records.care_plan import content_of
from companion.use_cases import care_plan, staff
from companion.use_cases.care_plan import PlanView
from tests.api.caller import at_once
from tests.companion.domain.test_plan_difference import whole
from tests.support import cast
from tests.support.world import World

HOW = AgreedHow.PHONE
ENDED = (CarePlanStatus.REVOKED, CarePlanStatus.COMPLETED)


def variant(number: int) -> Content:
    """A plan with something in every part, unlike the others."""
    goals = tuple(Goal(f"Goal {each}") for each in range(number % 3 + 1))
    return replace(whole(), what_matters=f"Words {number}", goals=(*whole().goals, *goals))


@dataclass
class Model:
    """What the plan must be, told by the rules alone."""

    status: CarePlanStatus
    contents: list[Content]
    next_line: int
    # The number of the revision that was current at each version, from 1.
    versions: list[int] = field(default_factory=lambda: [1])
    agreed: int | None = None

    def expected(self, kind: str, number: int) -> Callable[[], None] | None:
        """What it becomes by this edit; None if it is refused."""
        editable, current = self.status in EDITABLE, len(self.contents)
        status = list(CarePlanStatus)[number % len(CarePlanStatus)]
        if kind == "revise" and editable:
            return partial(self._say, variant(number))
        if kind == "restore" and editable and self._chosen(number) != current:
            return partial(self._say, self.contents[self._chosen(number) - 1])
        if kind == "agree" and editable and self.agreed != current:
            return self._agree
        return partial(self._go, status) if kind == "move" and status in MOVES[self.status] else None

    def _chosen(self, number: int) -> int:
        return number % len(self.contents) + 1

    def _say(self, content: Content) -> None:
        content, self.next_line = with_lines(content, self.next_line)
        self.contents.append(content)

    def _agree(self) -> None:
        self.agreed = len(self.contents)
        self.status = CarePlanStatus.ACTIVE if self.status is CarePlanStatus.DRAFT else self.status

    def _go(self, status: CarePlanStatus) -> None:
        self.status = status


def edit(model: Model, actor: Actor, view: PlanView, version: int, kind: str, number: int) -> None:
    asked = (actor, view.plan.id, version)
    if kind == "revise":
        care_plan.revise(*asked, variant(number), "Because", cast.MONDAY)
    elif kind == "restore":
        care_plan.restore(*asked, number % len(model.contents) + 1, "Because", cast.MONDAY)
    elif kind == "agree":
        care_plan.agree(*asked, HOW, cast.MONDAY, cast.MONDAY)
    else:
        care_plan.move(*asked, list(CarePlanStatus)[number % len(CarePlanStatus)], cast.MONDAY)


edits = st.tuples(
    st.sampled_from(["revise", "revise", "restore", "agree", "move"]),
    st.integers(0, 9),
    st.sampled_from([0, 0, 0, 1, 2, 5]),
    st.integers(0, 2),
)


@given(sequence=st.lists(edits, min_size=1, max_size=10))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_edits_loses_one_or_breaks_a_rule(
    world: World, sequence: list[tuple[str, int, int, int]]
) -> None:
    people = world.people
    first = care_plan.draft(people.ben, people.amina.id, variant(0), cast.MONDAY)
    content, next_line = with_lines(variant(0), 1)
    model = Model(CarePlanStatus.DRAFT, [content], next_line)
    for kind, number, behind, who in sequence:
        if who == 2:
            with pytest.raises(NotFoundError):
                edit(model, people.eve, first, len(model.versions), kind, number)
            continue
        version = max(1, len(model.versions) - behind)
        if version < len(model.versions):
            with pytest.raises(StaleError) as stale:
                edit(model, people.ben, first, version, kind, number)
            seen = model.contents[model.versions[version - 1] - 1]
            assert stale.value.differences == differences(seen, model.contents[-1])
            assert stale.value.current_version == len(model.versions)
            continue
        becomes = model.expected(kind, number)
        if becomes is None:
            with pytest.raises(ConflictError):
                edit(model, people.ben, first, version, kind, number)
        else:
            edit(model, people.ben, first, version, kind, number)
            becomes()
            model.versions.append(len(model.contents))
    kept = care_plan.revisions(people.ben, first.plan.id, cast.MONDAY)[::-1]
    assert [content_of(each.revision) for each in kept] == model.contents
    plan = kept[0].plan
    assert (plan.status, plan.version, plan.agreed_revision) == (model.status, len(model.versions), model.agreed)
    if plan.status not in ENDED:
        care_plan.move(people.ben, plan.id, plan.version, CarePlanStatus.REVOKED, cast.MONDAY)


def test_of_edits_at_the_same_moment_one_is_made_and_the_others_are_told_what_it_changed(
    app: Flask, world: World
) -> None:
    """Each on a connection of its own, all from the same version."""
    people = world.people
    first = care_plan.draft(people.ben, people.amina.id, variant(0), cast.MONDAY)

    def revise(number: int) -> PlanView | StaleError:
        with app.app_context():
            try:
                return care_plan.revise(people.ben, first.plan.id, 1, variant(number), f"Edit {number}", cast.MONDAY)
            except StaleError as error:
                return error

    found = at_once(*(partial(revise, number) for number in (1, 2, 3, 4)))
    made = [each for each in found if not isinstance(each, StaleError)]
    stale = [each for each in found if isinstance(each, StaleError)]
    assert (len(made), len(stale)) == (1, 3)
    now = care_plan.read(people.ben, first.plan.id, cast.MONDAY)
    assert (now.plan.version, now.plan.current_revision) == (2, 2)
    told = differences(content_of(first.revision), content_of(now.revision))
    assert [each.differences for each in stale] == [told] * 3


def test_a_restored_revision_says_what_the_old_one_said_though_its_days_have_passed(world: World) -> None:
    people = world.people
    dated = replace(whole(), review_on=cast.day("2026-11-23"))
    first = care_plan.draft(people.ben, people.amina.id, dated, cast.MONDAY)
    later = cast.MONDAY.replace(year=2027)
    care_plan.revise(people.ben, first.plan.id, 1, cast.plan_content(), "Simpler", later)
    again = care_plan.restore(people.ben, first.plan.id, 2, 1, "It was better", later)
    assert content_of(again.revision) == content_of(first.revision) == dated
    assert (again.revision.number, again.revision.reason, again.revision.author_id) == (
        3,
        "It was better",
        people.ben.id,
    )
    assert care_plan.compare(people.ben, first.plan.id, 1, 3, later).differences == []


def test_a_reviewer_works_at_this_pain_service(world: World) -> None:
    people = world.people
    fay = staff.add(
        system(people.service_id), "Fay Lund", "fay@example.nhs.uk", cast.PASSWORD, [Role.CLINICIAN], cast.MONDAY
    )
    sound = replace(whole(), reviewer_id=fay.id)
    assert care_plan.draft(people.ben, people.amina.id, sound, cast.MONDAY).revision.reviewer_id == fay.id
    for stranger in (people.eve.id, people.amina.id):
        with pytest.raises(InvalidError) as refused:
            care_plan.draft(people.ben, people.amina.id, replace(sound, reviewer_id=stranger), cast.MONDAY)
        assert [fault.field for fault in refused.value.faults] == ["reviewer_id"]
