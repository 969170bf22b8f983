"""A text that the provider never had: when is that proved, and what follows from it?"""

from datetime import timedelta

import pytest

from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Message, Nudge
from companion.use_cases import message
from nudges.receiving.intake import Receipt
from nudges.settling import reconciler
from tests.support import dispatched
from tests.support.providers import HOUR, Provider
from tests.support.weather import fail, silence
from tests.support.world import World

MINUTE = timedelta(minutes=1)
UNKNOWN = MessageStatus.UNKNOWN


@pytest.fixture
def gateway() -> Provider:
    """A provider whose listing proves something after an hour."""
    return Provider()


def in_doubt(world: World, gateway: Provider) -> None:
    """Amina's first nudge was handed over, nobody answered, and it did not go."""
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    gateway.ahead.append(fail(silence()))
    world.send()
    assert only(world).status is UNKNOWN


def only(world: World) -> Message:
    """The one text there is."""
    [found] = world.messages()
    return found


def nudge(world: World) -> Nudge:
    """The nudge behind it."""
    [found] = [nudge for nudge in world.nudges() if nudge.id == only(world).nudge_id]
    return found


def ask_until(world: World, gateway: Provider, length: timedelta) -> None:
    """The reconciler goes round every minute; nothing is sent."""
    end = world.now + length
    while world.now < end:
        world.now += MINUTE
        reconciler.ask(gateway, world.now)


def test_before_the_time_that_proves_nothing_is_concluded(world: World, gateway: Provider) -> None:
    in_doubt(world, gateway)
    ask_until(world, gateway, HOUR - MINUTE)
    assert (only(world).status, only(world).absent_at) == (UNKNOWN, None)


def test_it_counts_only_when_it_is_absent_twice(world: World, gateway: Provider) -> None:
    in_doubt(world, gateway)
    world.now += HOUR
    for _ in range(3):
        reconciler.ask(gateway, world.now)
    assert only(world).absent_at is not None
    assert only(world).status is UNKNOWN
    world.now += MINUTE
    reconciler.ask(gateway, world.now)
    assert only(world).status is MessageStatus.CREATED


def test_proved_absent_it_goes_again_while_there_is_time_as_a_second_attempt(world: World, gateway: Provider) -> None:
    in_doubt(world, gateway)
    ask_until(world, gateway, HOUR * 3)
    assert only(world).status is MessageStatus.CREATED
    assert world.now < nudge(world).expires_at
    for _ in range(60):
        world.send()
        world.now += MINUTE
    assert [(attempt.number, attempt.outcome) for attempt in world.attempts()] == [
        (1, UNKNOWN),
        (2, MessageStatus.SENT),
    ]
    assert (len(gateway.kept), nudge(world).status) == (1, NudgeStatus.SENT)


def test_the_second_doubt_is_proved_anew(world: World, gateway: Provider) -> None:
    message.write(world.people.ben, world.people.amina.id, "Hello", world.now)
    gateway.ahead += [fail(silence()), fail(silence())]
    world.send()
    ask_until(world, gateway, HOUR * 3)
    world.send()
    assert (only(world).status, only(world).absent_at, len(gateway.heard)) == (UNKNOWN, None, 2)
    ask_until(world, gateway, HOUR - MINUTE)
    assert only(world).status is UNKNOWN
    ask_until(world, gateway, HOUR * 2)
    world.send()
    assert (only(world).status, len(gateway.kept)) == (MessageStatus.SENT, 1)


def test_proved_absent_too_late_the_nudge_lapses(world: World, gateway: Provider) -> None:
    in_doubt(world, gateway)
    world.now = nudge(world).expires_at
    ask_until(world, gateway, HOUR * 3)
    assert (only(world).status, only(world).error_code) == (MessageStatus.TECHNICAL_FAILURE, "not-taken")
    found = nudge(world)
    assert (found.status, found.reason, found.texted_on) == (NudgeStatus.LAPSED, Reason.SEND_FAILED, None)
    world.send()
    assert (gateway.kept, len(gateway.heard)) == ((), 1)


def test_what_staff_wrote_and_nobody_took_is_told_to_them(world: World, gateway: Provider) -> None:
    message.write(world.people.ben, world.people.amina.id, "Hello", world.now)
    gateway.ahead.append(fail(silence()))
    world.send()
    end = only(world).expires_at
    assert end is not None
    world.now = end
    ask_until(world, gateway, HOUR * 2)
    assert only(world).status is MessageStatus.TECHNICAL_FAILURE
    assert [task.kind.value for task in world.tasks()] == ["check-sending"]


@pytest.mark.parametrize("status", [MessageStatus.SENT, MessageStatus.DELIVERED])
def test_a_receipt_before_the_second_proof_wins(world: World, gateway: Provider, status: MessageStatus) -> None:
    in_doubt(world, gateway)
    world.now += HOUR
    reconciler.ask(gateway, world.now)
    assert only(world).absent_at is not None
    world.told(Receipt("simulator", only(world).id, "SIM" + "a" * 32, status))
    ask_until(world, gateway, HOUR * 2)
    for _ in range(30):
        world.send()
        world.now += MINUTE
    assert only(world).status is MessageStatus.DELIVERED
    assert (len(gateway.heard), nudge(world).status) == (1, NudgeStatus.SENT)


def test_a_receipt_after_the_proof_stops_the_second_attempt(world: World, gateway: Provider) -> None:
    in_doubt(world, gateway)
    ask_until(world, gateway, HOUR * 2)
    assert only(world).status is MessageStatus.CREATED
    world.told(Receipt("simulator", only(world).id, "SIM" + "a" * 32, MessageStatus.DELIVERED))
    assert only(world).status is MessageStatus.DELIVERED


def test_one_that_turns_up_at_the_second_look_is_no_longer_in_doubt(world: World, gateway: Provider) -> None:
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    gateway.ahead.append(gateway.deliver_then(silence()))
    world.send()
    hidden = list(gateway._kept)
    gateway._kept.clear()
    world.now += HOUR
    reconciler.ask(gateway, world.now)
    assert only(world).absent_at is not None
    gateway._kept.extend(hidden)
    world.now += MINUTE
    reconciler.ask(gateway, world.now)
    assert (only(world).status, nudge(world).status) == (MessageStatus.DELIVERED, NudgeStatus.SENT)
