"""Is a text that comes in among many kept exactly as it would be alone?"""

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, Thread
from time import sleep

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy import text as text_of_sql
from sqlalchemy.exc import DBAPIError

from companion import models
from companion.db import transaction
from companion.domain import identifiers
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageStatus
from companion.domain.task import TaskKind
from companion.models import Message
from companion.use_cases import pain_service, patient
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.receiving import arrivals, inbound, intake
from nudges.receiving.arrivals import InboundText, NobodyHomeError
from nudges.receiving.intake import Intake, Receipt
from tests.support import cast
from tests.support.databases import both
from tests.support.world import World

pytestmark = both

STRANGER, RIBBLE = "+447700900777", "+447700900500"


def text(sid: str, body: str = "It rained", number: str = cast.AMINA_MOBILE, to: str = "") -> InboundText:
    """A text as the provider hands it over."""
    return InboundText("twilio", sid, number, to, body)


def kept(world: World) -> list[tuple[object, ...]]:
    """What is kept of every text, in the order of their ids."""
    wanted = ("provider_id", "pain_service_id", "patient_id", "number", "body", "media_count", "opt_out", "handled_at")
    found: Sequence[Message] = world.messages(kind="inbound")
    return sorted(tuple(getattr(message, name) for name in wanted) for message in found)


ODD = (
    text("SM1"),
    text("SM2", "", STRANGER),
    text("SM3", "x" * 1_600, "07700 900101", RIBBLE),
    text("SM4", "half \ud83d and none \x00", cast.DEE_MOBILE),
    text("SM5", "Diolch 🙂", STRANGER, RIBBLE),
    text("SM6", "from a name", "A Shop"),
    text("SM7", "to Ribble", cast.DEE_MOBILE, "07700 900500"),
    InboundText("twilio", "SM8", cast.AMINA_MOBILE, "", "a picture", media_count=2, opt_out="START\x00" * 9),
)


def test_many_at_once_are_kept_as_each_alone(app: Flask, gateway: SimulatorGateway) -> None:
    people = cast.assemble()
    world = World(gateway, people)
    ribble = pain_service.create(cast.opening("Ribble Pain Service", sender=RIBBLE), world.now)
    patient.enrol(people.eve, cast.enrolment(), world.now - timedelta(days=1))
    arrivals.store(ODD, world.now)
    together = kept(world)
    assert [row[1] for row in together if row[0] in ("SM3", "SM5", "SM7")] == [ribble.id] * 3
    alone = [InboundText("notify", *(getattr(one, name) for name in FIELDS)) for one in ODD]
    for one in alone:
        arrivals.store([one], world.now)
    assert kept(world) == sorted(together * 2)


FIELDS = ("provider_id", "from_number", "to_number", "body", "media_count", "opt_out")


def test_what_two_workers_take_up_is_acted_on_once(world: World) -> None:
    [message_id] = arrivals.store([text("SM1")], world.now)
    for _ in range(2):
        inbound.act(message_id, world.now)
    assert len(world.tasks()) == 1


def test_what_cannot_be_acted_on_goes_to_a_person_after_a_while_and_holds_up_nobody(world: World) -> None:
    [broken] = arrivals.store([text("SM1")], world.now)
    arrivals.store([text("SM2", number=STRANGER)], world.now)
    with transaction() as session:
        session.execute(update(Message).where(Message.id == broken).values(body_sealed=bytes(40)))
    inbound.take_up(world.now)
    assert [task.kind for task in world.tasks()] == [TaskKind.UNKNOWN_NUMBER]
    inbound.take_up(world.now + inbound.HAND_OVER_AFTER)
    assert {task.kind for task in world.tasks()} == {TaskKind.UNKNOWN_NUMBER, TaskKind.READ_MESSAGE}


def test_two_that_are_kept_together_are_acted_on_in_the_order_of_their_coming(world: World) -> None:
    arrivals.store([text("SM9", "first"), text("SM1", "second", to="+44770\x00900")], world.now)
    assert [message.body for message in world.messages(kind="inbound")] == ["first", "second"]


def test_of_two_with_one_id_in_one_commit_the_first_is_kept(world: World) -> None:
    new = arrivals.store([text("SM2", "other"), text("SM1", "first"), text("SM1", "second")], world.now)
    arrivals.store([text("SM1", "third")], world.now)
    assert [(row[0], row[4]) for row in kept(world)] == [("SM1", "first"), ("SM2", "other")]
    assert {message.id for message in world.messages()} <= set(new)


def test_two_who_have_the_same_texts_in_opposite_orders_both_come_to_an_end(app: Flask, world: World) -> None:
    for turn in range(10):
        sids = [f"SM{turn}-{index}" for index in range(40)]
        barrier = Barrier(2)
        ended: list[int] = []

        def begin(some: list[str], barrier: Barrier = barrier, ended: list[int] = ended) -> None:
            with app.app_context():
                barrier.wait(30)
                arrivals.store([text(sid) for sid in some], world.now)
                ended.append(len(some))

        threads = [Thread(target=begin, args=(some,)) for some in (sids, sids[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert ended == [40, 40]
    assert len(kept(world)) == 400


def test_receipts_and_texts_are_stored_together_or_not_at_all(world: World) -> None:
    receipt = Receipt("twilio", None, "SM2", MessageStatus.DELIVERED)
    intake.store([text("SM1"), receipt], world.now)
    with transaction() as session:
        assert len(session.scalars(select(models.Receipt)).all()) == len(kept(world)) == 1
    rename("message", "message_gone")
    with pytest.raises(DBAPIError):
        intake.store([receipt, text("SM3")], world.now)
    rename("message_gone", "message")
    with transaction() as session:
        assert len(session.scalars(select(models.Receipt)).all()) == len(kept(world)) == 1


def rename(old: str, new: str) -> None:
    """Take a table away, or bring it back."""
    with transaction() as session:
        session.execute(text_of_sql(f"ALTER TABLE {old} RENAME TO {new}"))


def test_when_the_database_fails_each_hears_of_it_and_none_is_kept(app: Flask, world: World) -> None:
    under_way, go_on = Barrier(2), Barrier(2)
    batches: list[int] = []

    def store(some: Sequence[InboundText]) -> None:
        batches.append(len(some))
        if len(batches) == 1:
            under_way.wait(30)
            go_on.wait(30)
        arrivals.store(some, world.now)

    taker, refused = Intake[InboundText](store, app.app_context), []

    def take(one: InboundText) -> None:
        try:
            taker.take(one)
        except DBAPIError:
            refused.append(one.provider_id)

    threads = [Thread(target=take, args=(text(f"SM{number}"),)) for number in range(4)]
    threads[0].start()
    under_way.wait(30)
    for thread in threads[1:]:
        thread.start()
    while len(taker._waiting) < 3:
        sleep(0.01)
    rename("message", "message_gone")
    go_on.wait(30)
    for thread in threads:
        thread.join(30)
    rename("message_gone", "message")
    assert (batches, sorted(refused)) == ([1, 3], ["SM0", "SM1", "SM2", "SM3"])
    assert kept(world) == []
    take(text("SM1"))
    assert [row[0] for row in kept(world)] == ["SM1"]


def test_a_stop_right_after_a_plain_text_acts_on_that_first(world: World) -> None:
    arrivals.store([text("SM1", "I could not sleep")], world.now)
    assert inbound.take_in(text("SM2", "STOP"), world.now + timedelta(seconds=1))
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert all(message.handled_at is not None for message in world.messages(kind="inbound"))
    assert inbound.take_up(world.now + timedelta(minutes=1)) == 0


def test_without_a_pain_service_none_is_kept(app: Flask) -> None:
    with pytest.raises(NobodyHomeError):
        arrivals.store([text("SM1"), text("SM2", number=STRANGER)], cast.MONDAY)


@pytest.mark.parametrize("body", ["STOP", "stop it", "START", "HELP", "I want to die", "WHY", "numb in my saddle area"])
def test_what_cannot_wait_is_told_from_what_can(body: str) -> None:
    assert not inbound.can_wait(text("SM1", body))
    assert inbound.can_wait(text("SM1", "7, but it rained"))


@given(st.from_regex(r"\+447[0-9]{9}", fullmatch=True))
def test_a_number_that_is_written_as_it_should_be_stays_so(number: str) -> None:
    assert identifiers.sender(number) == number
