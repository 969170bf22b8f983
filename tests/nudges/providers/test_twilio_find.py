"""Is a text in doubt found again at Twilio, is nothing else taken for it, and what if Twilio does not say?"""

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from nudges.providers.gateway import OutboundText, Report, UnansweredError
from nudges.providers.twilio_gateway import LISTED_AT_MOST, TwilioGateway
from tests.support.calls import send
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, Sms
from tests.support.twilio_double import TwilioDouble

AMINA = "+447700900123"
DEE = "+447700900456"
SINCE = datetime(2026, 11, 23, 9, 0, 0, 700_000, tzinfo=UTC)
MISSED = OutboundText(uuid4(), AMINA, "Café or walk today, Amina?", timedelta(hours=3))


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


def gateway_to(url: str, timeout: float = 10.0) -> TwilioGateway:
    callback = "https://companion.example/webhooks/twilio/status"
    return TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, callback, api_base_url=url, timeout=timeout)


@pytest.fixture
def gateway(double: TwilioDouble) -> TwilioGateway:
    return gateway_to(double.url)


def listed(double: TwilioDouble, seconds: float, body: str = MISSED.body, to: str = AMINA) -> Sms:
    """Something Twilio has, made so many seconds after `SINCE`, and already gone to the network."""
    made = SINCE + timedelta(seconds=seconds)
    message = Sms(to, body, made, status="sent", sent=made)
    double.account.messages.append(message)
    return message


def test_a_text_taken_before_the_answer_was_lost(double: TwilioDouble, gateway: TwilioGateway) -> None:
    double.drop(accept=True)
    with pytest.raises(UnansweredError):
        send(gateway, MISSED)
    [taken] = double.messages
    assert gateway.find(MISSED, taken.created) == Report(taken.sid, MessageStatus.SENT)
    assert double.posts == 1


def test_a_text_never_taken(double: TwilioDouble, gateway: TwilioGateway) -> None:
    double.drop(accept=False)
    with pytest.raises(UnansweredError):
        send(gateway, MISSED)
    assert gateway.find(MISSED, SINCE) is None
    assert double.posts == 1


def test_one_still_in_twilios_queue_is_found(double: TwilioDouble, gateway: TwilioGateway) -> None:
    waiting = listed(double, 0)
    waiting.status, waiting.sent = "accepted", None
    assert gateway.find(MISSED, SINCE) == Report(waiting.sid, MessageStatus.SENT)


def test_it_comes_with_what_became_of_it(double: TwilioDouble, gateway: TwilioGateway) -> None:
    lost = listed(double, 1)
    lost.status, lost.error_code = "undelivered", 30005
    assert gateway.find(MISSED, SINCE) == Report(lost.sid, MessageStatus.PERMANENT_FAILURE, "30005")


def test_other_words_and_other_people_are_not_it(double: TwilioDouble, gateway: TwilioGateway) -> None:
    listed(double, 1, body="Another word")
    listed(double, 1, to=DEE)
    assert gateway.find(MISSED, SINCE) is None


def test_the_same_words_of_an_earlier_day_are_not_it(double: TwilioDouble, gateway: TwilioGateway) -> None:
    listed(double, -61)
    listed(double, -86_400)
    assert gateway.find(MISSED, SINCE) is None


def test_the_earliest_since_is_it(double: TwilioDouble, gateway: TwilioGateway) -> None:
    listed(double, 300)
    first = listed(double, 0)
    listed(double, 90)
    listed(double, -20)
    found = gateway.find(MISSED, SINCE)
    assert found is not None
    assert found.provider_id == first.sid


def test_a_clock_that_lags_a_little_hides_nothing(double: TwilioDouble, gateway: TwilioGateway) -> None:
    listed(double, -50)
    nearer = listed(double, -3)
    found = gateway.find(MISSED, SINCE)
    assert found is not None
    assert found.provider_id == nearer.sid


def test_since_may_be_in_any_zone(double: TwilioDouble, gateway: TwilioGateway) -> None:
    in_india = SINCE.astimezone(timezone(timedelta(hours=5, minutes=30)))
    made = listed(double, 0)
    found = gateway.find(MISSED, in_india)
    assert found is not None
    assert found.provider_id == made.sid


def test_words_already_redacted_prove_nothing(double: TwilioDouble, gateway: TwilioGateway) -> None:
    listed(double, 1, body="")
    with pytest.raises(UnansweredError):
        gateway.find(MISSED, SINCE)


def test_a_list_that_is_full_proves_nothing(double: TwilioDouble, gateway: TwilioGateway) -> None:
    for second in range(LISTED_AT_MOST + 1):
        listed(double, second, body="Another word")
    with pytest.raises(UnansweredError):
        gateway.find(MISSED, SINCE)
    # One request for the whole page; the cap holds.
    assert len(double.requests) == 1
    # What reaches back past the moment in question has shown everything since.
    double.account.messages.pop()
    listed(double, -3_600, body="Another word")
    double.account.messages.pop(0)
    assert gateway.find(MISSED, SINCE) is None


def test_pages_are_followed_to_the_end(double: TwilioDouble, gateway: TwilioGateway) -> None:
    wanted = listed(double, 0)
    for second in range(1, 8):
        listed(double, second, body="Another word")
    double.account.largest_page = 3
    found = gateway.find(MISSED, SINCE)
    assert found is not None
    assert found.provider_id == wanted.sid
    assert len(double.requests) == 3


# Questions that are not answered


def test_a_list_of_an_account_that_is_not_there(double: TwilioDouble, gateway: TwilioGateway) -> None:
    double.refuse(20404, 404, method="GET")
    with pytest.raises(UnansweredError):
        ask(gateway, "find")


@pytest.mark.parametrize("question", ["fetch", "find"])
@pytest.mark.parametrize("status", [404, 429, 500, 200, 401])
def test_a_question_without_an_answer(double: TwilioDouble, gateway: TwilioGateway, question: str, status: int) -> None:
    double.answer(status, f"{AMINA} {MISSED.body}", accept=False, method="GET")
    with pytest.raises(UnansweredError) as caught:
        ask(gateway, question)
    assert_silent(caught.value)


@pytest.mark.parametrize("question", ["fetch", "find"])
def test_a_question_to_nobody(question: str) -> None:
    with TwilioDouble() as gone:
        pass
    with pytest.raises(UnansweredError) as caught:
        ask(gateway_to(gone.url), question)
    assert_silent(caught.value)


@pytest.mark.parametrize("question", ["fetch", "find"])
def test_a_question_into_silence(double: TwilioDouble, question: str) -> None:
    double.hang(accept=False, method="GET")
    with pytest.raises(UnansweredError) as caught:
        ask(gateway_to(double.url, 0.3), question)
    assert_silent(caught.value)


def ask(gateway: TwilioGateway, question: str) -> Report | None:
    if question == "fetch":
        return gateway.fetch("SM" + "0" * 32)
    return gateway.find(MISSED, SINCE)


def assert_silent(error: UnansweredError) -> None:
    shown = "".join(traceback.format_exception(error))
    assert AMINA[1:] not in shown
    assert MISSED.body not in shown
    assert error.__context__ is None
