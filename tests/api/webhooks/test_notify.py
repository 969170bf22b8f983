"""Is all that GOV.UK Notify tells us true, taken once, and never an error of ours?"""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from api import house
from api.app import create_app
from api.settings.config import Config, Notify
from companion.db import transaction
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.task import TaskKind
from companion.models import Attempt, Message
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, Caller, at_once
from tests.support import cast
from tests.support.apps import app_on
from tests.support.notify_account import API_KEY, CALLBACK_TOKEN, SENDER, TEMPLATE_ID, Sms
from tests.support.world import World, work_off

INBOUND, STATUS = "/webhooks/notify/inbound", "/webhooks/notify/status"
AUTHORIZED = {"Authorization": f"Bearer {CALLBACK_TOKEN}"}
# As Notify writes it.
AMINA = cast.AMINA_MOBILE.removeprefix("+")
STRANGER = "447700900777"


@pytest.fixture
def app(database_url: str, gateway: SimulatorGateway) -> Iterator[Flask]:
    """The product with Notify in use."""
    settings = Config(database_url=database_url, notify=Notify(API_KEY, TEMPLATE_ID, CALLBACK_TOKEN))
    with app_on(settings, gateway, lambda: cast.MONDAY) as made:
        yield made


def told(body: str, number: str = AMINA, **fields: object) -> dict[str, object]:
    """What Notify tells of a text that came in."""
    when = "2026-11-23T09:00:00.000000Z"
    base = {"id": str(uuid4()), "source_number": number, "destination_number": SENDER, "date_received": when}
    return {**base, "message": body, **fields}


def post(caller: Caller, path: str, body: object, headers: dict[str, str] = AUTHORIZED) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = caller.send("POST", path, data=data, headers={"Content-Type": "application/json", **headers})
    if answer.status == 204:  # and a second later the worker has acted on what was taken
        with caller.client.application.app_context():
            work_off(house.now())
    return answer


def handed_over(world: World, provider_id: str | None = None) -> Message:
    """A reply to Amina that Notify is just being asked to take, or took."""
    amina = world.amina()
    status = MessageStatus.SENT if provider_id else MessageStatus.SENDING
    message = Message(
        id=uuid4(),
        pain_service_id=amina.pain_service_id,
        patient_id=amina.id,
        kind=MessageKind.REPLY,
        status=status,
        number=cast.AMINA_MOBILE,
        body="Well done",
        created_at=world.now,
        due_at=world.now,
        expires_at=world.now + timedelta(hours=4),
        attempts=1,
        sending_at=world.now,
        lease_until_at=world.now + timedelta(minutes=1),
        gateway="notify",
        provider_id=provider_id,
    )
    with transaction() as session:
        session.add(message)
        session.flush()
        attempt = Attempt(message_id=message.id, number=1, gateway="notify", worker="test", started_at=world.now)
        session.add(attempt)
    return world.messages(id=message.id)[0]


def receipt(reference: UUID | None, status: str = "delivered", **fields: object) -> dict[str, object]:
    """What Notify tells of a text that it took."""
    text = Sms(cast.AMINA_MOBILE, "Well done", str(reference) if reference else None, cast.MONDAY, status)
    return {**text.receipt(), **fields}


def status_of(world: World, message: Message) -> MessageStatus:
    return world.messages(id=message.id)[0].status


# Who may speak


def test_only_who_knows_the_token_is_heard(world: World, nobody: Caller) -> None:
    message = handed_over(world)
    for authorization in (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer somebody-elses-token",
        f"Bearer {CALLBACK_TOKEN}x",
        f"Bearer {CALLBACK_TOKEN[:-1]}",
        f"Basic {CALLBACK_TOKEN}",
        CALLBACK_TOKEN,
        "Bearer é" + CALLBACK_TOKEN,
    ):
        headers = {} if authorization is None else {"Authorization": authorization}
        for path, body in ((INBOUND, told("STOP")), (STATUS, receipt(message.id)), (STATUS, b"{")):
            answer = post(nobody, path, body, headers)
            assert (authorization, answer.status, answer.mimetype) == (authorization, 403, "application/problem+json")
            assert CALLBACK_TOKEN not in answer.text
    assert nobody.get(INBOUND, headers=AUTHORIZED).status == 405
    assert world.messages(kind=MessageKind.INBOUND) == []
    assert status_of(world, message) is MessageStatus.SENDING
    assert post(nobody, STATUS, receipt(message.id), {"Authorization": f"bearer  {CALLBACK_TOKEN} "}).status == 204
    assert status_of(world, message) is MessageStatus.DELIVERED


def test_where_notify_is_not_set_up_there_is_nothing(tmp_path: Path) -> None:
    without = Caller(create_app(Config(database_url=f"sqlite:///{tmp_path}/x")).test_client())
    for path in (INBOUND, STATUS):
        assert post(without, path, {}).status == 404


# Receipts


def test_a_receipt_that_beats_our_own_commit_finds_its_text(world: World, nobody: Caller) -> None:
    message = handed_over(world)
    said = receipt(message.id, "temporary-failure")
    for _ in range(2):
        answer = post(nobody, STATUS, said)
        assert (answer.status, answer.text) == (204, "")
    [kept] = world.messages(id=message.id)
    assert (kept.status, kept.provider_id) == (MessageStatus.TEMPORARY_FAILURE, said["id"])
    assert kept.error_code == "temporary-failure"


def test_receipts_move_a_text_forward_only(world: World, nobody: Caller) -> None:
    notify_id = str(uuid4())
    message = handed_over(world, notify_id)
    for status, expected in (
        ("sending", MessageStatus.SENT),
        ("sent", MessageStatus.SENT),
        ("smoke-signal", MessageStatus.SENT),
        ("received", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("sent", MessageStatus.DELIVERED),
        ("permanent-failure", MessageStatus.DELIVERED),
    ):
        assert post(nobody, STATUS, receipt(message.id, status, id=notify_id)).status == 204
        assert (status, status_of(world, message)) == (status, expected)


def test_a_receipt_without_our_reference_goes_by_notifys_id(world: World, nobody: Caller) -> None:
    notify_id = uuid4()
    message = handed_over(world, str(notify_id))
    for reference in (None, "", "None", "7", "x" * 5_000, "\ud800", "\x00"):
        assert post(nobody, STATUS, {**receipt(None), "reference": reference}).status == 204
    for odd in (7, ["x"], {"x": "y"}):
        answer = post(nobody, STATUS, {**receipt(None, id=str(notify_id)), "reference": odd})
        assert (answer.status, answer.json["detail"][:10]) == (400, "reference:")
    assert status_of(world, message) is MessageStatus.SENT
    assert post(nobody, STATUS, receipt(None, id=str(notify_id).upper())).status == 204
    assert status_of(world, message) is MessageStatus.DELIVERED


def test_a_receipt_of_something_else_changes_nothing(world: World, nobody: Caller) -> None:
    message = handed_over(world, str(uuid4()))
    for other in (
        receipt(message.id),  # another text of Notify's, by our id
        receipt(uuid4()),
        receipt(None),
        receipt(uuid4(), notification_type="email", to="somebody@example.org"),
        receipt(message.id, "cancelled", id=message.provider_id),
        receipt(message.id, "x" * 5_000, id=message.provider_id),
        receipt(message.id, "\x00", id=message.provider_id),
    ):
        assert post(nobody, STATUS, other).status == 204
    assert status_of(world, message) is MessageStatus.SENT
    assert world.tasks() == []


# Texts that come in


def test_a_text_that_comes_again_changes_nothing(world: World, nobody: Caller) -> None:
    for said in (told("My knee hurts"), told("STOP")):
        for again in (said, said, {**said, "message": "START"}, {**said, "source_number": STRANGER}):
            answer = post(nobody, INBOUND, again)
            assert (answer.status, answer.text) == (204, "")
    kept = world.messages(kind=MessageKind.INBOUND)
    assert [(text.body, text.number, text.gateway) for text in kept] == [
        ("My knee hurts", cast.AMINA_MOBILE, "notify"),
        ("STOP", cast.AMINA_MOBILE, "notify"),
    ]
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert len(world.tasks(kind=TaskKind.READ_MESSAGE)) == 1


def test_the_same_post_twice_in_the_same_moment_is_one_text(app: Flask, world: World) -> None:
    said = told("STOP")
    answers = at_once(*(partial(post, Caller(app.test_client()), INBOUND, said) for _ in range(3)))
    assert {answer.status for answer in answers} == {204}
    assert len(world.messages(kind=MessageKind.INBOUND)) == 1


def test_whatever_a_text_is_like_it_is_kept(world: World, nobody: Caller) -> None:
    odd = {
        "nothing": (told(""), ""),
        "much": (told("word " * 320), "word " * 320),
        "very much": (told("é" * 10_000), "é" * 10_000),
        "emoji": (told("👨‍👩‍👧‍👦"), "👨‍👩‍👧‍👦"),
        "half an emoji": (told("a\ud83d"), "a?"),
        "a NUL": (told("My knee\x00 hurts"), "My knee\ufffd hurts"),
        "a short code": (told("x", "60066"), "x"),
        "a name": (told("x", "NHSnoreply"), "x"),
        "a long name": (told("x", "n" * 5_000), "x"),
        "another country": (told("x", "33612345678"), "x"),
        "more fields": (told("x", new_of_next_year={"a": [1]}), "x"),
    }
    for name, (said, body) in odd.items():
        assert (name, post(nobody, INBOUND, said).status) == (name, 204)
        [kept] = world.messages(provider_id=said["id"])
        assert (name, kept.body, kept.handled_at) == (name, body, world.now)
        assert world.tasks(message_id=kept.id), f"nobody is asked to look at {name}"


def test_a_text_before_there_is_a_pain_service_is_to_come_again(app: Flask, nobody: Caller) -> None:
    assert post(nobody, INBOUND, told("Hello")).status == 503


# What cannot be read


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_a_body_that_is_none_is_refused(world: World, nobody: Caller, path: str) -> None:
    bodies = (b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe\xff", b"[" * 60_000, b'{"a":' * 12_000, b"9" * 9_000)
    for body in bodies:
        answer = post(nobody, path, body)
        assert (body[:9], answer.status, answer.mimetype) == (body[:9], 400, "application/problem+json")
    assert post(nobody, path, b"x" * 70_000).status == 413
    assert world.messages() == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (INBOUND, "id"),
        (INBOUND, "source_number"),
        (INBOUND, "destination_number"),
        (INBOUND, "message"),
        (STATUS, "id"),
        (STATUS, "status"),
    ],
)
def test_a_field_that_is_missing_or_no_text_is_named(world: World, nobody: Caller, path: str, field: str) -> None:
    good = told("Hello") if path == INBOUND else receipt(uuid4())
    without = {name: value for name, value in good.items() if name != field}
    no_text: tuple[object, ...] = (None, 7, True, [], {}, ["x"])
    wrong = [without, *({**good, field: value} for value in no_text)]
    if field != "message":
        wrong.append({**good, field: ""})
    if field == "id":
        wrong += [{**good, field: value} for value in ("SM7", "\x00", "é" * 36, "x" * 5_000, "\ud800")]
    for body in wrong:
        answer = post(nobody, path, body)
        assert (answer.status, answer.mimetype) == (400, "application/problem+json")
        assert answer.json["detail"].startswith(f"{field}: ")
    assert world.messages() == []
