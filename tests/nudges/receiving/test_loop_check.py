"""Does a text go out and come back each night, and is it said when it does not? The worker's own beats, on both
databases; the phone is the simulator's."""

import logging
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import reading
from companion.domain.alarm import AlarmKind
from companion.domain.message import MessageKind, MessageStatus
from companion.models import LoopCheck, Message
from companion.upkeep import alarm
from companion.use_cases import engagement
from nudges import worker
from nudges.providers.gateway import OutboundText, RefusedError
from nudges.receiving import loop_check
from tests.support import cast
from tests.support.weather import Weather
from tests.support.world import World

PHONE = "+447700900998"
MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def beat(world: World, phone: str | None = PHONE) -> None:
    """Every beat of a worker, twice: what the last one wrote, the first ones send."""
    beats = worker.beats([world.gateway], "test", lambda: world.now, phone)
    for work in (*beats.values(), *beats.values()):
        work()


def checks() -> list[LoopCheck]:
    with reading() as session:
        return list(session.scalars(select(LoopCheck).order_by(LoopCheck.slot_at)))


def off(_text: OutboundText) -> None:
    raise RefusedError("30006", permanent=True)


def test_a_text_goes_out_and_comes_back_once_a_night(world: World) -> None:
    world.now = NIGHT - MINUTE
    beat(world)
    [first] = checks()
    assert first.slot_at == NIGHT - timedelta(days=1), "whoever was down last night makes up for it"
    beat(world)
    assert len(checks()) == 1
    world.now = NIGHT
    for _ in range(24):
        beat(world)
        world.now += 60 * MINUTE - timedelta(seconds=1)
    found = checks()
    assert [check.slot_at for check in found] == [NIGHT - timedelta(days=1), NIGHT]
    assert all(check.passed_at and check.delivered_at and check.replied_at for check in found)
    assert alarm.still_open() == []
    assert world.tasks() == [], "nobody is bothered"
    assert {text.kind for text in world.messages()} == {MessageKind.CHECK, MessageKind.INBOUND}
    assert len(world.messages()) == 4
    assert all(text.handled_at for text in world.messages(kind=MessageKind.INBOUND))


def test_without_a_phone_there_is_no_check(world: World) -> None:
    beat(world, None)
    assert checks() == []


def test_it_is_not_counted_as_anybodys_text(world: World) -> None:
    today = world.now.date()
    chandra = world.people.chandra
    before = engagement.by_behaviour(chandra, today, today, world.now)
    beat(world)
    assert checks()[0].passed_at
    assert engagement.by_behaviour(chandra, today, today, world.now) == before


@pytest.fixture
def gateway() -> Weather:
    """The phones, in weather of the test's own choosing."""
    return Weather()


def test_what_does_not_come_back_raises_the_alarm_and_the_next_good_one_clears_it(
    world: World, gateway: Weather, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    gateway.ahead = [off, off]
    beat(world)
    world.now += loop_check.BACK_WITHIN - MINUTE
    beat(world)
    assert alarm.still_open() == []
    world.now += MINUTE
    beat(world)
    [raised] = alarm.still_open()
    assert raised.kind is AlarmKind.LOOP_BROKEN
    assert "no receipt" in caplog.text
    assert PHONE not in caplog.text
    world.now += loop_check.AGAIN_AFTER
    beat(world)
    world.now += loop_check.BACK_WITHIN
    beat(world)
    assert [raised.raised_at for raised in alarm.still_open()] == [raised.raised_at], "it is raised once"
    assert [record.levelno for record in caplog.records].count(logging.CRITICAL) == 1
    world.now += loop_check.AGAIN_AFTER
    beat(world)
    assert alarm.still_open() == []
    ends = [(check.passed_at is None, check.failed_at is None) for check in checks()]
    assert ends == [(True, False), (True, False), (False, True)]


def test_a_text_that_is_delivered_and_not_answered_is_not_back(world: World) -> None:
    loop_check.start(PHONE, world.now)
    world.beat()
    world.now += loop_check.BACK_WITHIN
    loop_check.judge(world.now)
    [check] = checks()
    assert (check.delivered_at is None, check.replied_at, check.failed_at) == (False, None, world.now)
    assert len(alarm.still_open()) == 1
    # Late is too late, and still nobody's task.
    world.texts(f"Loop check {check.code}", number=PHONE)
    [check] = checks()
    assert (check.replied_at, check.passed_at) == (world.now, None)
    assert world.tasks() == []
    assert len(alarm.still_open()) == 1


def test_the_code_alone_is_our_phones_and_only_from_there(world: World) -> None:
    loop_check.start(PHONE, world.now)
    [check] = checks()
    world.texts(f"Loop check {check.code}", number="+447700900777")
    world.texts(f"Loop check {check.code}", number=cast.AMINA_MOBILE)
    world.texts("Loop check ACDEFGHJ", number=PHONE)
    world.texts("Where am I?", number=PHONE)
    assert checks()[0].replied_at is None
    assert len(world.tasks()) == 4, "whatever else comes in is read by a person"
    world.texts(f"Sent from a trial account - Loop check {check.code}", number=PHONE)
    assert checks()[0].replied_at == world.now
    assert len(world.tasks()) == 4


def test_only_what_comes_to_our_own_phone_is_sent_back(world: World) -> None:
    loop_check.start(PHONE, world.now)
    [check] = checks()
    words = f"Loop check {check.code}"
    assert loop_check.echo(PHONE, words) == words
    for number, body in ((cast.AMINA_MOBILE, words), ("", words), (PHONE, "Loop check"), (PHONE, ""), (PHONE, "\x00")):
        assert loop_check.echo(number, body) is None, (number, body)


@pytest.mark.parametrize(
    ("started", "failed", "now", "due"),
    [
        (None, None, NIGHT - MINUTE, NIGHT - timedelta(days=1)),
        (None, None, NIGHT, NIGHT),
        (NIGHT - timedelta(days=1), None, NIGHT - MINUTE, None),
        (NIGHT - timedelta(days=1), None, NIGHT + 9 * MINUTE, NIGHT),
        (NIGHT, None, NIGHT + timedelta(hours=20), None),
        (NIGHT, NIGHT + 30 * MINUTE, NIGHT + 89 * MINUTE, None),
        (NIGHT, NIGHT + 30 * MINUTE, NIGHT + 95 * MINUTE, NIGHT + 90 * MINUTE),
        (NIGHT - timedelta(days=10), NIGHT - timedelta(days=10), NIGHT, NIGHT),
        # The clock went back: what is done is done.
        (NIGHT, None, NIGHT - timedelta(days=3), None),
    ],
)
def test_when_a_check_is_due(
    started: datetime | None, failed: datetime | None, now: datetime, due: datetime | None
) -> None:
    newest = None if started is None else LoopCheck(slot_at=started, failed_at=failed)
    assert loop_check.due_slot(newest, now) == due
    assert time(3) == loop_check.NIGHTLY_AT


def test_no_pain_service_no_check(app: Flask) -> None:
    assert not loop_check.start(PHONE, NIGHT)
    assert checks() == []


def test_of_two_who_start_it_at_once_one_does(app: Flask, world: World) -> None:
    assert [loop_check.start(PHONE, world.now) for _ in range(2)] == [True, False]
    with reading() as session:
        [text] = session.scalars(select(Message))
    assert (text.status, text.patient_id, text.number) == (MessageStatus.CREATED, None, PHONE)
