"""Is a provider asked only as often as it may be, turned away from when it fails, and never doubled by another?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import reading
from companion.domain.alarm import AlarmKind
from companion.domain.message import MessageStatus
from companion.models import Alarm
from companion.use_cases import message, patient
from nudges.providers.gateway import Fault, Gateway, RefusedError, Report
from nudges.sending import carriers, outbox
from nudges.settling import reconciler
from tests.support import cast
from tests.support.providers import Provider, account, down, too_many
from tests.support.weather import silence
from tests.support.world import World

NOW = cast.MONDAY
SECOND = timedelta(seconds=1)


@pytest.fixture
def gateway() -> Provider:
    """The provider that is preferred."""
    return Provider("first")


def write(world: World, texts: int) -> None:
    """So many people, each with a text that staff wrote to them."""
    for number in range(texts):
        who = cast.enrolment(nhs_number=f"99900010{number:02}", mobile=f"+4477009002{number:02}")
        joined = patient.enrol(world.people.ben, who, world.now)
        message.write(world.people.ben, joined.id, f"Text {number}", world.now)


def send(world: World, *gateways: Gateway) -> int:
    """One beat of the outbox."""
    return outbox.send_due(gateways or [world.gateway], "test", lambda: world.now)


def statuses(world: World) -> set[MessageStatus]:
    """In which states the texts are."""
    return {text.status for text in world.messages()}


def alarms(kind: AlarmKind, open_only: bool = False) -> Sequence[Alarm]:
    """Every alarm of the kind, or those that still ring."""
    with reading() as session:
        wanted = select(Alarm).where(Alarm.kind == kind).order_by(Alarm.raised_at)
        return session.scalars(wanted.where(Alarm.cleared_at.is_(None)) if open_only else wanted).all()


def may_send(gateway: Gateway, now: datetime) -> int:
    """How many texts it may be asked to take at that moment."""
    chosen = carriers.choose([gateway], now, 100)
    return chosen[1] if chosen else 0


# The allowance of a sender.


def test_two_workers_together_keep_under_a_senders_rate(app: Flask) -> None:
    gateway = Provider("first", rate=10)
    allowed: list[int] = []
    together = Barrier(2)

    def worker() -> None:
        with app.app_context():
            for step in range(20):
                together.wait(10)
                allowed.append(carriers.allow(gateway, None, 7, NOW + step * SECOND / 10))

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 40
    assert 28 <= sum(allowed) <= 10 * 1.9 + 10


def test_each_sender_has_an_allowance_of_its_own(app: Flask) -> None:
    gateway = Provider("first", rate=5)
    assert carriers.allow(gateway, "+447700900500", 9, NOW) == 5
    assert carriers.allow(gateway, "+447700900501", 9, NOW) == 5
    assert carriers.allow(gateway, "+447700900500", 9, NOW) == 0


def test_what_was_allowed_and_not_needed_comes_back_and_no_more(app: Flask) -> None:
    gateway = Provider("first", rate=5)
    assert carriers.allow(gateway, None, 5, NOW) == 5
    carriers.give_back(gateway, None, 3)
    assert carriers.allow(gateway, None, 9, NOW) == 3
    carriers.give_back(gateway, None, 100)
    assert carriers.allow(gateway, None, 100, NOW) == 5


def test_a_slow_sender_still_sends(app: Flask) -> None:
    gateway = Provider("first", rate=0.125)
    allowed = [carriers.allow(gateway, None, 5, NOW + second * SECOND) for second in range(25)]
    assert sum(allowed) == 4


def test_a_clock_that_steps_back_neither_stops_a_sender_nor_frees_it(app: Flask) -> None:
    gateway = Provider("first", rate=10)
    assert carriers.allow(gateway, None, 99, NOW) == 10
    earlier = NOW - timedelta(hours=1)
    assert carriers.allow(gateway, None, 99, earlier) == 0
    assert carriers.allow(gateway, None, 99, earlier + SECOND) == 10


def test_two_machines_whose_clocks_differ_keep_under_the_rate_as_well(app: Flask) -> None:
    gateway = Provider("first", rate=10)
    ahead = sum(
        carriers.allow(gateway, None, 99, NOW + step * SECOND / 10 - (step % 2) * SECOND / 2) for step in range(20)
    )
    assert ahead <= 10 * 2.5 + 10


def test_a_round_sends_no_more_than_the_rate_and_the_rest_later(world: World) -> None:
    gateway = Provider("first", rate=3)
    write(world, 8)
    heard = []
    for _ in range(3):
        send(world, gateway)
        heard.append(len(gateway.heard))
        world.now += SECOND
    assert heard == [3, 6, 8]
    assert statuses(world) == {MessageStatus.SENT}


# Too many at once.


def test_too_many_holds_every_worker_longer_each_time_and_ends(app: Flask, gateway: Provider) -> None:
    now, holds = NOW, []
    for _ in range(9):
        carriers.note(gateway, [too_many()], now)
        began = now
        while not may_send(gateway, now):
            now += SECOND
        holds.append((now - began).total_seconds())
    assert holds == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    carriers.note(gateway, [Report("a", MessageStatus.SENT)], now + timedelta(seconds=61))
    carriers.note(gateway, [too_many()], now + timedelta(seconds=62))
    assert not may_send(gateway, now + timedelta(seconds=62))
    assert may_send(gateway, now + timedelta(seconds=63))


def test_what_was_under_way_when_it_said_so_does_not_lengthen_the_hold(app: Flask, gateway: Provider) -> None:
    for _ in range(5):
        carriers.note(gateway, [too_many()], NOW)
    assert may_send(gateway, NOW + SECOND)


def test_a_busy_provider_is_waited_for_and_not_turned_away_from(world: World, gateway: Provider) -> None:
    second = Provider("second")
    write(world, 3)
    gateway.mood = too_many()
    send(world, gateway, second)
    calls = len(gateway.heard)
    send(world, gateway, second)
    assert len(gateway.heard) == calls
    gateway.mood = None
    world.now += timedelta(seconds=2)
    send(world, gateway, second)
    assert (len(gateway.kept), second.heard) == (3, [])


# A fault of our account.


def test_an_account_fault_stops_everything_with_one_alarm_and_mends_itself(world: World, gateway: Provider) -> None:
    write(world, 5)
    gateway.mood = account()
    send(world)
    stopped_after = len(gateway.heard)
    for second in range(1, 241):
        world.now = NOW + second * SECOND
        send(world)
    tried = len(gateway.heard) - stopped_after
    assert 3 <= tried <= 4
    assert len(alarms(AlarmKind.ACCOUNT_FAULT)) == 1
    assert alarms(AlarmKind.ACCOUNT_FAULT, open_only=True)
    gateway.mood = None
    world.now += timedelta(seconds=61)
    send(world)
    world.now += 2 * SECOND
    send(world)
    assert statuses(world) == {MessageStatus.SENT}
    assert len(gateway.kept) == 5
    assert not alarms(AlarmKind.ACCOUNT_FAULT, open_only=True)
    assert len(alarms(AlarmKind.ACCOUNT_FAULT)) == 1


def test_two_workers_share_the_turn_at_trying_a_stopped_provider(app: Flask, gateway: Provider) -> None:
    carriers.note(gateway, [account()], NOW)
    later = NOW + timedelta(seconds=60)
    together = Barrier(2)
    turns: list[int] = []

    def worker() -> None:
        with app.app_context():
            together.wait(10)
            turns.append(may_send(gateway, later))

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == [0, 1]


def test_a_straggler_that_was_taken_does_not_end_an_account_fault(app: Flask, gateway: Provider) -> None:
    # Handed over before the account was suspended, and answered after.
    carriers.note(gateway, [account()], NOW)
    carriers.note(gateway, [Report("a", MessageStatus.SENT)], NOW)
    carriers.note(gateway, [account()], NOW)
    assert len(alarms(AlarmKind.ACCOUNT_FAULT)) == 1


def test_an_account_fault_of_one_provider_leaves_the_other(world: World, gateway: Provider) -> None:
    second = Provider("second")
    write(world, 3)
    gateway.mood = account()
    send(world, gateway, second)
    world.now += 2 * SECOND
    send(world, gateway, second)
    assert statuses(world) == {MessageStatus.SENT}
    assert len(second.kept) == 3


# A provider that fails.


def fail_first(world: World, first: Provider, second: Provider) -> None:
    """The first provider does not answer the door, until it is turned away from."""
    write(world, 6)
    first.mood = down()
    send(world, first, second)
    world.now += 2 * SECOND
    send(world, first, second)


def test_a_failing_provider_is_turned_away_from_with_one_alarm(world: World, gateway: Provider) -> None:
    second = Provider("second")
    fail_first(world, gateway, second)
    assert len(second.kept) == 6
    assert statuses(world) == {MessageStatus.SENT}
    assert {text.gateway for text in world.messages()} == {"second"}
    assert len(alarms(AlarmKind.PROVIDER_FAILING)) == 1


def test_a_few_failures_among_many_do_not_turn_it_away(app: Flask, gateway: Provider) -> None:
    carriers.note(gateway, [down()] * 4, NOW)
    assert may_send(gateway, NOW) == 100
    carriers.note(gateway, [Report(str(number), MessageStatus.SENT) for number in range(20)] + [down()] * 3, NOW)
    assert may_send(gateway, NOW) == 100
    assert not alarms(AlarmKind.PROVIDER_FAILING)


def test_failures_long_ago_do_not_count(app: Flask, gateway: Provider) -> None:
    carriers.note(gateway, [down()] * 4, NOW)
    carriers.note(gateway, [down()], NOW + carriers.WINDOW + SECOND)
    assert may_send(gateway, NOW + carriers.WINDOW + SECOND) == 100


def test_a_text_that_is_refused_for_its_own_sake_says_nothing_of_the_provider(app: Flask, gateway: Provider) -> None:
    carriers.note(gateway, [RefusedError("21211", permanent=True)] * 50, NOW)
    carriers.note(gateway, [RefusedError("not-handed-over", permanent=False, fault=Fault.OURS)] * 50, NOW)
    assert may_send(gateway, NOW) == 100


def test_it_is_not_turned_back_to_before_ten_minutes_nor_while_it_does_not_answer(
    world: World, gateway: Provider
) -> None:
    second = Provider("second")
    fail_first(world, gateway, second)
    gateway.mood = None
    failed_at = NOW
    carriers.recover([gateway, second], failed_at + carriers.AT_LEAST_AWAY - SECOND)
    assert chosen(gateway, second, failed_at + carriers.AT_LEAST_AWAY - SECOND) == "second"
    gateway.is_reachable = False
    later = failed_at + carriers.AT_LEAST_AWAY + timedelta(minutes=5)
    carriers.recover([gateway, second], later)
    assert chosen(gateway, second, later) == "second"
    gateway.is_reachable = True
    carriers.recover([gateway, second], later)
    assert chosen(gateway, second, later) == "first"
    assert not alarms(AlarmKind.PROVIDER_FAILING, open_only=True)
    assert len(alarms(AlarmKind.PROVIDER_FAILING)) == 1


def chosen(first: Provider, second: Provider, now: datetime) -> str | None:
    """Who would be asked now."""
    found = carriers.choose([first, second], now, 10)
    return found[0].name if found else None


def test_a_straggler_that_was_taken_does_not_turn_it_back_at_once(app: Flask, gateway: Provider) -> None:
    second = Provider("second")
    carriers.note(gateway, [down()] * 6, NOW)
    carriers.note(gateway, [Report("a", MessageStatus.SENT)], NOW + SECOND)
    assert chosen(gateway, second, NOW + SECOND) == "second"


def test_a_single_provider_that_fails_is_tried_with_one_text_at_a_time(world: World, gateway: Provider) -> None:
    write(world, 6)
    gateway.mood = down()
    send(world)
    before = len(gateway.heard)
    for second in range(1, 181):
        world.now = NOW + second * SECOND
        send(world)
    assert 2 <= len(gateway.heard) - before <= 3
    gateway.mood = None
    world.now += timedelta(seconds=61)
    send(world)
    world.now += 2 * SECOND
    send(world)
    assert statuses(world) == {MessageStatus.SENT}
    assert (len(gateway.kept), len(alarms(AlarmKind.PROVIDER_FAILING))) == (6, 1)
    assert not alarms(AlarmKind.PROVIDER_FAILING, open_only=True)


@pytest.mark.parametrize("went", [True, False])
def test_a_text_in_doubt_at_the_first_is_never_handed_to_the_second(
    world: World, gateway: Provider, went: bool
) -> None:
    second = Provider("second")
    write(world, 6)
    if went:
        gateway.ahead += [gateway.deliver_then(silence()) for _ in range(6)]
    else:
        gateway.mood = silence()
    send(world, gateway, second)
    assert statuses(world) == {MessageStatus.UNKNOWN}
    for _ in range(6):
        world.now += timedelta(minutes=9)
        reconciler.expire_leases(world.now)
        send(world, gateway, second)
        reconciler.ask(gateway, world.now)
        reconciler.ask(second, world.now)
    assert second.heard == []
    assert statuses(world) == ({MessageStatus.DELIVERED} if went else {MessageStatus.UNKNOWN})


def test_what_is_written_while_the_first_is_in_doubt_goes_by_the_second(world: World, gateway: Provider) -> None:
    second = Provider("second")
    write(world, 5)
    gateway.mood = silence()
    send(world, gateway, second)
    message.write(world.people.ben, world.people.dee.id, "Hello", world.now)
    send(world, gateway, second)
    assert [text.to for text in second.kept] == [cast.DEE_MOBILE]
