"""Does the simulator behave as a provider would, and can it never be mistaken for one that reaches people?"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Gateway, OutboundText, RefusedError, Report
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.support.calls import send

AMINA = "+447700900123"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def text(body: str = "How did the walk go, Amina?", to: str = AMINA) -> OutboundText:
    return OutboundText(uuid4(), to, body, timedelta(hours=4))


def test_it_is_a_gateway_by_name() -> None:
    gateway: Gateway = SimulatorGateway()
    assert gateway.name == "simulator"


def test_it_takes_a_text_and_keeps_it() -> None:
    simulator = SimulatorGateway()
    sent = text()
    report = send(simulator, sent)
    assert report.status is MessageStatus.SENT
    assert report.provider_id.startswith("SIM")
    assert simulator.kept == (sent,)


def test_each_text_has_an_id_of_its_own() -> None:
    simulator = SimulatorGateway()
    same = text()
    assert send(simulator, same).provider_id != send(simulator, same).provider_id


def test_it_delivers_what_it_took_and_says_so_after_a_restart() -> None:
    taken = send(SimulatorGateway(), text()).provider_id
    assert SimulatorGateway().fetch(taken) == Report(taken, MessageStatus.DELIVERED)


@pytest.mark.parametrize("stranger", ["", "SIM", "SIM" + "g" * 32, "SM" + "0" * 32, "SIM" + "0" * 33, "SIM" + "٠" * 32])
def test_it_knows_no_id_that_is_not_its_own(stranger: str) -> None:
    assert SimulatorGateway().fetch(stranger) is None


def test_it_finds_the_very_text_whatever_the_clock() -> None:
    simulator = SimulatorGateway()
    first, second = text(), text()
    send(simulator, first)
    taken = send(simulator, second)
    a_year_on = NOW + timedelta(days=365)
    assert simulator.find(second, a_year_on) == Report(taken.provider_id, MessageStatus.DELIVERED)
    assert simulator.find(text(), NOW) is None


def test_it_keeps_no_more_than_it_was_told_to() -> None:
    simulator = SimulatorGateway(keep=2)
    texts = [text() for _ in range(3)]
    for one in texts:
        send(simulator, one)
    assert simulator.kept == tuple(texts[1:])
    assert simulator.find(texts[0], NOW) is None


@pytest.mark.parametrize(
    ("body", "code"), [("", "21602"), (" \n", "21602"), ("x" * 1_601, "21617"), ("é" * 1_601, "21617")]
)
def test_it_refuses_a_body_as_the_provider_would(body: str, code: str) -> None:
    simulator = SimulatorGateway()
    with pytest.raises(RefusedError) as refused:
        send(simulator, text(body))
    assert (refused.value.code, refused.value.permanent) == (code, True)
    assert simulator.kept == ()


def test_it_takes_the_longest_body() -> None:
    send(SimulatorGateway(), text("x" * 1_600))


@pytest.mark.parametrize("number", ["+447700900000", "+447700900999"])
def test_it_takes_the_whole_drama_range(number: str) -> None:
    send(SimulatorGateway(), text(to=number))


@pytest.mark.parametrize(
    "number",
    [
        "+447700899999",
        "+447700901000",
        "07700900123",
        "+4477009001234",
        "+44770090012",
        "+447700900123\n",
        "+44770090012٣",
        "+15005550006",
        "",
    ],
)
def test_it_refuses_every_number_that_could_be_somebodys(number: str) -> None:
    simulator = SimulatorGateway()
    with pytest.raises(RefusedError) as refused:
        send(simulator, text(to=number))
    assert (refused.value.code, refused.value.permanent) == ("not-a-demo-number", True)
    assert simulator.kept == ()


def test_a_refusal_says_nothing_of_the_person() -> None:
    with pytest.raises(RefusedError) as refused:
        send(SimulatorGateway(), text("Amina, your knee", to="+447911123456"))
    assert "7911" not in repr(refused.value) + str(refused.value)
    assert "Amina" not in repr(refused.value) + str(refused.value)
    assert AMINA not in repr(text())
    assert "walk" not in repr(text())
