"""Does a beat of the planner look at every plan that something is new about, and at no other?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, and_, event, or_, select

from companion.db import db, reading
from companion.domain.care_plan import MOVES, AgreedHow, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.refusal import ConflictError
from companion.domain.working_hours import Hours
from companion.models import CarePlan, Patient, PlanChange, Preference
from companion.use_cases import care_plan, consent, patient, preference
from nudges import planner
from nudges.planner import OUTDATED, WANTED
from nudges.schedule import HORIZON
from tests import cast
from tests.world import World, work_off

STEPS = 120


def left_out(now: datetime) -> Sequence[UUID]:
    """The plans that something is new about: the whole condition, asked of every plan there is."""
    through = (now + HORIZON).date() - timedelta(days=1)
    ahead = or_(CarePlan.planned_revision.is_(None), CarePlan.planned_through_on < through)
    every = select(CarePlan.id).join(Patient, Patient.id == CarePlan.patient_id)
    every = every.join(Preference, Preference.patient_id == CarePlan.patient_id)
    with reading() as session:
        return session.scalars(every.where(or_(OUTDATED, and_(WANTED, ahead)))).all()


class Edits:
    """Whatever can be done to a person and their plans, by chance."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, Random(seed)
        self.ben, self.person_id = world.people.ben, world.people.amina.id

    def any(self) -> str:
        """Do one; its name, if it was not refused."""
        edits: list[Callable[[], object]] = [self.draft, self.revise, self.agree, self.move, self.prefer, self.say]
        edits += [self.stop, self.start, self.amend, self.fly, self.wait, self.mend]
        edit = self.chance.choice(edits)
        with suppress(ConflictError):
            edit()
            return edit.__name__
        return "refused"

    def plan(self) -> CarePlan | None:
        found = care_plan.of_patient(self.ben, self.person_id)
        return self.chance.choice(found) if found else None

    def draft(self) -> None:
        care_plan.draft(self.ben, self.person_id, cast.plan_content(), self.world.now)

    def revise(self) -> None:
        if plan := self.plan():
            care_plan.revise(self.ben, plan.id, plan.version, cast.plan_content(), "Spring", self.world.now)

    def agree(self) -> None:
        if plan := self.plan():
            now = self.world.now
            care_plan.agree(self.ben, plan.id, plan.version, AgreedHow.PHONE, now, now)

    def move(self) -> None:
        if plan := self.plan():
            # Back and forth more often than to the end.
            to = self.chance.choice([CarePlanStatus.ACTIVE, CarePlanStatus.ON_HOLD] * 3 + [CarePlanStatus.COMPLETED])
            if to in MOVES[plan.status]:
                care_plan.move(self.ben, plan.id, plan.version, to, self.world.now)

    def prefer(self) -> None:
        version = preference.read(self.ben, self.person_id).version
        hours = Hours(time(self.chance.randint(9, 12)), time(17), cast.WORKING_DAYS)
        preference.replace(self.ben, self.person_id, version, hours, Ceilings(1, 3), None, self.world.now)

    def say(self) -> None:
        status = self.chance.choice([ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN])
        consent.change(self.ben, self.person_id, status, self.world.now)

    def stop(self) -> None:
        self.world.texts("STOP")
        work_off(self.world.now)

    def start(self) -> None:
        self.world.texts("START")
        work_off(self.world.now)

    def amend(self) -> None:
        self._amend(status=self.chance.choice(list(PatientStatus)))

    def fly(self) -> None:
        self._amend(time_zone=self.chance.choice(["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"]))

    def mend(self) -> None:
        """Let there be a plan that is wanted, or nothing would be planned any more after a while."""
        self._amend(status=PatientStatus.ACTIVE)
        self.start()
        if not any(plan.status is CarePlanStatus.ACTIVE for plan in care_plan.of_patient(self.ben, self.person_id)):
            self.draft()
            self.agree_newest()
        self.agree_newest()

    def agree_newest(self) -> None:
        newest, now = care_plan.of_patient(self.ben, self.person_id)[0], self.world.now
        if newest.agreed_revision != newest.current_revision:
            care_plan.agree(self.ben, newest.id, newest.version, AgreedHow.PHONE, now, now)

    def wait(self) -> None:
        self.world.now += self.chance.choice([timedelta(hours=5), timedelta(days=1), timedelta(days=20)])

    def _amend(self, **changes: str | PatientStatus) -> None:
        version = patient.read(self.ben, self.person_id).version
        patient.amend(self.ben, self.person_id, version, dict(changes), self.world.now)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_a_beat_leaves_no_plan_out(world: World, seed: int) -> None:
    edits, done, planned = Edits(world, seed), Counter[str](), 0
    world.people.agree_plan()
    for _ in range(STEPS):
        done[edits.any()] += 1
        if edits.chance.random() < 0.5:
            planned += planner.plan(world.now) > 0
            assert left_out(world.now) == [], done
    assert planned >= 5
    assert len(done) >= 9


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    given: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        given.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", listen)
    yield given
    event.remove(db.engine, "before_cursor_execute", listen)


def test_where_nothing_is_new_a_beat_asks_twice_and_looks_at_nobody(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    with statements() as given:
        assert planner.plan(world.now + timedelta(hours=1)) == 0
    assert [each for each in given if each != "BEGIN"] == ["SELECT", "SELECT"]


def test_who_has_stopped_texts_is_not_looked_at_by_every_beat(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    world.texts("STOP")
    world.now += timedelta(days=40)
    world.beat()
    with statements() as given:
        planner.plan(world.now)
    assert [each for each in given if each != "BEGIN"] == ["SELECT", "SELECT"]


def test_a_plan_that_nobody_says_has_changed_is_found_within_two_days(world: World) -> None:
    agreed = world.people.agree_plan()
    consent.change(world.people.ben, world.people.amina.id, ConsentStatus.WITHDRAWN, world.now)
    planner.plan(world.now)
    consent.change(world.people.ben, world.people.amina.id, ConsentStatus.GIVEN, world.now)
    forget(agreed.plan.patient_id)
    assert planner.plan(world.now) == 0
    assert planner.plan(world.now + timedelta(days=2)) > 0


def forget(patient_id: UUID) -> None:
    """As though no trigger had said so."""
    changes = PlanChange.__table__
    with db.engine.begin() as connection:
        assert connection.execute(changes.delete().where(changes.c.patient_id == patient_id)).rowcount > 0  # type: ignore[attr-defined]
