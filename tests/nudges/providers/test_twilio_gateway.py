"""What does the gateway make of everything Twilio can do to a text? The real client, over a real socket."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Gateway, GatewayError, OutboundText, RefusedError, Report, UnansweredError
from nudges.providers.twilio_gateway import TwilioGateway
from tests.support.calls import send
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, SENDER
from tests.support.twilio_double import TwilioDouble

AMINA = "+447700900123"
DEE = "+447700900456"
BODY = "Keep curious: what did your back tell you today, Amina? £5 says you noticed – reply 0-10"
CALLBACK = "https://companion.example/webhooks/twilio/status"
SHORT = 0.3
"""Seconds of silence to wait for, where silence is what comes."""


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


def gateway_to(url: str, timeout: float = 10.0, token: str = AUTH_TOKEN) -> TwilioGateway:
    return TwilioGateway(ACCOUNT_SID, token, MESSAGING_SERVICE_SID, CALLBACK, api_base_url=url, timeout=timeout)


@pytest.fixture
def gateway(double: TwilioDouble) -> TwilioGateway:
    return gateway_to(double.url)


def text(body: str = BODY, to: str = AMINA, valid_for: timedelta = timedelta(hours=3)) -> OutboundText:
    return OutboundText(uuid4(), to, body, valid_for)


def refused(gateway: TwilioGateway, what: OutboundText | None = None) -> tuple[str | None, bool]:
    with pytest.raises(RefusedError) as caught:
        send(gateway, what or text())
    assert_silent(caught.value)
    return caught.value.code, caught.value.permanent


def unanswered(gateway: TwilioGateway, what: OutboundText | None = None) -> None:
    with pytest.raises(UnansweredError) as caught:
        send(gateway, what or text())
    assert_silent(caught.value)


def assert_silent(error: GatewayError) -> None:
    """No number, no words of the text: neither in the error nor in what a log would print of it."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    for secret in (AMINA, AMINA[1:], SENDER, "back tell you", AUTH_TOKEN):
        assert secret not in shown
    assert error.__context__ is None
    assert error.__cause__ is None


# Sending


def test_a_text_is_handed_over_whole(double: TwilioDouble, gateway: Gateway) -> None:
    sent = text()
    report = send(gateway, sent)
    [taken] = double.messages
    assert report == Report(taken.sid, MessageStatus.SENT)
    assert (taken.to, taken.body, taken.messaging_service_sid) == (AMINA, BODY, MESSAGING_SERVICE_SID)
    assert taken.validity_period == 10_800
    assert taken.callback == f"{CALLBACK}?message={sent.message_id}"
    assert (gateway.name, double.posts) == ("twilio", 1)


def test_a_pain_service_with_its_own_number_texts_from_it(double: TwilioDouble, gateway: Gateway) -> None:
    send(gateway, replace(text(), sender="+447700900500"))
    send(gateway, text())
    assert [taken.from_ for taken in double.messages] == ["+447700900500", None]


def test_our_id_joins_a_callback_that_has_a_query(double: TwilioDouble) -> None:
    callback = f"{CALLBACK}?via=a"
    sent = text()
    send(TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, callback, api_base_url=double.url), sent)
    assert double.messages[0].callback == f"{callback}&message={sent.message_id}"


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [
        (timedelta(seconds=-5), 1),
        (timedelta(0), 1),
        (timedelta(seconds=1.9), 1),
        (timedelta(hours=10), 36_000),
        (timedelta(days=2), 36_000),
    ],
)
def test_twilio_is_told_how_long_a_text_is_good_for(
    double: TwilioDouble, gateway: TwilioGateway, valid_for: timedelta, seconds: int
) -> None:
    send(gateway, text(valid_for=valid_for))
    assert double.messages[0].validity_period == seconds


def test_a_relay_may_live_under_a_path(double: TwilioDouble) -> None:
    with pytest.raises(RefusedError):
        send(gateway_to(f"{double.url}/relay/"), text())
    assert double.requests == [("POST", f"/relay/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json")]


# Refused: certainly not taken


@pytest.mark.parametrize("code", [21211, 21610, 21614, 21617, 30007])
def test_a_refusal_for_good(double: TwilioDouble, gateway: TwilioGateway, code: int) -> None:
    double.refuse(code)
    assert refused(gateway) == (str(code), True)
    assert (double.posts, double.messages) == (1, [])


@pytest.mark.parametrize(("code", "status"), [(20429, 429), (21611, 400), (30001, 400), (21408, 400), (21606, 400)])
def test_a_refusal_for_now(double: TwilioDouble, gateway: TwilioGateway, code: int, status: int) -> None:
    double.refuse(code, status)
    assert refused(gateway) == (str(code), False)
    assert double.posts == 1


def test_too_many_requests_is_certain_without_twilios_words(double: TwilioDouble, gateway: TwilioGateway) -> None:
    double.answer(429, "Slow down", accept=False)
    assert refused(gateway) == ("429", False)
    assert double.posts == 1


def test_an_rfc_9457_refusal(double: TwilioDouble, gateway: TwilioGateway) -> None:
    problem = f'{{"type": "about:blank", "title": "No {AMINA}", "status": 400, "code": 21211}}'
    double.answer(400, problem, accept=False)
    assert refused(gateway) == ("21211", True)


def test_a_wrong_token_is_refused_for_good(double: TwilioDouble) -> None:
    assert refused(gateway_to(double.url, token="another")) == ("20003", False)


def test_a_number_that_is_none(gateway: TwilioGateway) -> None:
    assert refused(gateway, text(to="07700900123")) == ("21211", True)


def test_a_body_too_long(gateway: TwilioGateway) -> None:
    send(gateway, text("x" * 1_600))
    assert refused(gateway, text("x" * 1_601)) == ("21617", True)


def test_stop_blocks_at_the_carrier_until_start(double: TwilioDouble, gateway: TwilioGateway) -> None:
    double.inbound(AMINA, " stop ", "https://companion.example/webhooks/twilio/inbound")
    assert refused(gateway) == ("21610", True)
    send(gateway, text(to=DEE))
    double.inbound(AMINA, "Start", "https://companion.example/webhooks/twilio/inbound")
    send(gateway, text())


def test_a_text_to_nobody_is_certainly_not_taken() -> None:
    with TwilioDouble() as gone:
        pass
    assert refused(gateway_to(gone.url)) == ("not-connected", False)


# Unanswered: nobody knows


@pytest.mark.parametrize("accept", [True, False])
def test_silence(double: TwilioDouble, accept: bool) -> None:
    double.hang(accept=accept)
    unanswered(gateway_to(double.url, SHORT))
    assert (double.posts, len(double.messages)) == (1, accept)


@pytest.mark.parametrize("accept", [True, False])
def test_a_line_that_is_cut(double: TwilioDouble, gateway: TwilioGateway, accept: bool) -> None:
    double.drop(accept=accept)
    unanswered(gateway)
    assert (double.posts, len(double.messages)) == (1, accept)


@pytest.mark.parametrize("accept", [True, False])
def test_a_line_in_use_that_is_cut(double: TwilioDouble, gateway: TwilioGateway, accept: bool) -> None:
    send(gateway, text(to=DEE))
    double.drop(accept=accept)
    unanswered(gateway)
    assert (double.posts, len(double.messages)) == (2, 1 + accept)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"code": 20500, "message": "Internal", "status": 500}'),
        (500, "<html>"),
        (502, ""),
        (503, '{"code": 20503, "message": "Unavailable", "status": 503}'),
        (504, ""),
        # Twilio's own words for "perhaps", under whatever status.
        (400, '{"code": 20500, "message": "Internal", "status": 400}'),
        # Not in Twilio's words: from somebody on the way, who knows what they passed on.
        (400, "<html>"),
        (403, '{"error": "blocked"}'),
        (404, ""),
        (408, ""),
        (400, '{"code": null, "message": "", "status": 400}'),
        (400, '{"type": "x", "title": "x", "status": "bad", "code": "bad"}'),
        # A POST is never sent on to another place.
        (307, ""),
        (302, "{}"),
    ],
)
def test_an_error_that_leaves_it_open(double: TwilioDouble, gateway: TwilioGateway, status: int, body: str) -> None:
    double.answer(status, body, accept=True)
    unanswered(gateway)
    assert (double.posts, len(double.messages)) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "null",
        "[]",
        "7",
        '"x"',
        "{}",
        '{"sid": 7}',
        '{"sid": "SM1"}',
        '{"sid": null}',
        '{"sid": "SM00000000000000000000000000000000", "date_created": 7}',
        "{{{{",
    ],
)
def test_a_yes_that_cannot_be_read(double: TwilioDouble, gateway: TwilioGateway, body: str) -> None:
    double.answer(201, body, accept=True)
    unanswered(gateway)
    assert (double.posts, len(double.messages)) == (1, 1)


# Asking what became of it


def test_what_became_of_a_text(double: TwilioDouble, gateway: TwilioGateway) -> None:
    sid = send(gateway, text()).provider_id
    assert gateway.fetch(sid) == Report(sid, MessageStatus.SENT)
    double.settle(sid)
    assert gateway.fetch(sid) == Report(sid, MessageStatus.DELIVERED)
    double.settle(sid, "undelivered", 30003)
    assert gateway.fetch(sid) == Report(sid, MessageStatus.TEMPORARY_FAILURE, "30003")
    double.settle(sid, "a status of next year")
    assert gateway.fetch(sid) == Report(sid, MessageStatus.SENT)


def test_a_text_twilio_does_not_know(gateway: TwilioGateway) -> None:
    assert gateway.fetch("SM" + "f" * 32) is None


@pytest.mark.parametrize("odd", ["", "SM1", "SIM" + "0" * 32, "../../Accounts", "SM" + "0" * 32 + "/Media"])
def test_what_is_no_id_of_twilios_is_not_asked_for(double: TwilioDouble, gateway: TwilioGateway, odd: str) -> None:
    assert gateway.fetch(odd) is None
    assert double.requests == []


def test_nothing_personal_is_logged(
    double: TwilioDouble, gateway: TwilioGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sid = send(gateway, text()).provider_id
        gateway.fetch(sid)
        gateway.find(text(), datetime(2026, 11, 23, tzinfo=UTC))
    assert AMINA[1:] not in caplog.text
    assert "back tell you" not in caplog.text
    assert AUTH_TOKEN not in caplog.text
