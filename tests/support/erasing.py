"""Who lives in the product before they are erased, and who decides it?"""

from datetime import timedelta
from uuid import UUID

from companion.db import transaction
from companion.domain.access import Actor, ActorKind
from companion.domain.care_plan import AgreedHow, Content, Helps
from companion.domain.care_plan import Goal as PlanGoal
from companion.domain.correction import CorrectionStatus
from companion.domain.device import DeviceKind
from companion.domain.erasure import ErasureGround
from companion.domain.pathway import MoveReason, Step
from companion.domain.patient import PatientStatus
from companion.domain.task import TaskKind
from companion.models import (
    Patient,
)
from companion.use_cases import (
    agreement,
    care_plan,
    correction,
    erasure,
    message,
    pathway,
    second_opinion,
    suggestion,
    task,
)
from companion.use_cases.pathway import Next
from nudges import planner
from tests.support import started
from tests.support.cast import plan_content
from tests.support.offered import offer
from tests.support.opined import opine
from tests.support.world import World

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
