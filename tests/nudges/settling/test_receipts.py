"""Do receipts move a text forward only, however late, often or out of order they come?"""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from companion.domain.message import MessageStatus
from companion.models import Message
from nudges.providers.gateway import OutboundText
from nudges.receiving import intake
from nudges.receiving.intake import Receipt
from nudges.settling import receipts, reconciler
from tests.support import dispatched
from tests.support.databases import both
from tests.support.weather import Weather
from tests.support.world import World

pytestmark = both

S = MessageStatus


@pytest.fixture
def gateway() -> Weather:
    """Phones that tell nothing by themselves."""
    quiet = Weather()
    quiet.patience = timedelta(hours=1)
    return quiet


def sent(world: World) -> Message:
    """Amina's first nudge, taken by the provider."""
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    world.send()
    [made] = world.messages()
    return made


def take(world: World, receipt: Receipt) -> int:
    """Stored as it comes, and applied by the worker."""
    intake.store([receipt], world.now)
    return receipts.take_up(world.now)


def receive(world: World, made: Message, status: S, code: str | None = None) -> int:
    """A receipt as the provider sends it."""
    assert made.provider_id is not None
    return take(world, Receipt("simulator", made.id, made.provider_id, status, code))


@pytest.mark.parametrize("order", list(permutations([S.SENT, S.SENT, S.DELIVERED])))
def test_late_repeated_and_reordered_receipts_end_in_delivered(world: World, order: tuple[S, ...]) -> None:
    made = sent(world)
    for status in order:
        assert receive(world, made, status)
    assert world.messages()[0].status is S.DELIVERED


@pytest.mark.parametrize("final", [S.DELIVERED, S.PERMANENT_FAILURE, S.TEMPORARY_FAILURE, S.TECHNICAL_FAILURE])
def test_what_is_final_stays(world: World, final: S) -> None:
    made = sent(world)
    receive(world, made, final, "30003" if final is not S.DELIVERED else None)
    before = world.messages()[0]
    world.now += timedelta(hours=1)
    for status in S:
        receive(world, made, status, "30008")
    after = world.messages()[0]
    assert (after.status, after.settled_at, after.error_code) == (final, before.settled_at, before.error_code)


def test_a_receipt_that_beats_our_own_commit_finds_its_message(world: World, gateway: Weather) -> None:
    world.people.agree_plan()
    world.until_due()
    dispatched.dispatch(world.now)
    early: list[int] = []

    def first(text: OutboundText) -> None:
        fast = Receipt("simulator", text.message_id, "SM-early", S.DELIVERED)
        early.append(take(world, fast))

    gateway.ahead.append(first)
    world.send()
    assert early == [1]
    [made] = world.messages()
    assert made.status is S.DELIVERED


def test_a_receipt_without_our_id_finds_its_message_by_the_providers(world: World) -> None:
    made = sent(world)
    assert made.provider_id is not None
    assert take(world, Receipt("simulator", None, made.provider_id, S.DELIVERED, None))
    assert world.messages()[0].status is S.DELIVERED


def test_a_receipt_of_a_text_we_do_not_know_changes_nothing(world: World) -> None:
    made = sent(world)
    assert not take(world, Receipt("simulator", uuid4(), "SM-strange", S.DELIVERED, None))
    assert not take(world, Receipt("simulator", None, "SM-strange", S.DELIVERED, None))
    # Our id with somebody else's provider id: not the text we handed over.
    assert not take(world, Receipt("simulator", made.id, "SM-strange", S.DELIVERED, None))
    assert world.messages()[0].status is S.SENT


def test_a_receipt_cannot_be_given_for_what_a_patient_wrote(world: World) -> None:
    world.texts("Hello")
    [inbound] = world.messages()
    take(world, Receipt("simulator", inbound.id, inbound.provider_id or "", S.DELIVERED, None))
    assert world.messages()[0].status is S.RECEIVED


def test_the_provider_is_asked_when_its_patience_is_over_and_not_before(world: World, gateway: Weather) -> None:
    sent(world)
    world.now += timedelta(minutes=59)
    assert reconciler.ask(gateway, world.now) == 0
    world.now += timedelta(minutes=1)
    assert reconciler.ask(gateway, world.now) == 1
    assert world.messages()[0].status is S.DELIVERED
