"""Does the nightly check go round by way of Twilio? The real client to the double's socket, signed webhooks back."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask

from api.settings.config import Config, Twilio
from companion.domain.message import MessageKind, MessageStatus
from companion.upkeep import alarm
from nudges import worker
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.receiving import loop_check
from tests.api.caller import Answer, Caller
from tests.nudges.receiving.test_loop_check import PHONE, checks
from tests.support import cast
from tests.support.apps import app_on
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, SENDER
from tests.support.twilio_double import TwilioDouble
from tests.support.twilio_webhook import SignedPost
from tests.support.world import World, work_off

BASE = "https://pain.example.nhs.uk"
INBOUND, STATUS = f"{BASE}/webhooks/twilio/inbound", f"{BASE}/webhooks/twilio/status"


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


@pytest.fixture
def gateway(double: TwilioDouble) -> TwilioGateway:
    return TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, STATUS, double.url)


@pytest.fixture
def app(database_url: str, gateway: TwilioGateway) -> Iterator[Flask]:
    """The product with Twilio in use, and a second number there."""
    twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID)
    settings = Config(database_url=database_url, public_base_url=BASE, twilio=twilio, loop_number=PHONE)
    with app_on(settings, gateway, lambda: cast.MONDAY) as made:
        yield made


def post(caller: Caller, signed: SignedPost) -> Answer:
    """As Twilio posts it; a proxy has taken the public address off."""
    parts = urlsplit(signed.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return caller.send("POST", path, data=signed.form, headers=signed.headers)


def beat(world: World) -> None:
    beats = worker.beats([world.gateway], "test", lambda: world.now, PHONE)
    for work in (*beats.values(), *beats.values()):
        work()


def said(answer: Answer) -> list[str]:
    """What Twilio texts back to where the text came from."""
    assert (answer.status, answer.mimetype) == (200, "text/xml")
    answered = ElementTree.fromstring(answer.text)  # noqa: S314 (our own answer)
    return [message.text or "" for message in answered.iter("Message")]


def test_round_by_way_of_twilio(world: World, double: TwilioDouble, nobody: Caller) -> None:
    beat(world)
    [sms] = double.messages
    assert (sms.to, sms.validity_period) == (PHONE, loop_check.BACK_WITHIN.total_seconds())

    assert post(nobody, double.settle(sms.sid)).status == 204
    beat(world)
    [check] = checks()
    assert check.delivered_at is not None
    assert check.passed_at is None, "a receipt alone is not the whole way"

    for _ in range(2):  # Twilio may post twice
        [words] = said(post(nobody, double.inbound(SENDER, sms.body, INBOUND, to=PHONE)))
        assert words == sms.body
        assert said(post(nobody, double.inbound(PHONE, words, INBOUND, to=SENDER))) == []
    beat(world)
    [check] = checks()
    assert check.passed_at == world.now
    assert [text.status for text in world.messages(kind=MessageKind.CHECK)] == [MessageStatus.DELIVERED]
    assert world.tasks() == []
    assert double.posts == 1, "it is sent once, whatever comes back"


def test_a_webhook_that_nobody_answers_raises_the_alarm(world: World, double: TwilioDouble, nobody: Caller) -> None:
    beat(world)
    assert post(nobody, double.settle(double.messages[0].sid)).status == 204
    world.now += timedelta(minutes=31)
    beat(world)
    assert [raised.kind for raised in alarm.still_open()] == ["loop-broken"]


def test_anything_else_that_comes_to_our_phone_is_read_by_a_person(
    world: World, double: TwilioDouble, nobody: Caller
) -> None:
    beat(world)
    assert said(post(nobody, double.inbound(cast.AMINA_MOBILE, "Is this the clinic?", INBOUND, to=PHONE))) == []
    work_off(world.now)
    assert len(world.tasks()) == 1
