"""Is every text that comes in kept, understood, acted on once, and brought to a person where it holds words?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from companion.domain.answer import AnswerKind
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.task import TaskKind, TaskPriority
from companion.use_cases import consent, nudge, pain_service, patient
from companion.use_cases.nudge import NudgeView
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText, NobodyHomeError
from tests.support import cast
from tests.support.databases import both
from tests.support.world import World

pytestmark = both

STRANGER = "+447700900777"


def nudged(world: World) -> None:
    """Amina's first nudge is on her phone."""
    world.people.agree_plan()
    world.until_due()
    world.beat()


def views(world: World) -> Sequence[NudgeView]:
    """Amina's nudges as staff see them."""
    return nudge.of_patient(world.people.ben, world.people.amina.id, 0, 100, world.now).items


def answers(world: World) -> list[tuple[AnswerKind, int | None]]:
    """What is recorded against Amina's nudges."""
    return [(answer.kind, answer.number) for view in views(world) for answer in view.answers]


@pytest.mark.parametrize(
    ("body", "recorded", "tasks"),
    [
        ("Y", [(AnswerKind.YES, None)], 0),
        ("n", [(AnswerKind.NO, None)], 0),
        ("7", [(AnswerKind.NUMBER, 7)], 0),
        ("10/10", [(AnswerKind.NUMBER, 10)], 0),
        ("0", [(AnswerKind.NUMBER, 0)], 0),
        ("Y but my knee hurts", [(AnswerKind.YES, None)], 1),
        ("11", [(AnswerKind.WORDS, None)], 1),
        ("The stairs were easier today 😀", [(AnswerKind.WORDS, None)], 1),
    ],
)
def test_an_answer_stands_with_its_nudge_and_words_reach_a_person(
    world: World, body: str, recorded: list[tuple[AnswerKind, int | None]], tasks: int
) -> None:
    nudged(world)
    world.texts(body)
    assert answers(world) == recorded
    waiting = world.tasks()
    assert len(waiting) == tasks
    for task in waiting:
        assert (task.kind, task.priority, task.patient_id) == (
            TaskKind.READ_MESSAGE,
            TaskPriority.ROUTINE,
            world.people.amina.id,
        )
        assert task.due_at > world.now
    [kept] = world.messages(kind="inbound")
    assert kept.body == body


def test_an_answer_belongs_to_the_newest_nudge_and_not_to_one_of_long_ago(world: World) -> None:
    nudged(world)
    world.pass_time(timedelta(days=2), timedelta(hours=1))
    world.texts("N")
    went = sorted((view for view in views(world) if view.message_id), key=lambda view: view.nudge.due_at)
    assert [len(view.answers) for view in went] == [0] * (len(went) - 1) + [1]
    consent.change(world.people.ben, world.people.amina.id, ConsentStatus.WITHDRAWN, world.now)
    world.pass_time(timedelta(days=8), timedelta(hours=6))
    world.texts("Y")
    assert len(answers(world)) == 1
    [task] = world.tasks(kind="read-message")
    assert "no text of ours waits" in task.why


def test_an_answer_that_nobody_asked_for_reaches_a_person(world: World) -> None:
    world.texts("Y")
    assert [task.kind for task in world.tasks()] == [TaskKind.READ_MESSAGE]


def test_the_same_text_twice_is_one_text(world: World) -> None:
    nudged(world)
    first = InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "7")
    assert inbound.receive(first, world.now)
    assert not inbound.receive(first, world.now)
    assert not inbound.receive(InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "9, another body"), world.now)
    assert answers(world) == [(AnswerKind.NUMBER, 7)]
    assert [kept.body for kept in world.messages(kind="inbound")] == ["7"]


def test_the_same_text_at_the_same_instant_is_one_text(app: Flask, world: World) -> None:
    nudged(world)
    together = Barrier(4)

    def receive() -> None:
        with app.app_context():
            together.wait()
            inbound.receive(InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "7, better"), world.now)

    threads = [Thread(target=receive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.messages(kind="inbound")) == len(world.tasks()) == len(answers(world)) == 1


def test_a_phone_that_answers_by_itself_gets_one_safety_text_and_staff_every_word(
    world: World, gateway: SimulatorGateway
) -> None:
    for _ in range(5):
        world.texts("I am away. In an emergency call 999.")
        world.send()
    assert len(gateway.kept) == 1
    assert len(world.tasks(priority=TaskPriority.URGENT)) == 5
    world.now += timedelta(minutes=11)
    world.texts("I took an overdose")
    world.send()
    assert len(gateway.kept) == 2


def test_why_says_which_line_of_the_plan_the_text_came_from(world: World, gateway: SimulatorGateway) -> None:
    nudged(world)
    [view] = [view for view in views(world) if view.message_id]
    spoken = {"sleep": "how well did you sleep", "walk": "a short walk after lunch", "review": "Ask for a review"}
    world.texts("why?")
    world.beat()
    reply = gateway.kept[-1].body
    assert spoken[view.nudge.line] in reply
    assert "23 November 2026" in reply
    assert world.tasks() == []
    [answer] = world.messages(kind="reply")
    assert answer.in_reply_to == world.messages(kind="inbound")[0].id


@pytest.mark.parametrize("stopped", [True, False])
def test_a_why_that_cannot_be_answered_reaches_a_person(world: World, gateway: SimulatorGateway, stopped: bool) -> None:
    if stopped:
        nudged(world)
        world.texts("STOP")
    before = len(gateway.kept)
    world.texts("WHY")
    world.beat()
    assert len(gateway.kept) == before
    assert len(world.tasks(kind="read-message")) == 1


def test_urgent_words_at_night_get_the_fixed_answer_at_once_and_an_urgent_task(
    world: World, gateway: SimulatorGateway
) -> None:
    world.now = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    world.texts("I cant go on, I want to die")
    world.send()
    assert "999" in gateway.kept[0].body
    assert "116 123" in gateway.kept[0].body
    [task] = world.tasks()
    assert task.priority is TaskPriority.URGENT
    assert task.due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert "is on its way" in task.why


def test_urgent_words_are_answered_after_a_stop_too(world: World, gateway: SimulatorGateway) -> None:
    world.texts("STOP")
    world.texts("I have gone numb between my legs and cannot pee")
    world.send()
    assert [kept.kind for kept in world.messages() if kept.status is MessageStatus.SENT] == [MessageKind.SAFETY]


def test_without_an_approved_wording_no_safety_text_goes_and_staff_are_told(
    app: Flask, gateway: SimulatorGateway
) -> None:
    world = World(gateway, cast.assemble(approved=False))
    world.texts("I want to kill myself")
    world.send()
    assert gateway.kept == ()
    [task] = world.tasks()
    assert (task.priority, "NO SAFETY TEXT WENT" in task.why) == (TaskPriority.URGENT, True)


def test_help_is_urgent_for_a_person(world: World) -> None:
    world.texts("HELP")
    assert [task.priority for task in world.tasks()] == [TaskPriority.URGENT]


def test_a_text_from_a_number_nobody_knows_is_kept_and_shown(world: World, gateway: SimulatorGateway) -> None:
    world.texts("Hello? Is this the pain clinic?", number=STRANGER)
    [kept] = world.messages()
    assert (kept.patient_id, kept.number, kept.pain_service_id) == (None, STRANGER, world.people.service_id)
    assert [task.kind for task in world.tasks()] == [TaskKind.UNKNOWN_NUMBER]
    world.texts("STOP", number=STRANGER)
    world.texts("I took an overdose", number=STRANGER)
    world.send()
    assert [text.to for text in gateway.kept] == [STRANGER]
    assert [task.priority for task in world.tasks()][-1] is TaskPriority.URGENT


@pytest.mark.parametrize("sender", ["85258", "NHSNoReply", "+14155550123", "anonymous", "", "0"])
def test_any_sender_at_all_is_kept(world: World, sender: str) -> None:
    assert world.texts("Hello", number=sender)
    assert len(world.tasks()) == 1


def test_a_pain_service_with_its_own_number_gets_what_is_sent_to_it(app: Flask, gateway: SimulatorGateway) -> None:
    people = cast.assemble()
    world = World(gateway, people)
    own = pain_service.create(cast.opening("Ribble Pain Service", sender="+447700900500"), world.now)
    world.texts("Hello", number=STRANGER, to="07700 900500")
    assert world.messages()[0].pain_service_id == own.id


def test_of_two_pain_services_with_one_sender_the_one_that_texted_last_is_meant(world: World) -> None:
    patient.enrol(world.people.eve, cast.enrolment(), world.now - timedelta(days=1))
    nudged(world)
    world.texts("Thank you")
    assert world.tasks()[0].pain_service_id == world.people.service_id


def test_what_was_stored_by_a_process_that_died_is_taken_up(world: World) -> None:
    nudged(world)
    text = InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "7, but I could not sleep")
    assert inbound.store(text, world.now) is not None
    assert answers(world) == []
    assert not inbound.receive(text, world.now)
    world.now += timedelta(minutes=1)
    assert inbound.take_up(world.now) == 1
    assert inbound.take_up(world.now) == 0
    assert answers(world) == [(AnswerKind.NUMBER, 7)]
    assert len(world.tasks()) == 1


def test_a_stop_that_comes_again_because_it_was_only_stored_is_in_force_when_it_is_answered(world: World) -> None:
    nudged(world)
    text = InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "STOP")
    assert inbound.store(text, world.now) is not None
    assert world.amina().text_consent is ConsentStatus.GIVEN
    assert not inbound.take_in(text, world.now)
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert not inbound.take_in(text, world.now)
    assert inbound.take_up(world.now + timedelta(minutes=1)) == 0
    assert len(world.consents(world.people.amina.id)) == 2


def test_what_cannot_be_acted_on_goes_to_a_person_as_it_is(world: World) -> None:
    stored = inbound.store(InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "7"), world.now)
    assert stored is not None
    inbound.hand_over(stored, world.now)
    inbound.hand_over(stored, world.now)
    [task] = world.tasks()
    assert (task.kind, task.priority, task.patient_id) == (
        TaskKind.READ_MESSAGE,
        TaskPriority.URGENT,
        world.people.amina.id,
    )
    assert inbound.take_up(world.now + inbound.HAND_OVER_AFTER) == 0


def test_with_no_pain_service_the_provider_must_try_again(app: Flask) -> None:
    with pytest.raises(NobodyHomeError):
        inbound.receive(InboundText("twilio", "SM1", STRANGER, "", "Hello"), cast.MONDAY)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" ", " "),
        ("\u202eمرحبا", "\u202eمرحبا"),
        ("ŵ ŷ 😀 👩\u200d👩\u200d👧", "ŵ ŷ 😀 👩\u200d👩\u200d👧"),
        ("a" * 1600, "a" * 1600),
        ("{first_name} %s ';--", "{first_name} %s ';--"),
        # PostgreSQL has no place for it, so it is kept as the sign for what cannot be shown.
        ("x\x00y", "x\ufffdy"),
        ("half \ud83d", "half ?"),
    ],
)
def test_nothing_a_person_types_is_lost_or_changed(world: World, typed: str, kept: str) -> None:
    world.texts(typed)
    assert [message.body for message in world.messages(kind="inbound")] == [kept]
    assert len(world.tasks()) == 1
