"""Is a record erased where the law allows, all of it, and nothing else, and is that proved?"""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from companion.db import db, reading, transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.care_plan import AgreedHow, Content, Helps
from companion.domain.care_plan import Goal as PlanGoal
from companion.domain.correction import CorrectionStatus
from companion.domain.device import DeviceKind
from companion.domain.erasure import KEPT_YEARS, ErasureGround, ErasureStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.pathway import MoveReason, Step
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError, ForbiddenError, InvalidError, NotFoundError
from companion.domain.task import TaskKind
from companion.models import (
    Activity,
    CarePlan,
    CarePlanRevision,
    ConsentEvent,
    Erasure,
    Goal,
    Message,
    Nudge,
    PastCount,
    Patient,
    Redaction,
)
from companion.records import belonging, certificate
from companion.records.erasure import KEPT
from companion.use_cases import (
    agreement,
    care_plan,
    correction,
    engagement,
    erasure,
    message,
    pathway,
    patient,
    second_opinion,
    suggestion,
    task,
)
from companion.use_cases.pathway import Next
from nudges import planner, redaction, worker
from nudges.gateway import RefusedError, UnansweredError
from nudges.simulator_gateway import SimulatorGateway
from tests import cast, opened, started
from tests.cast import AMINA_MOBILE, plan_content
from tests.offered import offer
from tests.opened import everything
from tests.opined import opine
from tests.world import World

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MARKER = "planted-wagtail"


def patient_of(world: World) -> Actor:
    return Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id)


def lived_in(world: World) -> None:
    """Amina's plan, revised once, a week of texts both ways, tasks, a correction: with the marker in all her words."""
    people = world.people
    content = marked()
    drafted = people.agree_plan(content, start=started.start(world, content))
    offer(world, people.amina.id)
    world.pass_time(timedelta(days=3), HOUR)
    world.texts("Y")
    world.texts(f"My knee {MARKER} hurts on the stairs")
    revised = care_plan.revise(people.ben, drafted.plan.id, drafted.plan.version, content, MARKER, world.now)
    care_plan.agree(people.ben, drafted.plan.id, revised.plan.version, AgreedHow.PHONE, world.now, world.now)
    message.write(people.ben, people.amina.id, f"Come on Monday, {MARKER}", world.now)
    asked = correction.ask(patient_of(world), people.amina.id, f"It is spelt {MARKER}", world.now)
    correction.answer(people.ben, asked.id, CorrectionStatus.MADE, f"Done, {MARKER}", world.now)
    amina = patient_of(world)
    for answer in (None, f"Not now, {MARKER}"):
        suggested = suggestion.make(amina, drafted.plan.id, 1, "school", f"Could I {MARKER}?", world.now)
        if answer:
            suggestion.decline(people.ben, suggested.id, answer, world.now)
    opine(world, drafted.plan.id, f"Is {MARKER} too much?", f"Walk half as far, {MARKER}")
    second_opinion.ask(amina, drafted.plan.id, f"And now, {MARKER}?", world.now)
    again = care_plan.revise(people.ben, drafted.plan.id, revised.plan.version + 1, content, MARKER, world.now)
    agreement.ask_by_text(people.ben, drafted.plan.id, "http://127.0.0.1:8000/link", world.now)
    agreement.agree(amina, drafted.plan.id, again.revision.number, DeviceKind.PAGE, world.now)
    first = Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, MARKER, world.now)
    referred = pathway.refer(people.ben, people.amina.id, first, world.now).pathway.id
    pathway.correct(people.ben, referred, 1, first, f"Another {MARKER}", None, world.now)
    pathway.refer_to_hospital(people.ben, referred, MARKER, MARKER, MARKER, world.now, world.now)
    world.pass_time(timedelta(days=2), HOUR)
    for waits in world.tasks(patient_id=people.amina.id, status="requested"):
        if waits.kind in (TaskKind.SUGGESTION, TaskKind.SECOND_OPINION):
            continue
        task.complete(people.ben, waits.id, f"Called her about {MARKER}", world.now)


def marked() -> Content:
    helps, goal = Helps(f"a walk {MARKER}", line="lunch-walk"), PlanGoal(MARKER, line="school")
    words = dict.fromkeys(("communicate_how", "please_do", "please_dont"), MARKER)
    return plan_content(what_matters=MARKER, already_helps=(helps,), goals=(goal,), **words)


def decided(world: World, ground: ErasureGround = ErasureGround.SERVICE_DECIDED) -> UUID:
    row = erasure.ask(patient_of(world), world.people.amina.id, world.now)
    erasure.approve(world.people.ada, row.id, ground, world.now)
    planner.plan(world.now)
    return row.id


def erased(world: World) -> UUID:
    lived_in(world)
    erasure_id = decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    assert erasure.carry_out(world.now) == 1
    return erasure_id


def texts_before_anybody_knows_her(world: World) -> None:
    """A text with her number that is in nobody's record."""
    for status in (PatientStatus.FINISHED, PatientStatus.ACTIVE):
        with transaction() as session:
            session.get_one(Patient, world.people.amina.id).status = status
        if status is PatientStatus.FINISHED:
            world.texts(f"Is this the right number? {MARKER}")
    assert [text.patient_id for text in world.messages(kind="inbound")] == [None]


def test_nothing_of_a_person_is_left_in_any_table(world: World) -> None:
    texts_before_anybody_knows_her(world)
    lived_in(world)
    planted = ("Amina", "Yusuf", cast.AMINA_NHS, AMINA_MOBILE, MARKER)
    before = everything()
    assert all(value in before for value in planted)
    with reading() as session:
        full = {
            table.name
            for table in belonging.tables()
            if session.execute(select(table).where(belonging.theirs(table, world.people.amina.id))).first()
        }
    assert full >= {"patient", "care_plan_revision", "goal", "activity", "agreement", "consent_event", "answer"}
    assert full >= {"resource_event", "plan_start"}
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    assert erasure.carry_out(world.now) == 1
    after = everything()
    assert [value for value in planted if value in after] == []
    assert cast.DEE_MOBILE in after, "somebody else is gone as well"
    with reading() as session:
        for table in belonging.tables():
            found = session.execute(select(table).where(belonging.theirs(table, world.people.amina.id))).first()
            assert (found is None) or table.name in KEPT, table.name


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_nor_in_the_file(world: World, database_url: str) -> None:
    """Not even sealed: who has the keys and the file has none of it."""
    lived_in(world)
    tables = (Patient, Message, CarePlanRevision, Goal)
    before = set(opened.sealed(*tables))
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    assert erasure.carry_out(world.now) == 1
    left = set(opened.sealed(*tables))
    with db.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    with open(database_url.removeprefix("sqlite:///"), "rb") as file:
        content = file.read()
    assert len(before - left) > 10
    assert [value for value in before - left if value in content] == []
    assert left
    assert all(value in content for value in left)


def test_past_figures_stay_true(world: World) -> None:
    lived_in(world)
    decided(world)
    world.pass_time(timedelta(days=7, hours=1), timedelta(hours=6))
    with transaction() as session:  # as they would stand, were she not resting
        session.get_one(Patient, world.people.amina.id).restricted_at = None
    period = (cast.day("2026-11-01"), cast.day("2026-12-31"))
    before = engagement.by_behaviour(world.people.chandra, *period, world.now)
    assert before.total.sent > 0
    assert before.people == 1
    erasure.carry_out(world.now)
    assert engagement.by_behaviour(world.people.chandra, *period, world.now) == before
    days = engagement.by_behaviour(world.people.chandra, cast.day("2026-11-02"), period[1], world.now)
    assert days.total.sent < before.total.sent, "a month that is cut counts"
    with reading() as session:
        counts = session.scalars(select(PastCount)).all()
    assert {count.month_on.day for count in counts} == {1}
    assert world.people.amina.id not in {count.person for count in counts}


def test_without_a_decision_nothing_can_be_removed(world: World) -> None:
    lived_in(world)
    people = world.people
    erasure.ask(patient_of(world), people.amina.id, world.now)
    for model in (Activity, Goal, CarePlanRevision, ConsentEvent):
        with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
            session.execute(delete(model))


def test_the_decision_opens_that_one_person_s_record_and_no_other(world: World) -> None:
    lived_in(world)
    decided(world)
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(ConsentEvent).where(ConsentEvent.patient_id == world.people.dee.id))
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(Erasure))
    with transaction() as session:
        session.execute(delete(ConsentEvent).where(ConsentEvent.patient_id == world.people.amina.id))
        session.rollback()


def test_what_is_erased_is_closed_again(world: World) -> None:
    erasure_id = erased(world)
    with reading() as session:
        row = session.get_one(Erasure, erasure_id)
    assert row.status is ErasureStatus.ERASED
    same = {"pain_service_id": row.pain_service_id, "status": "given", "source": "staff"}
    with transaction() as session:
        event = {**same, "patient_id": world.people.dee.id, "effective_at": world.now, "recorded_at": world.now}
        session.execute(insert(ConsentEvent).values(event))
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(delete(ConsentEvent))


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
