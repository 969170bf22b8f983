"""Does a person hear of a phone that texts do not reach, once, and not before it is sure?"""

from datetime import timedelta

from companion.domain.message import MessageStatus
from companion.domain.task import TaskKind
from companion.use_cases import message, task
from nudges.receiving.intake import Receipt
from tests.support.world import World

UNREACHABLE = "30003"


def send_and_fail(world: World, status: MessageStatus = MessageStatus.TEMPORARY_FAILURE) -> None:
    """A text of Ben's goes, and this becomes of it."""
    made = message.write(world.people.ben, world.people.amina.id, "Hello", world.now)
    world.send()
    [sent] = world.messages(id=made.id)
    code = UNREACHABLE if status is MessageStatus.TEMPORARY_FAILURE else None
    world.told(Receipt("simulator", made.id, sent.provider_id or "", status, code))
    world.now += timedelta(hours=1)


def test_the_third_failure_in_a_row_is_a_task(world: World) -> None:
    for failures in range(1, 4):
        send_and_fail(world)
        assert len(world.tasks()) == (1 if failures == 3 else 0)
    [asked] = world.tasks()
    assert (asked.kind, asked.patient_id) == (TaskKind.CONTACT_ANOTHER_WAY, world.people.amina.id)


def test_one_that_arrived_in_between_begins_the_count_anew(world: World) -> None:
    for status in (MessageStatus.TEMPORARY_FAILURE, MessageStatus.TEMPORARY_FAILURE, MessageStatus.DELIVERED) * 2:
        send_and_fail(world, status)
    assert world.tasks() == []


def test_nobody_is_told_twice_while_it_waits_and_again_when_it_is_done(world: World) -> None:
    for _ in range(5):
        send_and_fail(world)
    [asked] = world.tasks()
    task.complete(world.people.ben, asked.id, "Rang; the phone was broken.", world.now)
    send_and_fail(world)
    assert len(world.tasks()) == 2
