"""Do many rows at once become what one after the other would have become, on both databases?"""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from companion.bulk import among, claim, insert_all, insert_if_absent, update_each
from companion.db import reading, transaction
from companion.domain.alarm import AlarmKind
from companion.domain.message import MessageKind, MessageStatus
from companion.models import Alarm, Allowance, Message, Patient
from tests.support import cast
from tests.support.databases import both, on_postgresql
from tests.support.world import World

pytestmark = both

ODD_WORDS = ['a "quote"', "back\\slash", "Zoë 🙂", "new\nline", "", "null", "{}", "'; DROP TABLE message; --"]


def rows(world: World, *bodies: str, **changes: object) -> list[dict[str, object]]:
    """Texts to Amina, one for each body."""
    return [
        {
            "id": uuid4(),
            "pain_service_id": world.people.service_id,
            "patient_id": world.people.amina.id,
            "kind": MessageKind.REPLY,
            "status": MessageStatus.CREATED,
            "number": cast.AMINA_MOBILE,
            "body": body,
            "created_at": world.now + timedelta(microseconds=number),
            "due_at": world.now,
            "expires_at": world.now + timedelta(hours=number + 1),
            "opt_out": None,
        }
        | changes
        for number, body in enumerate(bodies)
    ]


def insert(world: World, *bodies: str) -> list[UUID]:
    """Put such texts in. Returns their ids."""
    made = rows(world, *bodies)
    with transaction() as session:
        insert_all(session, Message, made)
    return [row["id"] for row in made]  # type: ignore[misc]


def bodies(world: World) -> list[str]:
    """The words of every text."""
    return [text.body for text in world.messages()]


@pytest.mark.parametrize("many", [1, 2, len(ODD_WORDS)])
def test_what_is_inserted_is_what_was_given(world: World, many: int) -> None:
    made = rows(world, *ODD_WORDS[:many])
    with transaction() as session:
        insert_all(session, Message, made)
    found = world.messages()
    assert [{name: getattr(text, name) for name in made[0]} for text in found] == made
    assert {(text.attempts, text.media_count, text.priority) for text in found} == {(0, 0, 0)}


def test_each_of_many_gets_a_default_of_its_own(world: World) -> None:
    made = [{"kind": AlarmKind.ACCOUNT_FAULT, "gateway": name, "raised_at": world.now} for name in "abc"]
    with transaction() as session:
        insert_all(session, Alarm, made)
    with reading() as session:
        assert len({alarm.id for alarm in session.scalars(select(Alarm))}) == 3


def test_nothing_is_nothing(world: World) -> None:
    ids = insert(world, "a", "b")
    change = update(Message).values(opt_out="changed")
    with transaction() as session:
        insert_all(session, Message, [])
        insert_if_absent(session, Message, [])
        assert update_each(session, Message, [], opt_out="changed") == set()
        assert session.scalars(select(Message.id).where(among(session, Message.id, []))).all() == []
        nobody = select(Message.id).where(Message.opt_out == "nobody's")
        assert claim(session, nobody, change, Message.id) == []
        session.execute(change.where(among(session, Message.id, set())))
    assert bodies(world) == ["a", "b"]
    assert len(ids) == 2


def test_one_bad_row_keeps_all_the_others_out(world: World) -> None:
    made = rows(world, "a", "b", "c")
    made[2]["id"] = made[0]["id"]
    with pytest.raises(IntegrityError), transaction() as session:
        insert_all(session, Message, made)
    assert bodies(world) == []


@pytest.mark.parametrize("many", [1, 3])
def test_what_is_there_already_is_left_as_it_is(world: World, many: int) -> None:
    def buckets(tokens: float, count: int) -> list[dict[str, object]]:
        return [
            {"gateway": "a", "sender": str(number), "tokens": tokens, "counted_at": world.now}
            for number in range(count)
        ]

    with transaction() as session:
        insert_if_absent(session, Allowance, buckets(1.5, 1))
        insert_if_absent(session, Allowance, buckets(7.25, many))
    with reading() as session:
        found = session.execute(select(Allowance.sender, Allowance.tokens).order_by(Allowance.sender)).all()
    assert [tuple(row) for row in found] == [("0", 1.5)] + [(str(number), 7.25) for number in range(1, many)]


@pytest.mark.parametrize("many", [1, 2, 5])
def test_each_row_gets_its_own_and_all_get_the_same(world: World, many: int) -> None:
    ids = insert(world, *"abcdef")
    later = world.now + timedelta(minutes=7)
    own = [{"id": key, "body": ODD_WORDS[at], "opt_out": None if at else "STOP"} for at, key in enumerate(ids[:many])]
    with transaction() as session:
        changed = update_each(session, Message, own, due_at=later)
    assert changed == set(ids[:many])
    found = {text.id: text for text in world.messages()}
    assert [found[key].body for key in ids] == ODD_WORDS[:many] + list("abcdef")[many:]
    assert [found[key].opt_out for key in ids[:many]] == (["STOP"] + [None] * 5)[:many]
    assert [found[key].due_at for key in ids] == [later] * many + [world.now] * (6 - many)


@pytest.mark.parametrize("many", [1, 3])
def test_what_does_not_fulfil_the_conditions_is_not_changed_nor_said_to_be(world: World, many: int) -> None:
    ids = insert(world, "a", "b", "c")
    with transaction() as session:
        session.execute(update(Message).where(Message.id == ids[0]).values(status=MessageStatus.CANCELLED))
    own = [{"id": key, "body": "new"} for key in [*ids[:many], uuid4()]]
    with transaction() as session:
        changed = update_each(session, Message, own, Message.status == MessageStatus.CREATED)
    assert changed == set(ids[1:many])
    assert bodies(world) == ["a", *(["new"] * (many - 1)), *["b", "c"][many - 1 :]]


def test_among_takes_any_number_of_any_kind(world: World) -> None:
    ids = insert(world, "a", "b", "c")
    with transaction() as session:
        update_each(session, Message, [{"id": key, "opt_out": word} for key, word in zip(ids, "abc", strict=True)])

        def found(condition: object) -> int:
            return len(session.scalars(select(Message.id).where(condition)).all())  # type: ignore[arg-type]

        assert found(among(session, Message.id, ids[:2])) == 2
        assert found(among(session, Message.id, set(ids) | {uuid4() for _ in range(3_000)})) == 3
        assert found(among(session, Message.opt_out, ["a", "c", "'"])) == 2
        assert found(among(session, Message.status, [MessageStatus.CREATED])) == 3
        service = among(session, Patient.pain_service_id, [world.people.service_id])
        assert len(session.scalars(select(Patient.id).where(service)).all()) == 2


@on_postgresql
def test_among_sends_ids_as_one_array_that_is_read_once(world: World) -> None:
    """A text that the statement casts to an array is no constant: a scan would read it again for each row."""
    ids = insert(world, "a", "b")
    with reading() as session:
        asked = select(Message.id).where(among(session, Message.id, ids)).compile(session.get_bind())
        plan = session.connection().exec_driver_sql(f"EXPLAIN {asked}", asked.construct_params()).scalars().all()
    constant = "{" + ",".join(map(str, ids)) + "}"
    assert any(f"id = ANY ('{constant}'::uuid[])" in line for line in plan), plan


def test_a_claim_takes_the_first_and_only_those(world: World) -> None:
    ids = insert(world, "a", "b", "c")
    wanted = select(Message.id).where(Message.status == MessageStatus.CREATED).order_by(Message.created_at).limit(2)
    taken = update(Message).values(status=MessageStatus.CANCELLED)
    with transaction() as session:
        found = claim(session, wanted, taken, Message.id, Message.created_at)
    assert [row.id for row in sorted(found, key=lambda row: row.created_at)] == ids[:2]
    with transaction() as session:
        assert [row.id for row in claim(session, wanted, taken, Message.id)] == [ids[2]]
        assert claim(session, wanted, taken, Message.id) == []


@on_postgresql
def test_a_claim_passes_over_what_another_transaction_holds(world: World) -> None:
    ids = insert(world, "a", "b", "c")
    wanted = select(Message.id).where(Message.status == MessageStatus.CREATED).order_by(Message.created_at).limit(2)
    taken = update(Message).values(status=MessageStatus.CANCELLED)
    with transaction() as one, transaction() as two:
        first = {row.id for row in claim(one, wanted, taken, Message.id)}
        second = {row.id for row in claim(two, wanted, taken, Message.id)}
    assert (first, second) == ({ids[0], ids[1]}, {ids[2]})
