"""Which text goes first, which waits for which, and what does one that cannot be decided about do to the others?"""

import logging
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from companion import keys
from companion.db import reading, transaction
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Attempt, Message, Nudge, Patient
from companion.use_cases import consent, message, patient
from nudges import planner
from nudges.providers.gateway import OutboundText
from nudges.sending import claims, outbox, outcomes
from tests.support import cast, dispatched
from tests.support.calls import send
from tests.support.databases import both
from tests.support.providers import Provider
from tests.support.weather import fail, passing
from tests.support.world import World

pytestmark = both


@pytest.fixture
def gateway() -> Provider:
    """Phones."""
    return Provider()


def join(world: World, number: int, planned: bool = True) -> Patient:
    """One more patient, with an agreed plan if she shall be nudged."""
    who = cast.enrolment(nhs_number=f"999001{number:04}", mobile=f"+447700900{200 + number}")
    joined = patient.enrol(world.people.ben, who, world.now)
    if planned:
        world.people.agree_plan(of=joined)
    return joined


def at_ten(world: World, people: int) -> list[Patient]:
    """So many people, each with a nudge that is due now."""
    joined = [join(world, number) for number in range(people)]
    planner.plan(world.now)
    world.now = cast.MONDAY.replace(hour=10)
    return joined


def spoil(patient_id: UUID) -> None:
    """From now on nobody can say what time it is where that patient is."""
    with transaction() as session:
        session.execute(update(Patient).where(Patient.id == patient_id).values(time_zone="Nowhere/Never"))


def heal(patient_id: UUID) -> None:
    """And now they can again."""
    with transaction() as session:
        session.execute(update(Patient).where(Patient.id == patient_id).values(time_zone="Europe/London"))


def make_due(patient_id: UUID, at: datetime) -> None:
    """That patient's nudge of the day shall be due at another moment."""
    with transaction() as session:
        first = select(Nudge.id).where(Nudge.patient_id == patient_id).order_by(Nudge.due_at).limit(1)
        session.execute(update(Nudge).where(Nudge.id == first.scalar_subquery()).values(due_at=at))


def first_nudge(world: World, of: UUID) -> Nudge:
    """The patient's earliest nudge."""
    return world.nudges(of)[0]


def test_safety_goes_before_replies_and_replies_before_nudges(world: World, gateway: Provider) -> None:
    at_ten(world, 3)
    world.people.agree_plan(of=world.people.amina)
    message.write(world.people.ben, world.people.dee.id, "We will call you.", world.now)
    world.now += timedelta(seconds=1)
    world.texts("I want to die")
    taken = [claims.claim(gateway, "test", world.now, 1) for _ in range(5)]
    kinds = {text.id: text.kind for text in world.messages()}
    assert [kinds[one.text.message_id] for batch in taken for one in batch] == [
        MessageKind.SAFETY,
        MessageKind.REPLY,
        MessageKind.NUDGE,
        MessageKind.NUDGE,
        MessageKind.NUDGE,
    ]


def test_a_claim_takes_no_more_than_it_was_told(world: World, gateway: Provider) -> None:
    at_ten(world, 4)
    message.write(world.people.ben, world.people.dee.id, "We will call you.", world.now)
    assert [len(claims.claim(gateway, "test", world.now, 2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_refused_text_is_not_overtaken_by_the_next_to_the_same_phone(world: World, gateway: Provider) -> None:
    for words in ("First", "Second"):
        message.write(world.people.ben, world.people.amina.id, words, world.now)
        world.now += timedelta(seconds=1)
    gateway.ahead.append(fail(passing()))
    world.send()
    message.write(world.people.ben, world.people.dee.id, "Elsewhere", world.now)
    world.send()
    assert [text.body for text in gateway.kept] == ["Elsewhere"]
    world.now += timedelta(minutes=1)
    world.send()
    assert [text.body for text in gateway.kept] == ["Elsewhere", "First", "Second"]


def test_a_safety_text_does_not_wait_for_a_refused_reply(world: World, gateway: Provider) -> None:
    message.write(world.people.ben, world.people.amina.id, "First", world.now)
    gateway.ahead.append(fail(passing()))
    world.send()
    world.texts("I want to die")
    world.send()
    assert [world.messages(id=text.message_id)[0].kind for text in gateway.kept] == [MessageKind.SAFETY]


def test_one_text_at_a_time_is_under_way_to_a_phone(world: World, gateway: Provider) -> None:
    for number in range(5):
        message.write(world.people.ben, world.people.amina.id, f"Text {number}", world.now)
    under_way: list[int] = []

    def look(text: OutboundText) -> None:
        with reading() as session:
            to = Message.number.find(keys.of(session), text.to)
            sending = select(func.count()).where(Message.number_index == to, Message.status == MessageStatus.SENDING)
            under_way.append(session.scalar(sending) or 0)

    gateway.ahead += [look] * 5
    world.send()
    assert under_way == [1] * 5
    assert len(gateway.kept) == 5


def test_what_comes_first_waits_too_while_another_text_to_the_phone_is_under_way(world: World) -> None:
    gateway = Provider()
    [amina] = at_ten(world, 1)
    [nudge] = claims.claim(gateway, "one", world.now, 10)
    message.write(world.people.ben, amina.id, "We will call you.", world.now)
    assert claims.claim(gateway, "two", world.now, 10) == []
    outcomes.record([(nudge, send(gateway, nudge.text))], world.now)
    assert [each.text.body for each in claims.claim(gateway, "two", world.now, 10)] == ["We will call you."]


def test_a_nudge_waits_while_another_text_to_the_phone_is_under_way(world: World, gateway: Provider) -> None:
    [amina] = at_ten(world, 1)
    message.write(world.people.ben, amina.id, "We will call you.", world.now)
    [reply] = claims.claim(gateway, "one", world.now, 10)
    assert claims.claim(gateway, "two", world.now, 10) == []
    nudge = first_nudge(world, amina.id)
    assert (reply.text.body, nudge.status, nudge.held_reason) == (
        "We will call you.",
        NudgeStatus.PLANNED,
        Reason.ANOTHER_FIRST,
    )


def test_a_nudge_that_cannot_be_decided_about_blocks_nobody(
    world: World, gateway: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    people = at_ten(world, 6)
    spoil(people[2].id)
    world.send()
    assert len(gateway.kept) == 5
    poisoned = first_nudge(world, people[2].id)
    assert (poisoned.status, poisoned.held_reason) == (NudgeStatus.PLANNED, Reason.UNDECIDABLE)
    assert poisoned.due_at == world.now + claims.SET_ASIDE
    assert [
        record
        for record in caplog.records
        if record.levelno >= logging.ERROR and record.name == "nudges.sending.claims"
    ]
    heal(people[2].id)
    world.now += claims.SET_ASIDE
    world.send()
    assert len(gateway.kept) == 6


def test_a_text_that_cannot_be_decided_about_blocks_nobody(world: World, gateway: Provider) -> None:
    people = at_ten(world, 3)
    dispatched.dispatch(world.now)
    spoil(people[0].id)
    message.write(world.people.ben, world.people.dee.id, "We will call you.", world.now)
    world.send()
    assert len(gateway.kept) == 3
    [poisoned] = world.messages(status=MessageStatus.CREATED)
    assert (poisoned.patient_id, poisoned.due_at) == (people[0].id, world.now + claims.SET_ASIDE)


def test_what_stays_undecidable_until_it_expires_ends_with_that_reason(world: World, gateway: Provider) -> None:
    planned, written = at_ten(world, 2)
    make_due(planned.id, world.now + timedelta(seconds=1))
    dispatched.dispatch(world.now)
    world.now += timedelta(seconds=1)
    spoil(planned.id)
    spoil(written.id)
    for _ in range(30):
        world.send()
        world.now += claims.SET_ASIDE
    for who in (planned, written):
        nudge = first_nudge(world, who.id)
        assert (nudge.status, nudge.reason) == (NudgeStatus.LAPSED, Reason.UNDECIDABLE)
    assert {text.status for text in world.messages()} == {MessageStatus.CANCELLED}
    assert gateway.heard == []


def test_so_many_that_it_cannot_be_the_rows_is_an_error_that_is_heard(world: World, gateway: Provider) -> None:
    people = at_ten(world, claims.MOST_SET_ASIDE + 2)
    for who in people[:-1]:
        spoil(who.id)
    world.now += timedelta(seconds=1)
    make_due(people[-1].id, world.now)
    with pytest.raises(Exception, match="Nowhere"):
        world.send()
    world.send()
    assert len(gateway.kept) == 1


def test_what_was_claimed_before_such_an_error_is_handed_over(world: World, gateway: Provider) -> None:
    people = at_ten(world, claims.MOST_SET_ASIDE + 3)
    for who in people[:2]:
        make_due(who.id, world.now - timedelta(seconds=1))
    for who in people[2:]:
        spoil(who.id)
    world.send()
    assert len(world.attempts()) == len(gateway.heard) == 2


def test_two_workers_hand_over_all_nudges_and_none_twice(app: Flask, world: World, gateway: Provider) -> None:
    world.people.agree_plan()
    world.until_due()
    [pattern] = [nudge for nudge in world.nudges() if nudge.due_at == world.now]
    people = many(world, pattern, 149)
    together = Barrier(2)

    def work(name: str) -> None:
        with app.app_context():
            together.wait(10)
            outbox.send_due([gateway], name, lambda: world.now)

    threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gateway.heard) == len({text.to for text in gateway.heard}) == people + 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == people + 1
        assert session.scalar(select(func.count()).where(Message.status == MessageStatus.SENT)) == people + 1


def many(world: World, pattern: Nudge, people: int) -> int:
    """As many again as Amina, with her plan and her nudge each. Returns how many."""
    for number in range(people):
        world.now = cast.MONDAY
        join(world, number)
    planner.plan(world.now)
    world.now = pattern.due_at
    return people


def test_a_stop_that_comes_between_two_claims_is_seen_by_the_second(world: World, gateway: Provider) -> None:
    people = at_ten(world, 2)
    dispatched.dispatch(world.now)
    claims.claim(gateway, "test", world.now, 1)
    for who in people:
        consent.change(world.people.ben, who.id, ConsentStatus.WITHDRAWN, world.now)
    assert claims.claim(gateway, "test", world.now, 10) == []
