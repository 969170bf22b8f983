"""Does a beat of the planner look at every plan that something is new about, and at no other?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, and_, event, or_, select

from companion.db import db, reading
from companion.domain.care_plan import AgreedHow, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.refusal import ConflictError
from companion.domain.working_hours import Hours
from companion.models import CarePlan, Patient, PlanChange, Preference
from companion.use_cases import care_plan, consent, patient, preference
from nudges import planner
from nudges.deciding.schedule import HORIZON
from nudges.planner import OUTDATED, WANTED
from tests.support import cast
from tests.support.world import World, work_off

ACTIVE, ON_HOLD = CarePlanStatus.ACTIVE, CarePlanStatus.ON_HOLD


def left_out(now: datetime) -> Sequence[UUID]:
    """The plans that something is new about: the whole condition, asked of every plan there is."""
    through = (now + HORIZON).date() - timedelta(days=1)
    ahead = or_(CarePlan.planned_revision.is_(None), CarePlan.planned_through_on < through)
    every = select(CarePlan.id).join(Patient, Patient.id == CarePlan.patient_id)
    every = every.join(Preference, Preference.patient_id == CarePlan.patient_id)
    with reading() as session:
        return session.scalars(every.where(or_(OUTDATED, and_(WANTED, ahead)))).all()


class Edits:
    """Whatever can be done to a person and their plans; done twice, most of it is undone."""

    def __init__(self, world: World) -> None:
        self.world, self.ben, self.person_id = world, world.people.ben, world.people.amina.id
        self.every: list[Callable[[], object]] = [self.draft, self.revise, self.agree, self.hold, self.end, self.prefer]
        self.every += [self.say, self.stop, self.start, self.finish, self.fly, self.wait]

    def do(self, edit: Callable[[], object]) -> bool:
        """Whether it was not refused."""
        with suppress(ConflictError):
            edit()
            return True
        return False

    def mend(self) -> None:
        """Let there be a plan that is wanted, whatever there was."""
        self._amend(status=PatientStatus.ACTIVE)
        self.start()
        plan = self.plan()
        if plan.status is CarePlanStatus.ON_HOLD:
            self.hold()
        if plan.status is CarePlanStatus.COMPLETED:
            self.draft()
        self.do(self.agree)

    def plan(self) -> CarePlan:
        """Theirs that is not at its end, or the newest that is."""
        found = care_plan.of_patient(self.ben, self.person_id, self.world.now)
        return next((each for each in found if each.status in (ACTIVE, ON_HOLD)), found[0])

    def draft(self) -> None:
        self.world.now += timedelta(minutes=1)
        care_plan.draft(self.ben, self.person_id, cast.plan_content(), self.world.now)

    def revise(self) -> None:
        plan = self.plan()
        care_plan.revise(self.ben, plan.id, plan.version, cast.plan_content(), "Spring", self.world.now)

    def agree(self) -> None:
        plan, now = self.plan(), self.world.now
        care_plan.agree(self.ben, plan.id, plan.version, AgreedHow.PHONE, now, now)

    def hold(self) -> None:
        self._move(ON_HOLD if self.plan().status is ACTIVE else ACTIVE)

    def end(self) -> None:
        self._move(CarePlanStatus.COMPLETED)

    def prefer(self) -> None:
        now = preference.read(self.ben, self.person_id, self.world.now)
        hours = Hours(time(10) if now.local_start == time(9) else time(9), time(17), cast.WORKING_DAYS)
        preference.replace(self.ben, self.person_id, now.version, hours, Ceilings(1, 3), None, self.world.now)

    def say(self) -> None:
        given = self.world.amina().text_consent is ConsentStatus.GIVEN
        status = ConsentStatus.WITHDRAWN if given else ConsentStatus.GIVEN
        consent.change(self.ben, self.person_id, status, self.world.now)

    def stop(self) -> None:
        self.world.texts("STOP")
        work_off(self.world.now)

    def start(self) -> None:
        self.world.texts("START")
        work_off(self.world.now)

    def finish(self) -> None:
        active = self.world.amina().status is PatientStatus.ACTIVE
        self._amend(status=PatientStatus.FINISHED if active else PatientStatus.ACTIVE)

    def fly(self) -> None:
        here = self.world.amina().time_zone == "Europe/London"
        self._amend(time_zone="Pacific/Kiritimati" if here else "Europe/London")

    def wait(self) -> None:
        self.world.now += timedelta(days=3)

    def _move(self, to: CarePlanStatus) -> None:
        plan = self.plan()
        care_plan.move(self.ben, plan.id, plan.version, to, self.world.now)

    def _amend(self, **changes: str | PatientStatus) -> None:
        patient.amend(self.ben, self.person_id, self.world.amina().version, dict(changes), self.world.now)


@pytest.mark.parametrize("first", range(12))
def test_whatever_is_changed_a_beat_leaves_no_plan_out(world: World, first: int) -> None:
    world.people.agree_plan()
    edits, done = Edits(world), 0
    for second in edits.every:
        edits.mend()
        for edit in (lambda: None, edits.every[first], second):
            done += edits.do(edit)
            planner.plan(world.now)
            assert left_out(world.now) == [], (first, second.__name__)
    assert done > 3 * len(edits.every) // 2  # few are refused
    edits.mend()
    planner.plan(world.now)
    edits.fly()
    assert left_out(world.now)  # or the condition asks nothing


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    given: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        given.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield given
    finally:
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
