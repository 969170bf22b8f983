"""What does the gateway make of everything GOV.UK Notify can do to a text? The real client, over a real socket."""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Fault, Gateway, GatewayError, OutboundText, RefusedError, Report, UnansweredError
from nudges.providers.notify_gateway import LONGEST_BODY, SHORTEST_VALIDITY, NotifyGateway
from tests.support.notify_account import API_KEY, SECRET, SENDER, SERVICE_ID, TEMPLATE_ID
from tests.support.notify_double import NotifyDouble

AMINA = "+447700900123"
DEE = "+447700900456"
BODY = "Keep curious: what did your back tell you today, Amina? £5 says you noticed – reply 0-10"
SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOURS = timedelta(hours=3)
SHORT = 0.3
"""Seconds of silence to wait for, where silence is what comes."""


@pytest.fixture
def double() -> Iterator[NotifyDouble]:
    with NotifyDouble() as double:
        yield double


def gateway_to(
    url: str, timeout: float = 10.0, key: str = API_KEY, template: str = TEMPLATE_ID, now: datetime = SINCE
) -> NotifyGateway:
    return NotifyGateway(key, template, url, timeout, clock=lambda: now)


@pytest.fixture
def gateway(double: NotifyDouble) -> NotifyGateway:
    return gateway_to(double.url)


def text(body: str = BODY, to: str = AMINA, valid_for: timedelta = HOURS, sender: str | None = None) -> OutboundText:
    return OutboundText(uuid4(), to, body, valid_for, sender)


def send(gateway: Gateway, what: OutboundText | None = None) -> Report:
    return asyncio.run(gateway.send(what or text()))


def refused(gateway: NotifyGateway, what: OutboundText | None = None) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        send(gateway, what)
    assert_silent(caught.value)
    return caught.value


def unanswered(gateway: NotifyGateway, what: OutboundText | None = None) -> str:
    with pytest.raises(UnansweredError) as caught:
        send(gateway, what)
    assert_silent(caught.value)
    return caught.value.reason


def assert_silent(error: GatewayError) -> None:
    """No number, no words of the text: neither in the error nor in what a log would print of it."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    for secret in (AMINA, AMINA[1:], SENDER, "back tell you", SECRET):
        assert secret not in shown
    assert error.__context__ is None
    assert error.__cause__ is None


# Sending


def test_a_text_is_handed_over_whole(double: NotifyDouble, gateway: Gateway) -> None:
    sent = text(sender="+447700900500")
    report = send(gateway, sent)
    [taken] = double.texts
    assert report == Report(taken.id, MessageStatus.SENT)
    assert (taken.to, taken.body, taken.reference) == (AMINA, BODY, str(sent.message_id))
    # The pain service's own number means nothing to Notify.
    [asked] = double.account.forms
    assert asked.keys() == {"phone_number", "template_id", "personalisation", "reference"}
    assert (gateway.name, gateway.texts_per_second, double.requests) == (
        "notify",
        50.0,
        [("POST", "/v2/notifications/sms")],
    )


def test_threads_do_not_stand_in_each_others_way(double: NotifyDouble, gateway: NotifyGateway) -> None:
    texts = [text() for _ in range(24)]
    together = Barrier(8, timeout=10)

    def some(part: list[OutboundText]) -> list[Report]:
        together.wait()
        return [send(gateway, each) for each in part]

    with ThreadPoolExecutor(8) as pool:
        reports = [report for done in pool.map(some, [texts[at::8] for at in range(8)]) for report in done]
    assert sorted(report.provider_id for report in reports) == sorted(taken.id for taken in double.texts)
    assert {taken.reference for taken in double.texts} == {str(each.message_id) for each in texts}


def test_many_are_under_way_at_once(double: NotifyDouble, gateway: NotifyGateway) -> None:
    async def all_of_them() -> list[Report]:
        return await asyncio.gather(*(gateway.send(text()) for _ in range(20)))

    assert {report.provider_id for report in asyncio.run(all_of_them())} == {taken.id for taken in double.texts}
    assert double.posts == len(double.texts) == 20


# Not handed over at all


@pytest.mark.parametrize(
    ("body", "valid_for", "code", "permanent"),
    [
        (BODY, SHORTEST_VALIDITY - timedelta(seconds=1), "too-little-time", False),
        (BODY, timedelta(0), "too-little-time", False),
        (BODY, -HOURS, "too-little-time", False),
        ("x" * (LONGEST_BODY + 1), HOURS, "too-long", True),
        ("", HOURS, "empty", True),
        (" \n", HOURS, "empty", True),
    ],
)
def test_what_notify_is_not_asked_to_take(
    double: NotifyDouble, gateway: NotifyGateway, body: str, valid_for: timedelta, code: str, permanent: bool
) -> None:
    found = refused(gateway, text(body, valid_for=valid_for))
    assert (found.code, found.permanent, found.fault) == (code, permanent, Fault.TEXT)
    assert double.requests == []


def test_what_it_is_just_asked_to_take(double: NotifyDouble, gateway: NotifyGateway) -> None:
    send(gateway, text("x" * LONGEST_BODY, valid_for=SHORTEST_VALIDITY))
    assert [len(taken.body) for taken in double.texts] == [LONGEST_BODY]


# Refused: certainly not taken


def test_a_number_that_is_none(gateway: NotifyGateway) -> None:
    found = refused(gateway, text(to="+4420790"))
    assert (found.permanent, found.status, found.fault) == (True, MessageStatus.PERMANENT_FAILURE, Fault.TEXT)


def test_a_number_that_stands_in_the_refusal(double: NotifyDouble, gateway: NotifyGateway) -> None:
    double.refuse("ValidationError", words=f"phone_number {AMINA} Not enough digits")
    assert refused(gateway).code == "ValidationError"
    assert (double.posts, double.texts) == (1, [])


@pytest.mark.parametrize(
    ("key", "template", "code"),
    [
        (f"pain_service-{SERVICE_ID}-{SERVICE_ID}", TEMPLATE_ID, "AuthError"),
        (f"pain_service-{SECRET}-{SECRET}", TEMPLATE_ID, "AuthError"),
        (API_KEY, SERVICE_ID, "BadRequestError"),
    ],
)
def test_an_account_at_fault(double: NotifyDouble, key: str, template: str, code: str) -> None:
    gateway = gateway_to(double.url, key=key, template=template)
    found = refused(gateway)
    assert (found.code, found.permanent, found.fault) == (code, False, Fault.ACCOUNT)
    assert not gateway.answers()


@pytest.mark.parametrize("error", ["RateLimitError", "TooManyRequestsError"])
def test_too_many(double: NotifyDouble, gateway: NotifyGateway, error: str) -> None:
    double.refuse(error, 429)
    found = refused(gateway)
    assert (found.code, found.permanent, found.fault) == (error, False, Fault.PACE)
    assert double.posts == 1


def test_a_text_to_nobody_is_certainly_not_taken() -> None:
    with NotifyDouble() as gone:
        pass
    gateway = gateway_to(gone.url)
    found = refused(gateway)
    assert (found.code, found.permanent, found.fault) == ("not-connected", False, Fault.PROVIDER)
    assert not gateway.answers()


# Unanswered: nobody knows


@pytest.mark.parametrize("accept", [True, False])
def test_silence(double: NotifyDouble, accept: bool) -> None:
    double.hang(accept=accept)
    assert unanswered(gateway_to(double.url, SHORT)) == "ReadTimeout"
    assert (double.posts, len(double.texts)) == (1, accept)


@pytest.mark.parametrize("accept", [True, False])
def test_a_line_that_is_cut(double: NotifyDouble, gateway: NotifyGateway, accept: bool) -> None:
    double.drop(accept=accept)
    unanswered(gateway)
    assert (double.posts, len(double.texts)) == (1, accept)


@pytest.mark.parametrize("accept", [True, False])
def test_a_line_in_use_that_is_cut(double: NotifyDouble, gateway: NotifyGateway, accept: bool) -> None:
    async def two() -> None:
        # One loop, and one after the other: the second finds the thread and the line of the first.
        await gateway.send(text(to=DEE))
        double.drop(accept=accept)
        await gateway.send(text())

    with pytest.raises(UnansweredError):
        asyncio.run(two())
    assert (double.posts, len(double.texts)) == (2, 1 + accept)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, '{"status_code": 500, "errors": [{"error": "Exception", "message": "Internal server error"}]}'),
        (500, "<html>"),
        (502, ""),
        (503, "Service unavailable"),
        (504, ""),
        # Not in Notify's words: from somebody on the way, who knows what they passed on.
        (400, "<html>"),
        (400, "[]"),
        (400, "7"),
        (400, '{"errors": []}'),
        (400, '{"errors": {"error": "ValidationError"}}'),
        (400, '{"errors": [{"error": 7, "message": "phone_number"}]}'),
        (400, '{"errors": [{"error": "not a name", "message": "phone_number"}]}'),
        (400, '{"message": "ValidationError"}'),
        (403, '{"result": "error", "message": {"token": ["Invalid token"]}}'),
        (404, ""),
        (408, ""),
        # A POST is never sent on to another place.
        (307, ""),
        (302, "{}"),
    ],
)
def test_an_error_that_leaves_it_open(double: NotifyDouble, gateway: NotifyGateway, status: int, body: str) -> None:
    double.answer(status, body, accept=True)
    assert unanswered(gateway) == f"HTTP {status}"
    assert (double.requests, len(double.texts)) == ([("POST", "/v2/notifications/sms")], 1)


def test_an_error_without_end_leaves_it_open(double: NotifyDouble, gateway: NotifyGateway) -> None:
    double.answer(400, "[" * 100_000, accept=True)
    assert unanswered(gateway) == "unreadable answer"


@pytest.mark.parametrize(
    "body", ["", "<html>", "null", "[]", "7", '"x"', "{}", '{"id": 7}', '{"id": null}', '{"id": "../x"}', "[" * 100_000]
)
def test_a_yes_that_cannot_be_read(double: NotifyDouble, gateway: NotifyGateway, body: str) -> None:
    double.answer(201, body, accept=True)
    assert unanswered(gateway) == "unreadable answer"
    assert (double.posts, len(double.texts)) == (1, 1)


# What nobody else is to see


def test_nothing_personal_is_logged(
    double: NotifyDouble, gateway: NotifyGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway.fetch(send(gateway).provider_id)
        gateway.find(text(), SINCE)
        double.refuse("ValidationError", words=f"phone_number {AMINA} back tell you")
        refused(gateway)
    for secret in (AMINA[1:], SENDER, "back tell you", SECRET):
        assert secret not in caplog.text


def test_no_proxy_is_asked_on_the_way_to_a_double(double: NotifyDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    with NotifyDouble() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        send(gateway_to(double.url))
        assert (double.posts, proxy.requests) == (1, [])
