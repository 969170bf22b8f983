"""Is each text handed over once at most, asked about again at the door, and never lost?"""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import transaction
from companion.domain.access import system
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError
from companion.models import Attempt, Message
from companion.use_cases import care_plan, message, pain_service, patient
from nudges.providers.gateway import OutboundText
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.sending import outbox
from nudges.settling import reconciler
from tests.support import cast, dispatched
from tests.support.databases import both
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN
from tests.support.twilio_double import TwilioDouble
from tests.support.weather import Weather, fail, for_good, passing
from tests.support.world import World

pytestmark = both


@pytest.fixture
def gateway() -> Weather:
    """Phones behind a network with weather."""
    return Weather()


def waiting(world: World) -> Message:
    """Amina's first nudge, as a text in the outbox."""
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    [made] = world.messages()
    return made


def only(world: World) -> Message:
    """The one text there is."""
    [found] = world.messages()
    return found


def nudge_status(world: World) -> tuple[NudgeStatus, Reason | None]:
    """What became of the nudge behind the one text."""
    [nudge] = [nudge for nudge in world.nudges() if nudge.id == only(world).nudge_id]
    return nudge.status, nudge.reason


def test_a_text_goes_once_and_is_delivered(world: World, gateway: Weather) -> None:
    waiting(world)
    assert world.send() == 1
    assert (only(world).status, nudge_status(world)) == (MessageStatus.SENT, (NudgeStatus.SENT, None))
    assert world.send() == 0
    reconciler.ask(gateway, world.now)
    assert only(world).status is MessageStatus.DELIVERED
    assert len(gateway.heard) == 1


def test_the_attempt_is_committed_before_the_call_and_nothing_is_held_open_during_it(
    world: World, gateway: Weather
) -> None:
    waiting(world)
    seen: list[MessageStatus | None] = []

    def look(text: OutboundText) -> None:
        # A write of our own, on the same rows, would deadlock if the outbox held a transaction open.
        with transaction() as session:
            attempt = session.scalars(select(Attempt).where(Attempt.message_id == text.message_id)).one()
            found = session.get_one(Message, text.message_id, with_for_update=True)
            seen.extend([found.status, attempt.outcome])
            found.media_count = 0

    gateway.ahead.append(look)
    world.send()
    assert seen == [MessageStatus.SENDING, None]
    assert only(world).status is MessageStatus.SENT


def test_a_stop_between_decision_and_call_means_no_call(world: World, gateway: Weather) -> None:
    waiting(world)
    world.texts("STOP")
    world.send()
    assert gateway.heard == []
    assert world.messages(kind="nudge")[0].status is MessageStatus.CANCELLED
    assert {nudge.reason for nudge in world.nudges() if nudge.settled_at} == {Reason.CONSENT_WITHDRAWN}


def test_a_revision_between_decision_and_call_means_no_call(world: World, gateway: Weather) -> None:
    made = waiting(world)
    nudge = next(nudge for nudge in world.nudges() if nudge.id == made.nudge_id)
    plan = care_plan.read(world.people.ben, nudge.care_plan_id, world.now).plan
    care_plan.revise(world.people.ben, plan.id, plan.version, cast.plan_content(please_do="Ring"), "New", world.now)
    world.send()
    assert gateway.heard == []
    assert nudge_status(world) == (NudgeStatus.SKIPPED, Reason.REVISION_STALE)


def test_what_waited_past_its_expiry_lapses(world: World, gateway: Weather) -> None:
    made = waiting(world)
    assert made.expires_at is not None
    world.now = made.expires_at
    world.send()
    assert gateway.heard == []
    assert (only(world).status, nudge_status(world)) == (
        MessageStatus.CANCELLED,
        (NudgeStatus.LAPSED, Reason.EXPIRED),
    )


def test_the_provider_is_told_how_long_the_text_is_good_for(world: World, gateway: Weather) -> None:
    made = waiting(world)
    assert made.expires_at is not None
    world.now += timedelta(minutes=5)
    world.send()
    assert gateway.heard[0].valid_for == made.expires_at - world.now


def test_a_pain_service_with_its_own_number_texts_from_it(app: Flask, gateway: Weather) -> None:
    world = World(gateway, cast.assemble())
    own = pain_service.create(cast.opening("Ribble Pain Service", sender="+447700900500"), world.now)
    joined = patient.enrol(system(own.id), cast.enrolment(), world.now)
    message.write(system(own.id), joined.id, "Hello", world.now)
    message.write(world.people.ben, world.people.dee.id, "Hello", world.now)
    world.send()
    assert {text.to: text.sender for text in gateway.heard} == {
        cast.AMINA_MOBILE: "+447700900500",
        cast.DEE_MOBILE: None,
    }


def test_a_passing_refusal_is_tried_again_later_and_goes_once(world: World, gateway: Weather) -> None:
    waiting(world)
    gateway.ahead += [fail(passing()), fail(passing())]
    assert world.send() == 1
    assert only(world).status is MessageStatus.CREATED
    assert world.send() == 0
    world.now += timedelta(seconds=29)
    assert world.send() == 0
    world.now += timedelta(seconds=9)  # a quarter of the wait is drawn
    assert world.send() == 1
    world.now += timedelta(seconds=59)
    assert world.send() == 0
    world.now += timedelta(seconds=16)
    world.send()
    assert only(world).status is MessageStatus.SENT
    assert (len(gateway.heard), len(gateway.kept)) == (3, 1)
    assert [attempt.outcome for attempt in world.attempts()] == [
        MessageStatus.TEMPORARY_FAILURE,
        MessageStatus.TEMPORARY_FAILURE,
        MessageStatus.SENT,
    ]


def test_a_refusal_that_does_not_pass_ends_with_the_texts_time(world: World, gateway: Weather) -> None:
    waiting(world)
    gateway.ahead += [fail(passing())] * 100
    world.pass_time(timedelta(hours=9))
    assert gateway.kept == ()
    assert nudge_status(world) == (NudgeStatus.LAPSED, Reason.EXPIRED)


def test_a_wrong_token_loses_no_text_and_sending_resumes_when_it_is_mended(app: Flask) -> None:
    with TwilioDouble() as double:

        def twilio(token: str) -> TwilioGateway:
            return TwilioGateway(ACCOUNT_SID, token, "MG" + "0" * 32, "https://pain.example", double.url)

        world = World(twilio("wrong"), cast.assemble())
        waiting(world)
        for _ in range(3):
            world.send()
            world.now += timedelta(minutes=5)
        assert (only(world).status, only(world).error_code) == (MessageStatus.CREATED, "20003")
        world.gateway = twilio(AUTH_TOKEN)
        world.send()
        assert only(world).status is MessageStatus.SENT
        assert len(double.messages) == 1


def test_a_refusal_for_good_ends_it_and_asks_a_person_to_check_the_number(world: World, gateway: Weather) -> None:
    waiting(world)
    gateway.ahead.append(fail(for_good("21211")))
    world.send()
    assert (only(world).status, only(world).error_code) == (MessageStatus.PERMANENT_FAILURE, "21211")
    assert nudge_status(world) == (NudgeStatus.SENT, None)
    assert [task.kind.value for task in world.tasks()] == ["number-invalid"]
    world.pass_time(timedelta(hours=2))
    assert len(gateway.heard) == 1


def test_a_carriers_opt_out_is_a_withdrawn_consent(world: World, gateway: Weather) -> None:
    waiting(world)
    gateway.ahead.append(fail(for_good("21610")))
    world.send()
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert world.consents(world.people.amina.id)[-1].source is ConsentSource.CARRIER
    assert [task.kind.value for task in world.tasks()] == ["contact-another-way"]


def test_a_long_outage_loses_nothing_that_still_has_time(world: World, gateway: Weather) -> None:
    message.write(world.people.ben, world.people.amina.id, "We will call you.", world.now)
    gateway.ahead += [fail(passing())] * 30
    for _ in range(33):
        world.send()
        world.now += timedelta(minutes=40)
    assert only(world).status is MessageStatus.SENT


@pytest.mark.parametrize("of_staff", [True, False])
def test_a_text_does_not_go_to_a_number_that_was_put_right_meanwhile(
    world: World, gateway: Weather, of_staff: bool
) -> None:
    if of_staff:
        message.write(world.people.ben, world.people.amina.id, "Your results are in.", world.now)
    else:
        waiting(world)
    amina = world.amina()
    patient.amend(world.people.ben, amina.id, amina.version, {"mobile": "+447700900150"}, world.now)
    world.send()
    assert gateway.heard == []
    assert only(world).status is MessageStatus.CANCELLED
    assert [task.kind.value for task in world.tasks()] == (["check-sending"] if of_staff else [])


def test_nobody_writes_to_a_patient_who_is_finished(world: World) -> None:
    amina = world.amina()
    patient.amend(world.people.ben, amina.id, amina.version, {"status": PatientStatus.FINISHED}, world.now)
    with pytest.raises(ConflictError):
        message.write(world.people.ben, amina.id, "Hello", world.now)


def test_answers_go_before_nudges(world: World, gateway: Weather) -> None:
    waiting(world)
    message.write(world.people.ben, world.people.amina.id, "We will call you on Tuesday. Ben", world.now)
    world.texts("I want to die")
    world.send()
    kinds = {made.id: made.kind for made in world.messages()}
    heard = [kinds[text.message_id] for text in gateway.heard]
    assert heard == [MessageKind.SAFETY, MessageKind.REPLY]
    assert world.messages(kind="nudge")[0].status is MessageStatus.CANCELLED


def test_many_senders_at_once_send_each_text_once(app: Flask, world: World, gateway: Weather) -> None:
    for number in range(30):
        message.write(world.people.ben, world.people.amina.id, f"Text {number}", world.now)
    together = Barrier(4)

    def send() -> None:
        with app.app_context():
            together.wait()
            outbox.send_due([gateway], "test", lambda: world.now)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gateway.heard) == 30
    assert len({text.message_id for text in gateway.heard}) == 30
    assert {made.status for made in world.messages()} == {MessageStatus.SENT}
