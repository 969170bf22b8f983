"""What if nobody can say whether a text went? It is asked about, and never sent again on a guess."""

from datetime import timedelta

import pytest
from flask import Flask

from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Message
from nudges.providers.gateway import OutboundText
from nudges.sending import claims
from nudges.settling import reconciler
from tests.support import cast, dispatched
from tests.support.weather import Blind, PowerCutError, Weather, fail, passing, silence
from tests.support.world import World


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


@pytest.mark.parametrize("went", [True, False])
def test_no_answer_is_unknown_and_settled_by_asking_never_by_sending_again(
    world: World, gateway: Weather, went: bool
) -> None:
    waiting(world)
    gateway.ahead.append(gateway.deliver_then(silence()) if went else fail(silence()))
    world.send()
    assert (only(world).status, nudge_status(world)) == (MessageStatus.UNKNOWN, (NudgeStatus.SENT, None))
    world.now += timedelta(minutes=1)
    world.beat()
    world.beat()
    world.now += timedelta(minutes=30)
    world.beat()
    assert only(world).status is (MessageStatus.DELIVERED if went else MessageStatus.UNKNOWN)
    assert len(gateway.heard) == 1


@pytest.mark.parametrize("went", [True, False])
def test_a_worker_that_dies_in_the_call_leaves_unknown_and_nobody_sends_again(
    world: World, gateway: Weather, went: bool
) -> None:
    waiting(world)
    gateway.ahead.append(gateway.deliver_then(PowerCutError()) if went else fail(PowerCutError()))
    with pytest.raises(PowerCutError):
        world.send()
    assert only(world).status is MessageStatus.SENDING
    assert world.send() == 0
    world.now += claims.LEASE + timedelta(seconds=1)
    world.send()
    assert (only(world).status, nudge_status(world)) == (MessageStatus.UNKNOWN, (NudgeStatus.SENT, None))
    world.pass_time(timedelta(hours=1))
    assert only(world).status is (MessageStatus.DELIVERED if went else MessageStatus.UNKNOWN)
    assert len(gateway.heard) == 1


def test_a_slow_refusal_after_the_lease_is_certain_all_the_same(world: World, gateway: Weather) -> None:
    waiting(world)

    def slow(_text: OutboundText) -> None:
        world.now += claims.LEASE * 2
        reconciler.expire_leases(world.now)
        raise passing()

    gateway.ahead.append(slow)
    world.send()
    assert only(world).status is MessageStatus.CREATED
    world.now += timedelta(minutes=1)
    world.send()
    assert (only(world).status, len(gateway.kept)) == (MessageStatus.SENT, 1)


def test_a_provider_that_cannot_be_asked_leaves_it_unknown(app: Flask) -> None:
    gateway = Blind()
    world = World(gateway, cast.assemble())
    waiting(world)
    gateway.ahead.append(gateway.deliver_then(silence()))
    world.send()
    world.pass_time(timedelta(hours=3))
    assert only(world).status is MessageStatus.UNKNOWN
    assert len(gateway.heard) == 1
