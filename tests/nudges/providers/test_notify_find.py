"""Is a text in doubt found again at GOV.UK Notify, is nothing else taken for it, and what if Notify does not say?"""

import asyncio
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from nudges.providers.gateway import GatewayError, OutboundText, Report, UnansweredError
from nudges.providers.notify_gateway import LISTED_FOR, NotifyGateway
from tests.support.notify_account import API_KEY, SECRET, TEMPLATE_ID
from tests.support.notify_double import NotifyDouble

AMINA = "+447700900123"
SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHORT = 0.3
"""Seconds of silence to wait for, where silence is what comes."""


@pytest.fixture
def double() -> Iterator[NotifyDouble]:
    with NotifyDouble() as double:
        yield double


def gateway_to(url: str, timeout: float = 10.0, now: datetime = SINCE) -> NotifyGateway:
    return NotifyGateway(API_KEY, TEMPLATE_ID, url, timeout, clock=lambda: now)


@pytest.fixture
def gateway(double: NotifyDouble) -> NotifyGateway:
    return gateway_to(double.url)


def text() -> OutboundText:
    return OutboundText(uuid4(), AMINA, "Café or walk today, Amina?", timedelta(hours=3))


def send(gateway: NotifyGateway, what: OutboundText | None = None) -> Report:
    return asyncio.run(gateway.send(what or text()))


def assert_silent(error: GatewayError) -> None:
    shown = "".join(traceback.format_exception(error)) + repr(error)
    for secret in (AMINA[1:], "walk today", SECRET):
        assert secret not in shown
    assert error.__context__ is None
    assert error.__cause__ is None


def none_of_it_is_answered(gateway: NotifyGateway) -> None:
    with pytest.raises(UnansweredError) as fetching:
        gateway.fetch(TEMPLATE_ID)
    with pytest.raises(UnansweredError) as finding:
        gateway.find(text(), SINCE)
    assert_silent(fetching.value)
    assert_silent(finding.value)
    assert not gateway.answers()


def test_what_became_of_a_text(double: NotifyDouble, gateway: NotifyGateway) -> None:
    notify_id = send(gateway).provider_id
    assert gateway.fetch(notify_id) == Report(notify_id, MessageStatus.SENT)
    double.account.settle(notify_id, "delivered")
    assert gateway.fetch(notify_id) == Report(notify_id, MessageStatus.DELIVERED)
    double.account.settle(notify_id, "temporary-failure")
    assert gateway.fetch(notify_id) == Report(notify_id, MessageStatus.TEMPORARY_FAILURE, "temporary-failure")
    double.account.settle(notify_id, "a status of next year")
    assert gateway.fetch(notify_id) == Report(notify_id, MessageStatus.SENT)


def test_a_text_notify_does_not_know(gateway: NotifyGateway) -> None:
    assert gateway.fetch(str(uuid4())) is None


@pytest.mark.parametrize("odd", ["", "7", "SM" + "0" * 32, "../sms", f"{TEMPLATE_ID}/pdf", TEMPLATE_ID.upper()])
def test_what_is_no_id_of_notifys_is_not_asked_for(double: NotifyDouble, gateway: NotifyGateway, odd: str) -> None:
    assert gateway.fetch(odd) is None
    assert double.requests == []


def test_a_text_taken_before_the_answer_was_lost(double: NotifyDouble, gateway: NotifyGateway) -> None:
    missed, same_words = text(), text()
    send(gateway, same_words)
    double.drop(accept=True)
    with pytest.raises(UnansweredError):
        send(gateway, missed)
    found = gateway.find(missed, SINCE)
    assert found == Report(double.texts[1].id, MessageStatus.SENT)
    double.account.settle(found.provider_id, "delivered")
    assert gateway.find(missed, SINCE) == Report(found.provider_id, MessageStatus.DELIVERED)


def test_a_text_that_was_never_taken(double: NotifyDouble, gateway: NotifyGateway) -> None:
    missed = text()
    double.drop(accept=False)
    with pytest.raises(UnansweredError):
        send(gateway, missed)
    send(gateway, text())
    assert gateway.find(missed, SINCE) is None


def test_of_two_the_first_is_told(double: NotifyDouble, gateway: NotifyGateway) -> None:
    twice = text()
    first = send(gateway, twice)
    send(gateway, twice)
    assert gateway.find(twice, SINCE) == first


def test_after_the_retention_period_absence_proves_nothing(double: NotifyDouble) -> None:
    kept, gone = text(), text()
    send(gateway_to(double.url), kept)
    at_the_last = gateway_to(double.url, now=SINCE + LISTED_FOR)
    assert at_the_last.find(gone, SINCE) is None
    too_late = gateway_to(double.url, now=SINCE + LISTED_FOR + timedelta(seconds=1))
    with pytest.raises(UnansweredError, match="no longer listed"):
        too_late.find(gone, SINCE)
    assert too_late.find(kept, SINCE) is not None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (403, '{"status_code": 403, "errors": [{"error": "AuthError", "message": "Invalid token"}]}'),
        (404, "<html>"),
        (429, ""),
        (302, ""),
        (200, ""),
        (200, "[]"),
        (200, "{}"),
        (200, '{"notifications": 7}'),
        (200, '{"notifications": [7]}'),
        (200, '{"notifications": [{"id": "f33517ff-2a88-4f6e-b855-c550268ce08a", "reference": "another"}]}'),
    ],
)
def test_a_question_that_is_not_answered(double: NotifyDouble, gateway: NotifyGateway, status: int, body: str) -> None:
    double.answer(status, body, accept=True, times=3, method="GET")
    none_of_it_is_answered(gateway)
    assert len(double.requests) == 3


@pytest.mark.parametrize("hang", [True, False])
def test_a_question_that_nobody_hears(double: NotifyDouble, hang: bool) -> None:
    gateway = gateway_to(double.url, SHORT)
    for _ in range(3):
        if hang:
            double.hang(accept=True, method="GET")
        else:
            double.drop(accept=True, method="GET")
    none_of_it_is_answered(gateway)


def test_it_answers_when_the_template_has_a_place_for_our_words(double: NotifyDouble, gateway: NotifyGateway) -> None:
    assert gateway.answers()
    double.account.template = "Your appointment is on ((date))"
    assert not gateway.answers()
    assert double.posts == 0


def test_it_takes_nothing_back_and_forgets_by_itself(double: NotifyDouble, gateway: NotifyGateway) -> None:
    assert gateway.recall(TEMPLATE_ID) is None
    gateway.redact(TEMPLATE_ID)
    assert double.requests == []
