"""Is what came of each text written down, whatever happens to the database, the provider or the text beside it?"""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Timer

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.exc import OperationalError

from companion.db import db
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.models import Message
from companion.use_cases import message
from nudges.providers.gateway import Fault, OutboundText, RefusedError, Report, UnansweredError
from nudges.sending import claims, outbox, outcomes
from nudges.settling import reconciler
from tests.support import cast, dispatched
from tests.support.databases import SQLITE, both, on_postgresql
from tests.support.providers import Provider
from tests.support.weather import Surprise, fail, for_good
from tests.support.world import World

pytestmark = both

SENT, UNKNOWN = MessageStatus.SENT, MessageStatus.UNKNOWN


@pytest.fixture
def gateway() -> Provider:
    """Phones."""
    return Provider()


def write(world: World) -> None:
    """A text to Amina and one to Dee."""
    for who in (world.people.amina, world.people.dee):
        message.write(world.people.ben, who.id, f"Hello {who.given_name}", world.now)


def by_name(world: World) -> dict[str, Message]:
    """Both texts."""
    return {made.body.removeprefix("Hello "): made for made in world.messages()}


async def lose_postgresql(_text: OutboundText) -> None:
    """The server cuts every connection that we have, when all are idle."""
    await asyncio.sleep(0.15)
    with create_engine(db.engine.url, poolclass=NullPool).connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all()


def lock_sqlite(_text: OutboundText) -> None:
    """Somebody else writes, for longer than anybody waits."""
    event.listen(db.engine, "checkout", wait_for_nobody)
    other = sqlite3.connect(db.engine.url.database or "", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    Timer(0.2, other.close).start()


def wait_for_nobody(connection: sqlite3.Connection, *_: object) -> None:
    """A moment, and then an error."""
    connection.execute("PRAGMA busy_timeout = 10")


@pytest.fixture
def lose(database_kind: str) -> Iterator[Surprise]:
    """The way in which a database of this kind goes away."""
    if database_kind == SQLITE:
        yield lock_sqlite
        event.remove(db.engine, "checkout", wait_for_nobody)
    else:
        yield lose_postgresql


def test_a_database_that_goes_away_and_comes_back_loses_no_answer(
    world: World, gateway: Provider, lose: Surprise, caplog: pytest.LogCaptureFixture
) -> None:
    write(world)
    gateway.ahead.append(lose)
    with suppress(OperationalError):
        world.send()
    assert {made.status for made in world.messages()} == {SENT}
    assert {attempt.outcome for attempt in world.attempts()} == {SENT}
    assert {made.provider_id for made in world.messages()} == {f"{found}" for found, _ in gateway._kept}
    if lose is lock_sqlite:  # on PostgreSQL a dead connection is noticed before it is used
        assert "wait for the database" in caplog.text


@pytest.mark.parametrize("went", [True, False])
def test_an_error_that_nobody_foresaw_leaves_it_unknown_and_is_logged(
    world: World, gateway: Provider, went: bool, caplog: pytest.LogCaptureFixture
) -> None:
    write(world)
    odd = ZeroDivisionError("odd")
    gateway.ahead.append(gateway.deliver_then(odd) if went else fail(odd))
    world.send()
    assert sorted(made.status for made in world.messages()) == [SENT, UNKNOWN]
    assert sorted(attempt.outcome or "" for attempt in world.attempts()) == [SENT, UNKNOWN]
    [logged] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "ZeroDivisionError" in caplog.text
    assert logged.exc_info is not None
    for secret in (cast.AMINA_MOBILE, cast.DEE_MOBILE, "Hello Amina", "Hello Dee"):
        assert secret not in caplog.text
    world.send()
    assert len(gateway.heard) == 2


def test_a_text_that_waited_too_long_for_its_turn_goes_back_undone(world: World, gateway: Provider) -> None:
    write(world)
    claimed = claims.claim(gateway, "test", world.now, 1)
    late = world.now - outbox.FRESH - timedelta(seconds=1)

    async def hand_over() -> outcomes.Outcome:
        return await outbox._Round([gateway], "test", lambda: world.now, 1, None)._call(gateway, claimed[0], late)

    outcome = asyncio.run(hand_over())
    assert gateway.heard == []
    assert isinstance(outcome, RefusedError)
    assert (outcome.fault, outcome.permanent) == (Fault.OURS, False)
    outcomes.record([(claimed[0], outcome)], world.now)
    world.now += timedelta(seconds=2)
    world.send()
    assert {made.status for made in world.messages()} == {SENT}
    assert len(gateway.kept) == 2


@pytest.mark.parametrize("leap", [timedelta(hours=3), timedelta(hours=-3)])
def test_a_text_is_not_handed_over_at_an_hour_for_which_it_was_not_claimed(
    world: World, gateway: Provider, leap: timedelta
) -> None:
    write(world)
    claimed_at = world.now

    def set_when_claimed() -> datetime:
        return claimed_at + leap if world.attempts() else claimed_at

    outbox.send_due([gateway], "test", set_when_claimed)
    assert gateway.heard == []
    assert {attempt.error_code for attempt in world.attempts()} == {"not-handed-over"}
    world.now = claimed_at + abs(leap) + timedelta(minutes=1)
    world.send()
    assert {made.status for made in world.messages()} == {SENT}


def test_two_answers_with_one_id_block_nobody(world: World, gateway: Provider) -> None:
    write(world)
    message.write(world.people.ben, world.people.amina.id, "Hello again", world.now + timedelta(seconds=1))
    claimed = claims.claim(gateway, "test", world.now, 2)
    world.now += timedelta(seconds=2)
    outcomes.record([(one, Report("the-same", SENT)) for one in claimed], world.now)
    assert [made.status for made in by_name(world).values()].count(SENT) == 2
    assert sorted(made.provider_id or "" for made in by_name(world).values()) == ["", "", "the-same"]
    world.send()
    assert {made.status for made in world.messages()} == {SENT}


def test_an_id_that_stands_already_does_not_move_to_another_text(world: World, gateway: Provider) -> None:
    write(world)
    first, second = claims.claim(gateway, "test", world.now, 2)
    outcomes.record([(first, Report("taken", SENT))], world.now)
    outcomes.record([(second, Report("taken", SENT))], world.now)
    held = {made.id: made.provider_id for made in world.messages()}
    assert held == {first.text.message_id: "taken", second.text.message_id: None}


@pytest.mark.parametrize("odd", [RefusedError("9" * 200, permanent=True), Report("S" * 500, SENT), Report("S\0", SENT)])
@on_postgresql
def test_an_answer_that_cannot_be_written_down_costs_no_other_its_own(
    world: World, gateway: Provider, odd: RefusedError | Report
) -> None:
    write(world)
    first, second = claims.claim(gateway, "test", world.now, 2)
    other = Report("S1", SENT) if isinstance(odd, Report) else for_good("21211")
    with suppress(Exception):
        outcomes.record([(first, odd), (second, other)], world.now)
    status = {made.id: made.status for made in world.messages()}[second.text.message_id]
    assert status is (SENT if isinstance(odd, Report) else MessageStatus.PERMANENT_FAILURE)


def test_an_answer_that_comes_after_the_lease_still_counts(world: World, gateway: Provider) -> None:
    write(world)
    first, second = claims.claim(gateway, "test", world.now, 2)
    world.now += claims.LEASE + timedelta(seconds=1)
    reconciler.expire_leases(world.now)
    assert {made.status for made in world.messages()} == {UNKNOWN}
    outcomes.record([(first, Report("late", SENT)), (second, UnansweredError())], world.now)
    found = {made.id: (made.status, made.provider_id) for made in world.messages()}
    assert found == {first.text.message_id: (SENT, "late"), second.text.message_id: (UNKNOWN, None)}


def test_an_answer_to_the_first_try_does_not_end_the_second(world: World, gateway: Provider) -> None:
    write(world)
    [first] = claims.claim(gateway, "test", world.now, 1)
    refusal = RefusedError("busy", permanent=False, fault=Fault.PROVIDER)
    outcomes.record([(first, refusal)], world.now)
    world.now += timedelta(seconds=2)
    again = {one.text.message_id: one for one in claims.claim(gateway, "test", world.now, 2)}[first.text.message_id]
    assert again.attempt == 2
    outcomes.record([(first, for_good())], world.now)
    assert {made.status for made in world.messages()} == {MessageStatus.SENDING}
    outcomes.record([(again, Report("second", SENT))], world.now)
    assert by_name(world)[again.text.body.removeprefix("Hello ")].provider_id == "second"


def test_a_nudge_is_sent_when_its_text_is(app: Flask, world: World, gateway: Provider) -> None:
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    world.send()
    [made] = world.messages()
    [nudge] = [nudge for nudge in world.nudges() if nudge.id == made.nudge_id]
    assert (made.status, nudge.status, nudge.texted_on) == (SENT, NudgeStatus.SENT, nudge.slot_on)
