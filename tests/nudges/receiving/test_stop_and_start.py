"""Does STOP stop everything at once and permanently, and only the patient's own START undo it?"""

from datetime import timedelta

import pytest

from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.task import TaskKind
from companion.use_cases import patient
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText
from tests.support import cast, dispatched
from tests.support.world import World


def nudged(world: World) -> None:
    """Amina's first nudge is on her phone."""
    world.people.agree_plan()
    world.until_due()
    world.beat()


def test_stop_stops_everything_at_once_and_start_undoes_it(world: World, gateway: SimulatorGateway) -> None:
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    world.texts("Stop")
    world.pass_time(timedelta(days=4), timedelta(hours=1))
    assert not gateway.kept
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert world.consents(world.people.amina.id)[-1].source is ConsentSource.PATIENT_TEXT
    assert [task.kind for task in world.tasks()] == [TaskKind.CONTACT_ANOTHER_WAY]
    world.texts("My pain is worse")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    world.texts("START")
    world.beat()
    world.pass_time(timedelta(days=4), timedelta(hours=1))
    assert world.amina().text_consent is ConsentStatus.GIVEN
    assert "on again" in gateway.kept[0].body
    assert len(gateway.kept) >= 2


def test_stop_is_recorded_once_however_often_it_comes(world: World) -> None:
    for word in ("STOP", "stop", "STOPALL", "please stop texting me"):
        world.texts(word)
    events = world.consents(world.people.amina.id)
    assert [event.status for event in events] == [ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN]


@pytest.mark.parametrize("word", ["CANCEL", "End", "quit"])
def test_a_word_that_stops_at_the_network_stops_here_and_a_person_asks_what_was_meant(world: World, word: str) -> None:
    world.texts(word)
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert {task.kind for task in world.tasks()} == {TaskKind.CONTACT_ANOTHER_WAY, TaskKind.READ_MESSAGE}
    assert any("appointment" in task.why for task in world.tasks())


@pytest.mark.parametrize("words", ["Don't stop", "Should I stop the exercises?", "I can't stop crying"])
def test_the_word_stop_among_others_is_words(world: World, words: str) -> None:
    world.texts(words)
    assert world.amina().text_consent is ConsentStatus.GIVEN
    assert [task.kind for task in world.tasks()] == [TaskKind.READ_MESSAGE]


def test_yes_does_not_undo_a_stop(world: World) -> None:
    world.texts("STOP")
    world.texts("YES")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert any("YES" in task.why for task in world.tasks(kind="read-message"))


def test_stop_reaches_every_pain_service_that_texts_the_number(world: World) -> None:
    eve = world.people.eve
    elsewhere = patient.enrol(eve, cast.enrolment(), world.now)
    world.texts("STOP")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert patient.read(eve, elsewhere.id, world.now).text_consent is ConsentStatus.WITHDRAWN
    assert {task.pain_service_id for task in world.tasks()} == {world.people.service_id, world.people.other_service_id}


def test_a_stop_counts_for_somebody_who_is_finished_just_now(world: World) -> None:
    amina = world.amina()
    patient.amend(world.people.ben, amina.id, amina.version, {"status": PatientStatus.FINISHED}, world.now)
    world.texts("STOP")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN


def test_a_start_that_was_taken_up_late_does_not_undo_a_newer_stop(world: World) -> None:
    world.texts("STOP")
    world.now += timedelta(minutes=1)
    inbound.store(InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "START"), world.now)
    world.now += timedelta(seconds=5)
    world.texts("START")
    world.texts("STOP")
    world.now += timedelta(minutes=1)
    inbound.take_up(world.now)
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert len(world.tasks(kind="read-message")) == 1


def test_start_undoes_the_stop_in_every_pain_service_that_has_the_number(world: World) -> None:
    elsewhere = patient.enrol(world.people.eve, cast.enrolment(), world.now)
    world.texts("STOP")
    world.texts("START")
    assert world.amina().text_consent is ConsentStatus.GIVEN
    assert patient.read(world.people.eve, elsewhere.id, world.now).text_consent is ConsentStatus.GIVEN


def test_a_stop_that_lay_for_long_is_still_a_stop(world: World) -> None:
    inbound.store(InboundText("twilio", "SM1", cast.AMINA_MOBILE, "", "STOP"), world.now)
    inbound.take_up(world.now + inbound.HAND_OVER_AFTER)
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert [task.kind for task in world.tasks()] == [TaskKind.CONTACT_ANOTHER_WAY]
