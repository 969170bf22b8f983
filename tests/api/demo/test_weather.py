"""Does the weather do what was forecast, and nothing else?"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.demo.fortnight import VirtualClock
from api.demo.weather import Forecast, Outage, Weather
from companion.domain.message import MessageStatus
from nudges.providers.gateway import OutboundText, RefusedError, UnansweredError
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support.calls import send

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def text() -> OutboundText:
    """A text of ours."""
    return OutboundText(uuid4(), "+447700900101", "Amina, a question from your plan", HOUR)


def weather(forecast: Forecast, now: datetime = NOON) -> tuple[Weather, VirtualClock]:
    """The simulator in that weather, and the clock that it goes by."""
    clock = VirtualClock(now)
    return Weather(SimulatorGateway(), clock, forecast), clock


def test_in_fair_weather_texts_arrive() -> None:
    fair, _ = weather(Forecast())
    sent = text()
    report = send(fair, sent)
    assert report.status is MessageStatus.SENT
    assert fair.fetch(report.provider_id)
    assert [(arrival.at, arrival.text) for arrival in fair.arrivals] == [(NOON, sent)]


def test_in_an_outage_nothing_is_taken_and_nothing_told() -> None:
    out, clock = weather(Forecast([Outage(NOON, NOON + HOUR)]))
    with pytest.raises(RefusedError) as refusal:
        send(out, text())
    assert not refusal.value.permanent
    with pytest.raises(UnansweredError):
        out.fetch("SIM")
    with pytest.raises(UnansweredError):
        out.find(text(), NOON)
    assert out.arrivals == []
    clock.now += HOUR
    send(out, text())
    assert len(out.arrivals) == 1


def test_an_answer_is_lost_once_and_found_after_a_while() -> None:
    bad, clock = weather(Forecast(lost_answers_at=[NOON + HOUR]))
    send(bad, text())
    clock.now += HOUR
    lost = text()
    with pytest.raises(UnansweredError):
        send(bad, lost)
    send(bad, text())
    assert len(bad.arrivals) == 3
    assert bad.find(lost, NOON) is None
    clock.now += timedelta(minutes=10)
    found = bad.find(lost, NOON)
    assert found is not None
    assert found.status is MessageStatus.DELIVERED
