"""Is a text taken back after a STOP, forgotten when its time has come, and doubt brought to a person?"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import reading, transaction
from companion.domain.alarm import AlarmKind
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Alarm, Message
from companion.use_cases import consent, message
from nudges.providers.gateway import UnansweredError
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText
from nudges.receiving.intake import Receipt
from nudges.settling import aftercare
from tests.support import cast, dispatched
from tests.support.providers import Provider
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.support.twilio_double import TwilioDouble
from tests.support.weather import fail, silence
from tests.support.world import World

EIGHT_DAYS = timedelta(days=8)
SENT, CANCELLED = MessageStatus.SENT, MessageStatus.CANCELLED


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    """A Twilio."""
    with TwilioDouble() as running:
        yield running


@pytest.fixture
def at_twilio(app: Flask, double: TwilioDouble) -> World:
    """Everybody, and Twilio carries their texts."""
    gateway = TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, "https://pain.example/r", double.url, 2)
    return World(gateway, cast.assemble())


def nudged(world: World) -> Message:
    """Amina's first nudge was taken by the provider."""
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    world.send()
    [made] = world.messages()
    assert made.status is SENT
    return made


def stop(world: World) -> None:
    """Amina wants no more texts."""
    consent.change(world.people.ben, world.people.amina.id, ConsentStatus.WITHDRAWN, world.now)


def recalls(double: TwilioDouble) -> int:
    """How often Twilio was asked to change a text."""
    return sum(method == "POST" and "/Messages/" in path for method, path in double.requests)


# After a STOP.


@pytest.mark.parametrize("status", ["accepted", "queued", "scheduled"])
def test_what_twilio_still_has_is_taken_back_after_a_stop(at_twilio: World, double: TwilioDouble, status: str) -> None:
    made = nudged(at_twilio)
    double.messages[0].status = status
    stop(at_twilio)
    assert aftercare.recall(at_twilio.gateway, at_twilio.now) == 1
    assert double.messages[0].status == "canceled"
    [text] = at_twilio.messages()
    [nudge] = [nudge for nudge in at_twilio.nudges() if nudge.id == made.nudge_id]
    assert text.status is CANCELLED
    assert (nudge.status, nudge.reason) == (NudgeStatus.CANCELLED, Reason.CONSENT_WITHDRAWN)


def test_before_a_stop_nothing_is_taken_back(at_twilio: World, double: TwilioDouble) -> None:
    nudged(at_twilio)
    assert aftercare.recall(at_twilio.gateway, at_twilio.now) == 0
    assert recalls(double) == 0


@pytest.mark.parametrize("status", ["sending", "sent", "delivered"])
def test_too_late_is_no_harm_and_asked_only_once(at_twilio: World, double: TwilioDouble, status: str) -> None:
    nudged(at_twilio)
    double.account.settle(double.messages[0].sid, status, None)
    stop(at_twilio)
    for _ in range(3):
        assert aftercare.recall(at_twilio.gateway, at_twilio.now) == 0
        at_twilio.now += timedelta(minutes=1)
    assert recalls(double) == 1
    [text] = at_twilio.messages()
    assert text.status is (MessageStatus.DELIVERED if status == "delivered" else SENT)


def test_twilio_that_does_not_answer_the_recall_is_no_harm(at_twilio: World, double: TwilioDouble) -> None:
    nudged(at_twilio)
    stop(at_twilio)
    double.drop(accept=False)
    double.drop(accept=False, method="GET")
    assert aftercare.recall(at_twilio.gateway, at_twilio.now) == 0
    assert at_twilio.messages()[0].status is SENT


def test_safety_texts_are_not_taken_back(at_twilio: World, double: TwilioDouble) -> None:
    at_twilio.texts("I want to die")
    at_twilio.send()
    stop(at_twilio)
    aftercare.recall(at_twilio.gateway, at_twilio.now)
    [safety] = at_twilio.messages(kind=MessageKind.SAFETY)
    assert safety.status is SENT
    assert recalls(double) == 0


def test_a_reply_of_staff_is_taken_back(at_twilio: World, double: TwilioDouble) -> None:
    message.write(at_twilio.people.ben, at_twilio.people.amina.id, "We will call you.", at_twilio.now)
    at_twilio.send()
    stop(at_twilio)
    assert aftercare.recall(at_twilio.gateway, at_twilio.now) == 1
    assert at_twilio.messages()[0].status is CANCELLED


# What a provider may keep.


def test_after_eight_days_twilio_forgets_the_words_and_we_do_not(at_twilio: World, double: TwilioDouble) -> None:
    made = nudged(at_twilio)
    at_twilio.told(Receipt("twilio", made.id, made.provider_id or "", MessageStatus.DELIVERED))
    assert aftercare.redact(at_twilio.gateway, made.created_at + EIGHT_DAYS - timedelta(seconds=1)) == 0
    assert double.messages[0].body == made.body
    assert aftercare.redact(at_twilio.gateway, made.created_at + EIGHT_DAYS) == 1
    assert double.messages[0].body == ""
    assert at_twilio.messages()[0].body == made.body
    assert aftercare.redact(at_twilio.gateway, made.created_at + EIGHT_DAYS) == 0


def test_what_could_not_be_forgotten_is_tried_again_by_the_next_sweep(at_twilio: World, double: TwilioDouble) -> None:
    made = nudged(at_twilio)
    at_twilio.told(Receipt("twilio", made.id, made.provider_id or "", MessageStatus.DELIVERED))
    later = made.created_at + EIGHT_DAYS
    double.drop(accept=False)
    assert aftercare.redact(at_twilio.gateway, later) == 0
    assert double.messages[0].body == made.body
    assert aftercare.redact(at_twilio.gateway, later + timedelta(minutes=1)) == 1
    assert double.messages[0].body == ""


def test_a_text_that_twilio_no_longer_has_is_not_asked_about_for_ever(at_twilio: World, double: TwilioDouble) -> None:
    made = nudged(at_twilio)
    at_twilio.told(Receipt("twilio", made.id, made.provider_id or "", MessageStatus.DELIVERED))
    double.account.messages.clear()
    assert aftercare.redact(at_twilio.gateway, made.created_at + EIGHT_DAYS) == 1


def test_what_people_texted_to_us_is_forgotten_there_as_well(at_twilio: World, double: TwilioDouble) -> None:
    theirs = double.account.receive(cast.AMINA_MOBILE, "My back hurts", "+447700900999")
    inbound.receive(InboundText("twilio", theirs.sid, cast.AMINA_MOBILE, "", theirs.body), at_twilio.now)
    assert aftercare.redact(at_twilio.gateway, at_twilio.now + EIGHT_DAYS) >= 1
    assert theirs.body == ""
    assert at_twilio.messages(kind=MessageKind.INBOUND)[0].body == "My back hurts"


class Keeping(Provider):
    """Cannot forget what it was told first, and says so each time."""

    def __init__(self) -> None:
        super().__init__()
        self.forgotten: list[str] = []

    def redact(self, provider_id: str) -> None:
        if provider_id.startswith("KEPT"):
            raise UnansweredError("HTTP 400")
        self.forgotten.append(provider_id)


def test_many_that_cannot_be_forgotten_do_not_keep_the_others(world: World) -> None:
    gateway = Keeping()
    with transaction() as session:
        for number in range(aftercare.BATCH + 1):
            kept = number < aftercare.BATCH
            session.add(old_text(world, "KEPT" if kept else "GOES", timedelta(0) if kept else timedelta(hours=1)))
    later = world.now + EIGHT_DAYS * 2
    for minute in range(3):
        aftercare.redact(gateway, later + timedelta(minutes=minute))
    assert len(gateway.forgotten) == 1


def old_text(world: World, prefix: str, after: timedelta) -> Message:
    """A text that came in long ago."""
    return Message(
        pain_service_id=world.people.service_id,
        kind=MessageKind.INBOUND,
        status=MessageStatus.RECEIVED,
        number=cast.AMINA_MOBILE,
        body="Hello",
        priority=9,
        created_at=world.now + after,
        due_at=world.now + after,
        gateway="simulator",
        provider_id=f"{prefix}-{uuid4().hex}",
    )


# Doubt, and filters.


@pytest.fixture
def gateway() -> Provider:
    """Phones, behind a provider that can be in a mood."""
    return Provider(proves=timedelta(days=30))


def test_a_day_of_doubt_becomes_one_task_for_staff(world: World, gateway: Provider) -> None:
    gateway.ahead.append(fail(silence()))
    message.write(world.people.ben, world.people.amina.id, "We will call you.", world.now)
    world.send()
    assert aftercare.tell_staff(world.now + timedelta(hours=23, minutes=59)) == 0
    for hours in (24, 25, 72):
        aftercare.tell_staff(world.now + timedelta(hours=hours))
    [task] = world.tasks()
    assert (task.kind.value, task.patient_id) == ("check-sending", world.people.amina.id)
    assert task.message_id == world.messages()[0].id
    for words in (cast.AMINA_MOBILE, "We will call you."):
        assert words not in task.why


def alarms() -> Sequence[Alarm]:
    """Every alarm of a spam filter."""
    with reading() as session:
        wanted = select(Alarm).where(Alarm.kind == AlarmKind.CONTENT_FILTERED)
        return session.scalars(wanted.order_by(Alarm.raised_at)).all()


def filtered(world: World) -> None:
    """One more text is taken for spam."""
    made = message.write(world.people.ben, world.people.amina.id, "Hello", world.now)
    world.send()
    failed = Receipt("simulator", made.id, world.messages(id=made.id)[0].provider_id or "", FAILED, "30007")
    world.told(failed)


FAILED = MessageStatus.TECHNICAL_FAILURE


def test_a_spam_filter_rings_once_and_rests_after_a_day(world: World) -> None:
    first = world.now
    for _ in range(3):
        filtered(world)
    [alarm] = alarms()
    assert alarm.code == "30007"
    aftercare.rest_alarms(first + timedelta(hours=23))
    assert alarms()[0].cleared_at is None
    aftercare.rest_alarms(first + timedelta(hours=24))
    assert alarms()[0].cleared_at == first + timedelta(hours=24)
    world.now = first + timedelta(hours=25)
    filtered(world)
    assert len(alarms()) == 2


def test_a_spam_filter_that_strikes_again_does_not_rest(world: World) -> None:
    first = world.now
    filtered(world)
    world.now += timedelta(hours=23)
    filtered(world)
    aftercare.rest_alarms(first + timedelta(hours=25))
    assert [alarm.cleared_at for alarm in alarms()] == [None]
