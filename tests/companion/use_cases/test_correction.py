"""Is a wish for a correction kept with its answer, in time, and shown to the person?"""

from datetime import date

import pytest

from companion.domain.access import Actor, ActorKind
from companion.domain.calendar import months_after, whole_months, years_after
from companion.domain.correction import CorrectionStatus
from companion.domain.refusal import ConflictError, ForbiddenError, InvalidError, NotFoundError
from companion.domain.task import TaskKind, TaskStatus
from companion.use_cases import correction
from tests.support.world import World

MADE, REFUSED = CorrectionStatus.MADE, CorrectionStatus.REFUSED


def amina(world: World) -> Actor:
    return Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id)


def test_it_waits_for_a_person_with_a_time_and_the_answer_is_theirs_to_see(world: World) -> None:
    people = world.people
    asked = correction.ask(amina(world), people.amina.id, "It is spelt Aminah", world.now)
    assert asked.due_on == date(2026, 12, 23)
    [waits] = world.tasks(kind=TaskKind.CORRECTION)
    assert waits.due_at > world.now
    assert "23 December 2026" in waits.why
    assert "Aminah" not in waits.why
    with pytest.raises(InvalidError):
        correction.answer(people.ben, asked.id, REFUSED, None, world.now)
    with pytest.raises(InvalidError):
        correction.answer(people.ben, asked.id, CorrectionStatus.REQUESTED, None, world.now)
    correction.answer(people.ben, asked.id, REFUSED, "Your passport says Amina.", world.now)
    [seen] = correction.of_patient(amina(world), people.amina.id, world.now)
    assert (seen.words, seen.status, seen.answer) == ("It is spelt Aminah", REFUSED, "Your passport says Amina.")
    assert [each.status for each in world.tasks(kind=TaskKind.CORRECTION)] == [TaskStatus.COMPLETED]
    with pytest.raises(ConflictError):
        correction.answer(people.ben, asked.id, MADE, None, world.now)


def test_nobody_else_asks_reads_or_answers(world: World) -> None:
    people = world.people
    asked = correction.ask(people.ben, people.amina.id, "She says it is spelt Aminah", world.now)
    assert asked.asked_by is ActorKind.STAFF
    dee = Actor(ActorKind.PATIENT, people.service_id, people.dee.id)
    for stranger in (people.eve, dee):
        with pytest.raises(NotFoundError):
            correction.ask(stranger, people.amina.id, "…", world.now)
        with pytest.raises(NotFoundError):
            correction.of_patient(stranger, people.amina.id, world.now)
    with pytest.raises(NotFoundError):
        correction.answer(people.eve, asked.id, MADE, None, world.now)
    for actor in (dee, amina(world), people.chandra, people.ada):
        with pytest.raises(ForbiddenError):
            correction.answer(actor, asked.id, MADE, None, world.now)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-11-23", 1, "2026-12-23"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-31", -1, "2025-12-31"),
        ("2028-02-29", 96, "2036-02-29"),
    ],
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_years_later_where_there_is_no_such_day() -> None:
    assert years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("from_on", "to_on", "months"),
    [
        ("2026-11-01", "2026-11-30", [11]),
        ("2026-11-02", "2026-11-30", []),
        ("2026-11-01", "2026-11-29", []),
        ("2026-10-15", "2027-01-31", [11, 12, 1]),
    ],
)
def test_which_months_lie_wholly_in_a_period(from_on: str, to_on: str, months: list[int]) -> None:
    found = whole_months(date.fromisoformat(from_on), date.fromisoformat(to_on))
    assert [(month.month, month.day) for month in found] == [(month, 1) for month in months]
