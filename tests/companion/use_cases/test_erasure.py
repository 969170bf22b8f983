"""Is a record erased where the law allows, all of it, and nothing else, and is that proved?"""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from companion.db import reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.erasure import KEPT_YEARS, ErasureGround, ErasureStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.refusal import ConflictError, ForbiddenError, InvalidError, NotFoundError
from companion.models import (
    CarePlan,
    Nudge,
    Redaction,
)
from companion.records import certificate
from companion.use_cases import (
    erasure,
    patient,
    task,
)
from nudges import planner, worker
from nudges.providers.gateway import RefusedError, UnansweredError
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.settling import redaction
from tests.support import cast
from tests.support.cast import AMINA_MOBILE
from tests.support.databases import both
from tests.support.erasing import (
    DAY,
    HOUR,
    decided,
    erased,
    lived_in,
    patient_of,
)
from tests.support.opened import everything
from tests.support.world import World

pytestmark = both


class Forgetful(SimulatorGateway):
    """A provider that forgets when it is asked for the third time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def redact(self, provider_id: str) -> None:
        self.asked.append(provider_id)
        if self.asked.count(provider_id) == 1:
            raise UnansweredError
        if self.asked.count(provider_id) == 2:
            raise RefusedError("20009", permanent=True)


def test_the_provider_is_asked_until_it_has_forgotten_and_only_then_is_it_certified(world: World) -> None:
    erasure_id = erased(world)
    provider = Forgetful()
    with reading() as session:
        waiting = {each.provider_id or "" for each in session.scalars(select(Redaction))}
    assert len(waiting) > 3
    for _ in range(3):
        assert erasure.complete(world.now) == 0
        redaction.redact(provider, world.now)
        world.now += HOUR
    assert set(provider.asked) == waiting
    assert erasure.complete(world.now) == 1
    done = erasure.certified(world.people.ada, erasure_id, world.now)
    assert done.certificate["forgotten_by_provider"] == {"simulator": len(waiting)}
    assert done.certificate["removed"]["message"] > 3
    assert len(done.certificate["remains"]) > 3
    with reading() as session:
        assert certificate.is_genuine(session, done.certificate, done.signature)
        forged = json.loads(json.dumps(done.certificate)) | {"erased_at": "2020-01-01"}
        assert not certificate.is_genuine(session, forged, done.signature)
    redaction.redact(provider, world.now + DAY)
    assert len(provider.asked) == 3 * len(waiting), "it is asked again for what it has forgotten"
    assert not any(each in everything() for each in waiting)


def test_the_law_makes_us_keep_a_record_and_says_until_when(world: World) -> None:
    lived_in(world)
    row = erasure.ask(patient_of(world), world.people.amina.id, world.now)
    with pytest.raises(InvalidError) as refusal:
        erasure.approve(world.people.ada, row.id, ErasureGround.RETENTION_OVER, world.now)
    assert str(world.now.year + KEPT_YEARS) in refusal.value.faults[0].words
    with pytest.raises(InvalidError):
        erasure.approve(world.people.ada, row.id, ErasureGround.WRONGLY_ENROLLED, world.now)
    refused = erasure.refuse(world.people.ada, row.id, "We keep it until 2034.", world.now)
    assert refused.status is ErasureStatus.REFUSED
    assert erasure.carry_out(world.now + 400 * DAY) == 0
    again = erasure.ask(patient_of(world), world.people.amina.id, world.now)
    later = world.now + timedelta(days=366 * KEPT_YEARS)
    assert erasure.approve(world.people.ada, again.id, ErasureGround.RETENTION_OVER, later).from_at == later + 7 * DAY


def test_who_was_enrolled_by_mistake_goes_at_once(world: World) -> None:
    erasure_id = decided(world, ErasureGround.WRONGLY_ENROLLED)
    assert erasure.carry_out(world.now) == 1
    assert erasure.read(world.people.ben, erasure_id, world.now).erasure.status is ErasureStatus.ERASED
    assert world.messages(number=AMINA_MOBILE) == []


def test_it_can_be_withdrawn_until_it_is_done_and_the_record_is_used_again(world: World) -> None:
    world.people.agree_plan()
    planner.plan(world.now)
    planned = {(nudge.line, nudge.slot_on) for nudge in world.nudges() if nudge.status == "planned"}
    erasure_id = decided(world)
    assert {nudge.status for nudge in world.nudges()} == {"cancelled"}
    assert world.amina().restricted_at == world.now
    erasure.withdraw(patient_of(world), erasure_id, world.now + DAY)
    assert world.amina().restricted_at is None
    planner.plan(world.now)
    assert {(nudge.line, nudge.slot_on) for nudge in world.nudges() if nudge.status == "planned"} == planned
    assert erasure.carry_out(world.now + 30 * DAY) == 0
    with pytest.raises(ConflictError):
        erasure.withdraw(patient_of(world), erasure_id, world.now)


def test_it_takes_two_people_and_nobody_from_elsewhere(world: World) -> None:
    people = world.people
    row = erasure.ask(people.ben, people.amina.id, world.now)
    with pytest.raises(ConflictError):
        erasure.ask(patient_of(world), people.amina.id, world.now)
    with pytest.raises(ConflictError):
        erasure.approve(people.ben, row.id, ErasureGround.SERVICE_DECIDED, world.now)
    for stranger in (people.eve, Actor(ActorKind.PATIENT, people.service_id, people.dee.id)):
        with pytest.raises((NotFoundError, ForbiddenError)):
            erasure.read(stranger, row.id, world.now)
        with pytest.raises((NotFoundError, ForbiddenError)):
            erasure.withdraw(stranger, row.id, world.now)
        with pytest.raises((NotFoundError, ForbiddenError)):
            erasure.approve(stranger, row.id, ErasureGround.SERVICE_DECIDED, world.now)
        with pytest.raises(NotFoundError):
            erasure.ask(stranger, people.amina.id, world.now)
    with pytest.raises(ForbiddenError):
        erasure.approve(people.chandra, row.id, ErasureGround.SERVICE_DECIDED, world.now)
    with pytest.raises(ConflictError):
        erasure.certified(people.ada, row.id, world.now)


def test_a_stop_that_stands_in_another_s_consent_leaves_an_empty_row(world: World) -> None:
    """The phone is Amina's, and was that of a patient of another pain service."""
    people = world.people
    before = cast.enrolment(given_name="Dee", nhs_number="9990000034")
    elsewhere = patient.enrol(people.eve, before, world.now + HOUR)
    world.texts("please stop, thank you")
    pointed_at = world.consents(elsewhere.id)[-1].message_id
    assert [text.id for text in world.messages(patient_id=people.amina.id)] == [pointed_at]
    for waits in world.tasks(patient_id=people.amina.id):
        task.complete(people.ben, waits.id, "Called.", world.now)
    decided(world, ErasureGround.WRONGLY_ENROLLED)
    assert erasure.carry_out(world.now) == 1
    [left] = world.messages(id=pointed_at)
    assert (left.patient_id, left.number, left.body, left.provider_id) == (None, "", "", None)
    assert world.consents(elsewhere.id)[-1].message_id == left.id


def test_while_something_is_under_way_it_waits(world: World) -> None:
    world.people.agree_plan()
    world.until_due()
    decided(world, ErasureGround.SERVICE_DECIDED)
    with transaction() as session:
        nudge = session.scalars(select(Nudge)).first()
        assert nudge is not None
        nudge.status, nudge.reason, nudge.texted_on = NudgeStatus.CLAIMED, None, nudge.slot_on
    later = world.now + 8 * DAY
    assert erasure.carry_out(later) == 0
    with transaction() as session:
        nudge = session.scalars(select(Nudge).where(Nudge.status == "claimed")).one()
        nudge.status, nudge.reason, nudge.texted_on = NudgeStatus.LAPSED, Reason.EXPIRED, None
    assert erasure.carry_out(later) == 1
    with reading() as session:
        assert session.scalars(select(CarePlan)).all() == []


def test_the_worker_does_it_by_itself(world: World) -> None:
    """Erased, forgotten by the provider and certified within two minutes, and again nothing after that."""
    world.people.agree_plan()
    world.pass_time(timedelta(days=1), HOUR)
    erasure_id = decided(world)
    watch = worker.beats([world.gateway], "test", lambda: world.now)["watch"]
    watch()
    assert erasure.read(world.people.ben, erasure_id, world.now).erasure.status is ErasureStatus.APPROVED, (
        "before the week is over"
    )
    world.now += 7 * DAY
    for _ in range(2):
        watch()
    done = erasure.certified(world.people.ada, erasure_id, world.now)
    watch()
    assert erasure.certified(world.people.ada, erasure_id, world.now).signature == done.signature
