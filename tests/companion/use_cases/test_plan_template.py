"""Does a template keep exactly what was written, and does everything that becomes of it leave its entry?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from companion.db import reading
from companion.domain.access import Actor, Role
from companion.domain.care_plan import DoneBy, Medicine, Need, NeedKind
from companion.domain.plan_template import Template, TemplateStatus, with_lines
from companion.domain.refusal import ConflictError, ForbiddenError, NotFoundError, StaleError
from companion.domain.starting_point import WIDESPREAD_PAIN
from companion.models import AuditEntry, PlanStart
from companion.use_cases import care_plan, plan_template
from tests.support import cast, started
from tests.support.world import World

BARE = replace(WIDESPREAD_PAIN, needs=(), activities=(), medicines_to_review=(), flare_avoid=None)


def everything() -> Template:
    """Something in every field that a line has here."""
    changed = replace(WIDESPREAD_PAIN.activities[0], time_of_day=time(13, 30), done_by=DoneBy.CARER, line="my-own")
    medicines = (Medicine("Codeine"), *WIDESPREAD_PAIN.medicines_to_review)
    return replace(
        WIDESPREAD_PAIN, activities=(changed, *WIDESPREAD_PAIN.activities), medicines_to_review=medicines, name="Ŵyl 🙂"
    )


def actions(actor: Actor, template_id: UUID) -> list[str]:
    with reading() as session:
        of = select(AuditEntry).where(AuditEntry.entity_id == str(template_id)).order_by(AuditEntry.id)
        entries = session.scalars(of).all()
    assert {(entry.pain_service_id, entry.patient_id) for entry in entries} == {(actor.pain_service_id, None)}
    return [entry.action for entry in entries]


def test_what_is_read_is_what_was_written(world: World) -> None:
    ben = world.people.ben
    for template in (WIDESPREAD_PAIN, everything(), BARE):
        made = plan_template.add(ben, template, world.now)
        assert plan_template.read(ben, made.template.id).said == with_lines(template, 1)[0]


def test_every_change_leaves_its_entry_and_the_version_moves(world: World) -> None:
    people, now = world.people, world.now
    # Ada is an administrator; as the clinician that she also is she may approve.
    second = replace(people.ada, roles=frozenset({Role.CLINICIAN}))
    made = plan_template.add(people.ben, WIDESPREAD_PAIN, now).template.id
    plan_template.approve(second, made, 1, now)
    plan_template.move(people.ben, made, 2, TemplateStatus.ACTIVE, now)
    plan_template.revise(people.ben, made, 3, BARE, "Shorter", now)
    with pytest.raises(StaleError):
        plan_template.revise(people.ben, made, 3, everything(), "Longer", now)
    with pytest.raises(StaleError):
        plan_template.move(people.ben, made, 3, TemplateStatus.RETIRED, now)
    with pytest.raises(ConflictError):
        plan_template.approve(people.ben, made, 2, now)
    plan_template.move(people.ben, made, 4, TemplateStatus.RETIRED, now)
    whole = ["add", "approve", "active", "revise", "retired"]
    assert actions(people.ben, made) == [f"plan-template.{each}" for each in whole]
    assert plan_template.read(people.ben, made).template.version == 5
    first, other = with_lines(WIDESPREAD_PAIN, 1)[0], plan_template.read(people.ben, made, 2).said
    assert plan_template.read(people.ben, made, 1).said == first
    assert other == BARE


def test_managers_and_administrators_read_and_do_not_write(world: World) -> None:
    people, now = world.people, world.now
    made = plan_template.add(people.ben, WIDESPREAD_PAIN, now).template.id
    for reader in (people.chandra, people.ada):
        assert plan_template.read(reader, made).template.id == made
        assert [each.version.number for each in plan_template.versions(reader, made)] == [1]
        refused: list[Callable[[], object]] = [
            partial(plan_template.add, reader, WIDESPREAD_PAIN, now),
            partial(plan_template.revise, reader, made, 1, BARE, "Why", now),
            partial(plan_template.approve, reader, made, 1, now),
            partial(plan_template.move, reader, made, 1, TemplateStatus.RETIRED, now),
        ]
        for ask in refused:
            with pytest.raises(ForbiddenError):
                ask()
    with pytest.raises(NotFoundError):
        plan_template.read(people.eve, made)
    with pytest.raises(NotFoundError):
        plan_template.approve(people.eve, made, 1, now)
    with pytest.raises(NotFoundError):
        plan_template.compare(people.eve, made, 1, 1)


def test_a_plan_that_is_refused_leaves_no_start(world: World) -> None:
    people, now = world.people, world.now
    start = started.start(world, cast.plan_content())
    with pytest.raises(NotFoundError):
        care_plan.draft(people.eve, people.amina.id, cast.plan_content(), now, start)
    made = care_plan.draft(people.ben, people.amina.id, cast.plan_content(), now, start)
    with reading() as session:
        [kept] = session.scalars(select(PlanStart)).all()
    assert (kept.care_plan_id, kept.approved_by, kept.kept) == (made.plan.id, people.ben.id, [])
    assert kept.left_out == [each.line for each in start.decisions]


def test_nothing_of_their_own_is_called_what_was_left_out(world: World) -> None:
    """What was left out is on record by its name; a line of that name would make the record untrue."""
    content = cast.plan_content(medicines_to_review=(Medicine("Gabapentin"),), needs=(Need(NeedKind.SOCIAL, "Alone"),))
    start = started.start(world, content)
    made = care_plan.draft(world.people.ben, world.people.amina.id, content, world.now, start)
    with reading() as session:
        [kept] = session.scalars(select(PlanStart)).all()
    own = {line.line for part in (made.revision.medicines_to_review, made.revision.needs) for line in part}
    assert len(own) == 2
    assert own.isdisjoint(kept.left_out)
