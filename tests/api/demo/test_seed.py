"""Does an empty database come to life, whenever that is, and is one with somebody in it left alone?"""

from datetime import UTC, datetime, timedelta

import pytest

from api.demo import cast, seed
from companion.domain.access import Actor, system
from companion.domain.message import MessageKind
from companion.domain.refusal import ConflictError
from companion.domain.task import TaskStatus
from companion.use_cases import nudge, pain_service, patient, phone, sign_in, task
from companion.use_cases.sign_in import Attempt
from nudges import worker
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.demo.conftest import Empty
from tests.api.demo.played import silent

# 11pm on a Sunday, after Christmas and New Year: outside everybody's ordinary hours.
NOW = datetime(2027, 1, 3, 23, 0, 12, tzinfo=UTC)


def beat(gateway: SimulatorGateway, now: datetime) -> None:
    """One round of the real worker."""
    for work in worker.beats([gateway], "test", lambda: now).values():
        work()


def nudges_on(actor: Actor, number: str) -> int:
    """How many nudges a phone shows."""
    [found] = [one for one in phone.of_pain_service(actor) if one.patient.mobile == number]
    return sum(text.message.kind is MessageKind.NUDGE for text in found.texts)


def test_texts_arrive_on_aminas_phone_while_somebody_watches(empty: Empty) -> None:
    heard: list[tuple[int, int]] = []
    gateway = SimulatorGateway()
    with empty():
        seed.fill(gateway, NOW, lambda done, total: heard.append((done, total)))
        service = pain_service.oldest()
        actor = system(service.id)
        [amina] = [one for one in patient.listed(actor, 0, 100, NOW).items if one.given_name == "Amina"]
        before = nudges_on(actor, amina.mobile)
        beat(gateway, NOW)
        assert nudges_on(actor, amina.mobile) == before
        beat(gateway, NOW + timedelta(minutes=1))
        assert nudges_on(actor, amina.mobile) == before + 1
        nudge.bring_forward(actor, amina.id, NOW + timedelta(minutes=2))
        beat(gateway, NOW + timedelta(minutes=2))
        assert nudges_on(actor, amina.mobile) == before + 2
        assert task.inbox(actor, TaskStatus.REQUESTED, 0, 100, NOW).total >= 2
        for person in cast.people():
            assert sign_in.sign_in(Attempt(person.email, cast.PASSWORD), NOW).name == person.name
        with pytest.raises(ConflictError):
            seed.fill(gateway, NOW, silent)
    assert heard[-1][0] == heard[-1][1]
    assert heard == sorted(heard)


def test_whoever_has_a_pain_service_keeps_it_to_themselves(empty: Empty) -> None:
    with empty():
        pain_service.create(pain_service.Opening("Ours", "ours", "01632 960001"), NOW)
        with pytest.raises(ConflictError):
            seed.fill(SimulatorGateway(), NOW, silent)
        assert [service.name for service in pain_service.every()] == ["Ours"]
