"""Is all that Twilio tells us true, taken once, and never lost? Signed forms, and the real gateway to the double."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask, request
from sqlalchemy import select

from api import house
from api.app import create_app
from api.settings.config import Config, Twilio
from companion.db import reading
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.task import TaskKind
from companion.models import Answer as Answered
from companion.models import Message
from nudges.providers.twilio_gateway import TwilioGateway
from tests.api.caller import Answer, Caller, at_once
from tests.support import cast
from tests.support.apps import for_test
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, SENDER
from tests.support.twilio_double import TwilioDouble
from tests.support.twilio_webhook import SignedPost, sign
from tests.support.world import World, work_off

BASE = "https://pain.example.nhs.uk"
INBOUND, STATUS = "/webhooks/twilio/inbound", "/webhooks/twilio/status"
STRANGER = "+447700900777"


class Watch:
    """Tells the time that the test is at."""

    now: datetime = cast.MONDAY


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


@pytest.fixture
def gateway(double: TwilioDouble) -> TwilioGateway:
    return TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, BASE + STATUS, double.url)


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, gateway: TwilioGateway, watch: Watch) -> Iterator[Flask]:
    """The product with Twilio in use."""
    twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID)
    settings = Config(database_url=database_url, public_base_url=BASE, twilio=twilio)
    with for_test(request.node)(settings, gateway, lambda: watch.now) as made:
        yield made


def form(body: str, number: str = cast.AMINA_MOBILE, **fields: str) -> dict[str, str]:
    """What Twilio tells of a text that came in."""
    sid = f"SM{uuid4().hex}"
    told = {"AccountSid": ACCOUNT_SID, "MessageSid": sid, "SmsSid": sid, "From": number, "To": SENDER, "Body": body}
    return told | {"NumMedia": "0", "NumSegments": "1"} | fields


def post(caller: Caller, signed: SignedPost) -> Answer:
    """As the provider posts it; and a second later the worker has acted on what was taken."""
    answer = just_post(caller, signed)
    if answer.status in (200, 204):
        with caller.client.application.app_context():
            work_off(house.now())
    return answer


def just_post(caller: Caller, signed: SignedPost) -> Answer:
    """A proxy has taken the public address off."""
    parts = urlsplit(signed.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return caller.send("POST", path, data=signed.form, headers=signed.headers)


def receive(caller: Caller, told: dict[str, str]) -> Answer:
    """Twilio posts a text that came in."""
    return post(caller, sign(BASE + INBOUND, told))


def sent(world: World, double: TwilioDouble) -> tuple[Message, str]:
    """A nudge that Twilio took, and its id there."""
    world.people.agree_plan()
    world.until_due()
    world.beat()
    [message] = world.messages(kind=MessageKind.NUDGE)
    assert message.status is MessageStatus.SENT
    return message, double.messages[-1].sid


def test_only_what_the_provider_signed_is_taken(world: World, nobody: Caller) -> None:
    told = form("STOP")
    good = sign(BASE + INBOUND, told)
    signature = {"X-Twilio-Signature": good.headers["X-Twilio-Signature"]}
    refused = [
        nobody.send("POST", INBOUND, data=told),
        nobody.send("POST", INBOUND, data=told, headers={"X-Twilio-Signature": ""}),
        nobody.send("POST", INBOUND, data=told, headers={"X-Twilio-Signature": "é" * 28}),
        nobody.send("POST", INBOUND, data={**told, "Body": "START"}, headers=signature),
        nobody.send("POST", INBOUND, data={**told, "Extra": "1"}, headers=signature),
        nobody.send("POST", f"{INBOUND}?a=1", data=told, headers=signature),
        nobody.send("POST", STATUS, data=told, headers=signature),
        nobody.send("POST", INBOUND, json=told, headers=signature),
        nobody.send("POST", INBOUND, headers=signature),
        post(nobody, sign(BASE + INBOUND, told, token="somebody else's")),
        post(nobody, sign(BASE + INBOUND, told, token="")),
        # Signed for another address than the one that Twilio was given.
        post(nobody, sign(f"http://pain.example.nhs.uk{INBOUND}", told)),
        post(nobody, sign(f"http://localhost{INBOUND}", told)),
        post(nobody, sign(f"https://pain.example.org{INBOUND}", told)),
    ]
    for index, answer in enumerate(refused):
        assert (index, answer.status, answer.mimetype) == (index, 403, "application/problem+json")
    assert nobody.send("POST", INBOUND, data=b"x" * 70_000, headers=signature).status == 413
    assert nobody.get(INBOUND).status == 405
    assert world.messages() == []
    assert world.amina().text_consent is ConsentStatus.GIVEN
    taken = post(nobody, good)
    assert (taken.status, taken.mimetype) == (200, "text/xml")
    assert taken.text.endswith("<Response></Response>")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN


def test_what_is_about_another_account_is_refused(world: World, double: TwilioDouble, nobody: Caller) -> None:
    """However well it is signed: a token may be shared with an account that is none of ours."""
    message, sid = sent(world, double)
    for other in ("AC" + "f" * 32, ACCOUNT_SID.lower(), f"{ACCOUNT_SID} ", ""):
        assert receive(nobody, form("STOP", AccountSid=other)).status == 403
        told = {"AccountSid": other, "MessageSid": sid, "MessageStatus": "delivered"}
        assert post(nobody, sign(BASE + STATUS, told)).status == 403
    without = {name: value for name, value in form("STOP").items() if name != "AccountSid"}
    assert receive(nobody, without).status == 403
    assert world.messages(kind=MessageKind.INBOUND) == []
    assert [each.status for each in world.messages(id=message.id)] == [MessageStatus.SENT]


def test_a_text_that_comes_again_changes_nothing(
    world: World, double: TwilioDouble, watch: Watch, nobody: Caller
) -> None:
    nudge, _ = sent(world, double)
    watch.now = world.now + timedelta(minutes=5)
    answer, words, stop = form("Y, it went well"), form("My knee hurts"), form("STOP", OptOutType="STOP")
    for told in (answer, words, stop):
        first = receive(nobody, told)
        for again in (told, told, {**told, "Body": "Something else"}, {**told, "From": STRANGER}):
            repeated = receive(nobody, again)
            assert (repeated.status, repeated.text) == (200, first.text)
    kept = world.messages(kind=MessageKind.INBOUND)
    assert [message.body for message in kept] == [told["Body"] for told in (answer, words, stop)]
    assert {message.number for message in kept} == {cast.AMINA_MOBILE}
    with reading() as session:
        answers = session.scalars(select(Answered).order_by(Answered.kind.desc())).all()
    assert [(item.nudge_id, item.kind) for item in answers] == [(nudge.nudge_id, "yes"), (nudge.nudge_id, "words")]
    assert len(world.consents(world.people.amina.id)) == 2
    kinds = sorted(task.kind for task in world.tasks())
    assert kinds == [TaskKind.CONTACT_ANOTHER_WAY, TaskKind.READ_MESSAGE, TaskKind.READ_MESSAGE]


def test_the_same_post_twice_in_the_same_moment_is_one_text(app: Flask, world: World) -> None:
    for body in ("STOP", "My knee hurts", "START"):
        told = form(body)
        answers = at_once(*(partial(receive, Caller(app.test_client()), told) for _ in range(3)))
        assert {answer.status for answer in answers} == {200}
        assert len(world.messages(provider_id=told["MessageSid"])) == 1
    assert [event.status for event in world.consents(world.people.amina.id)] == ["given", "withdrawn", "given"]
    assert len(world.tasks(kind=TaskKind.READ_MESSAGE)) == 1


def test_whatever_a_text_is_like_it_is_kept(world: World, nobody: Caller) -> None:
    odd = {
        "a picture": form("", NumMedia="2", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg"),
        "nothing": form(""),
        "much": form("word " * 320),
        "emoji": form("👨‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        "Welsh and Arabic": form("Sut wyt ti? ŵŷ \u200fمرحبا\u200e"),
        "lines": form(" one\r\n\ttwo "),
        "no media count": form("x", NumMedia="many"),
        "a huge media count": form("x", NumMedia="9" * 30),
        "a word of Twilio's that we do not know": form("x", OptOutType="MAYBE" * 20),
        "a short code": form("x", "60066"),
        "a name": form("x", "NHSnoreply"),
        "another country": form("x", "+33612345678"),
        "WhatsApp": form("x", f"whatsapp:{cast.AMINA_MOBILE}"),
        "an address": form("x", f"rcs:{'agent' * 40}@rbm.goog"),
        "to nobody": form("x", To=""),
    }
    for name, told in odd.items():
        assert (name, receive(nobody, told).status) == (name, 200)
        [kept] = world.messages(provider_id=told["MessageSid"])
        assert (name, kept.body, kept.handled_at) == (name, told["Body"], world.now)
        assert world.tasks(message_id=kept.id), f"nobody is asked to look at {name}"
    [picture] = world.messages(provider_id=odd["a picture"]["MessageSid"])
    assert picture.media_count == 2


def test_a_nul_loses_nothing_around_it(world: World, nobody: Caller) -> None:
    told = form("My knee\x00 hurts", OptOutType="\x00")
    assert receive(nobody, told).status == 200
    [kept] = world.messages(provider_id=told["MessageSid"])
    assert kept.body == "My knee\ufffd hurts"
    assert world.tasks(message_id=kept.id)
    assert receive(nobody, form("x", "+4477009\x0000101")).status == 200
    for sid in ("", "SM\x00", "S" * 65, "SM é"):
        wrong = receive(nobody, form("x", MessageSid=sid))
        assert (sid, wrong.status, "MessageSid" in wrong.text) == (sid, 400, True)
    nameless = receive(nobody, form("x", ""))
    assert (nameless.status, "From" in nameless.text) == (400, True)
    assert len(world.messages()) == 2


def test_a_number_nobody_knows_is_shown_to_somebody(world: World, nobody: Caller, ben: Caller, eve: Caller) -> None:
    assert receive(nobody, form("Is this the clinic?", STRANGER)).status == 200
    [item] = [item for who in (ben, eve) for item in who.get("/v1/inbox").json["items"]]
    assert (item["kind"], item["patient"], item["message"]["number"]) == ("unknown-number", None, STRANGER)
    assert item["message"]["body"] == "Is this the clinic?"
    # STOP from a stranger is kept too, and stops nobody else.
    assert receive(nobody, form("STOP", STRANGER, OptOutType="STOP")).status == 200
    assert world.amina().text_consent is ConsentStatus.GIVEN


def test_the_carriers_words_are_heeded(world: World, nobody: Caller) -> None:
    def consent() -> ConsentStatus:
        return world.amina().text_consent

    receive(nobody, form("Stopp", OptOutType="STOP"))
    assert consent() is ConsentStatus.WITHDRAWN
    receive(nobody, form("YES", OptOutType="START"))
    assert consent() is ConsentStatus.WITHDRAWN, "a mere yes turned texts on again"
    receive(nobody, form("START", OptOutType="START"))
    assert consent() is ConsentStatus.GIVEN
    receive(nobody, form("HELP", OptOutType="HELP"))
    assert consent() is ConsentStatus.GIVEN
    assert any(task.priority == "urgent" for task in world.tasks(kind=TaskKind.READ_MESSAGE))
    sources = [event.source for event in world.consents(world.people.amina.id)]
    assert sources == [ConsentSource.STAFF, ConsentSource.PATIENT_TEXT, ConsentSource.PATIENT_TEXT]


def test_a_stop_holds_and_urgent_words_wait_for_nobody_when_the_provider_is_answered(
    world: World, double: TwilioDouble, watch: Watch, nobody: Caller
) -> None:
    sent(world, double)
    watch.now = world.now + timedelta(minutes=5)
    for body in ("N", "I want to die", "STOP"):
        assert just_post(nobody, sign(BASE + INBOUND, form(body))).status == 200
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    assert [task.priority for task in world.tasks(kind=TaskKind.READ_MESSAGE)] == ["urgent"]
    # What came before it from the same phone was acted on before it.
    assert all(text.handled_at == watch.now for text in world.messages(kind=MessageKind.INBOUND))
    assert just_post(nobody, sign(BASE + INBOUND, form("Thank you"))).status == 200
    [later] = [text for text in world.messages(kind=MessageKind.INBOUND) if text.body == "Thank you"]
    assert later.handled_at is None
    work_off(watch.now)
    assert len(world.tasks(message_id=later.id)) == 1


@pytest.mark.own_app
def test_a_plain_text_is_taken_ahead_of_flask_and_answered_alike(app: Flask, world: World, nobody: Caller) -> None:
    reached: list[str] = []
    app.before_request(lambda: reached.append(request.form["Body"]))
    short = just_post(nobody, sign(BASE + INBOUND, form("Hello")))
    assert reached == []
    # What the carrier did with a word, even if it did nothing, is for the long way.
    long = just_post(nobody, sign(BASE + INBOUND, form("Hello", OptOutType="")))
    assert (short.status, short.text, dict(short.headers)) == (long.status, long.text, dict(long.headers))
    asked = ["STOP", "I want to die", "Loop check ACDEFGHJ", "WHY"]
    for body in asked:
        just_post(nobody, sign(BASE + INBOUND, form(body)))
    assert reached == ["Hello", *asked]
    assert len(world.messages(kind=MessageKind.INBOUND)) == 6


def test_receipts_move_a_text_forward_only(world: World, double: TwilioDouble, nobody: Caller) -> None:
    message, sid = sent(world, double)

    def status() -> MessageStatus:
        return world.messages(id=message.id)[0].status

    for told, expected in (
        ("queued", MessageStatus.SENT),
        ("sent", MessageStatus.SENT),
        ("smoke-signal", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("delivered", MessageStatus.DELIVERED),
        ("sent", MessageStatus.DELIVERED),
        ("undelivered", MessageStatus.DELIVERED),
        ("read", MessageStatus.DELIVERED),
    ):
        answer = post(nobody, double.settle(sid, told))
        assert (told, answer.status, answer.text) == (told, 204, "")
        assert (told, status()) == (told, expected)
    [nudge] = [nudge for nudge in world.nudges() if nudge.id == message.nudge_id]
    assert nudge.status == "sent"


def test_a_receipt_of_something_else_changes_nothing(world: World, double: TwilioDouble, nobody: Caller) -> None:
    message, sid = sent(world, double)
    told = {"AccountSid": ACCOUNT_SID, "MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    other = f"SM{uuid4().hex}"
    about = {
        "another text of ours by our id": ("?message=" + str(message.id), {**told, "MessageSid": other}),
        "an id of ours that is none": (f"?message={uuid4()}", told),
        "a text that we know nothing of": ("", {**told, "MessageSid": other}),
        "no status": ("", {**told, "MessageStatus": ""}),
        "an unknown status": ("", {**told, "MessageStatus": "\x00"}),
        "no id": ("?message=", {**told, "MessageSid": ""}),
        "an id that no database takes": ("?message=%00", {**told, "MessageSid": "SM\x00"}),
        "an id that is too long": ("?message=%ff", {**told, "MessageSid": "S" * 5_000}),
        "nothing at all": ("", {"AccountSid": ACCOUNT_SID}),
    }
    for name, (query, fields) in about.items():
        answer = post(nobody, sign(BASE + STATUS + query, fields))
        assert (name, answer.status) == (name, 204)
        assert (name, world.messages(id=message.id)[0].status) == (name, MessageStatus.SENT)
    assert world.tasks() == []
    # A query of ours that somebody mangled on the way still leaves Twilio's own id.
    for query in ("?message=rubbish", "?message=", "?message=1&message=2", "?other=1", ""):
        assert post(nobody, sign(BASE + STATUS + query, {**told, "MessageStatus": "sent"})).status == 204
    late = {**told, "ErrorCode": "3" * 5_000 + "\x00", "MessageStatus": "failed"}
    assert post(nobody, sign(f"{BASE}{STATUS}?message=rubbish", late)).status == 204
    assert world.messages(id=message.id)[0].status is MessageStatus.TECHNICAL_FAILURE


def test_a_receipt_does_not_take_another_texts_id(
    world: World, double: TwilioDouble, nobody: Caller, ben: Caller
) -> None:
    """A text that waits in the outbox has no id of Twilio's yet, and no receipt may give it one."""
    message, sid = sent(world, double)
    waiting = ben.post(f"/v1/patients/{world.people.amina.id}/messages", {"body": "Hello"}).json["id"]
    told = {"AccountSid": ACCOUNT_SID, "MessageSid": sid, "MessageStatus": "delivered"}
    assert post(nobody, sign(f"{BASE}{STATUS}?message={waiting}", told)).status == 204
    world.send()
    assert double.messages[-1].body == "Hello"
    assert [text.status for text in world.messages(kind=MessageKind.REPLY)] == [MessageStatus.SENT]
    assert world.messages(id=message.id)[0].provider_id == sid


def test_the_carrier_says_that_they_stopped(world: World, double: TwilioDouble, nobody: Caller, ben: Caller) -> None:
    message, sid = sent(world, double)
    for _ in range(2):
        assert post(nobody, double.settle(sid, "undelivered", 21610)).status == 204
    assert world.messages(id=message.id)[0].status is MessageStatus.PERMANENT_FAILURE
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN
    events = world.consents(world.people.amina.id)
    assert [event.source for event in events] == [ConsentSource.STAFF, ConsentSource.CARRIER]
    assert [task.kind for task in world.tasks()] == [TaskKind.CONTACT_ANOTHER_WAY]
    assert ben.post(f"/v1/patients/{world.people.amina.id}/consents", {"status": "given"}).status == 409


def test_receipts_and_answers_of_one_text_at_once(app: Flask, world: World, double: TwilioDouble, watch: Watch) -> None:
    _, sid = sent(world, double)
    watch.now = world.now + timedelta(minutes=1)
    receipts = [double.settle(sid, told, code) for told, code in (("sent", None), ("undelivered", 21610))]
    calls = [partial(post, Caller(app.test_client()), signed) for signed in receipts]
    calls += [partial(post, Caller(app.test_client()), sign(BASE + INBOUND, form(body))) for body in ("STOP", "Y")]
    assert sorted(answer.status for answer in at_once(*calls)) == [200, 200, 204, 204]
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN


def test_a_text_before_there_is_a_pain_service_is_to_come_again(app: Flask, nobody: Caller) -> None:
    assert receive(nobody, form("Hello")).status == 503


def test_where_the_simulator_is_in_use_there_is_no_twilio(tmp_path: Path) -> None:
    simulated = Caller(create_app(Config(database_url=f"sqlite:///{tmp_path}/x", public_base_url=BASE)).test_client())
    for path in (INBOUND, STATUS):
        absent = post(simulated, sign(BASE + path, form("Hello")))
        assert (absent.status, absent.mimetype) == (404, "application/problem+json")
