"""Does a code let in whom it was texted to, and nobody else, however they try?"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from api.app import create_app
from api.settings.config import Config
from companion.db import db, reading, transaction
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind
from companion.domain.patient import PatientStatus
from companion.domain.segments import is_gsm7, segments
from companion.domain.sign_in_text import HIDDEN, plain, with_code
from companion.models import Alarm, AuditEntry, CodeRequest, Message, Patient, SignInCode
from companion.use_cases import patient
from tests.api.body import nth_enrolment
from tests.api.caller import Caller, at_once, signed_in
from tests.api.patient_entry.conftest import CODES, SIGN_IN, Entrance
from tests.api.patient_entry.shown import nowhere_shown
from tests.support import cast
from tests.support.cast import AMINA_MOBILE, DEE_MOBILE
from tests.support.world import World

STRANGER = "+447700900777"


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_patient_is_in_with_two_taps(entrance: Entrance) -> None:
    answer = entrance.ask("07700 900101")
    assert answer.status == 202
    (text,) = entrance.texts()
    assert re.fullmatch(r"\d{6} is your sign-in code\. .* Never share it.* iHELP pain service", text)
    tokens = entrance.use(f"{text[:3]} {text[3:6]}", "07700 900101", device="Amina's phone").json
    me = entrance.with_token(tokens["access_token"]).get("/v1/me")
    assert me.json["given_name"] == "Amina"
    assert me.json["pain_service"]["name"] == "West Lancashire Pain Service"


def test_the_text_goes_through_the_outbox_ahead_and_ends_with_the_code(entrance: Entrance) -> None:
    entrance.ask()
    (text,) = entrance.world.messages(kind=MessageKind.SIGN_IN)
    assert text.priority == 1
    assert text.expires_at is not None
    assert (text.expires_at - text.created_at).total_seconds() == 300
    entrance.world.send()
    assert entrance.world.messages(kind=MessageKind.SIGN_IN)[0].status == "sent"


@pytest.mark.parametrize("service", ["iHELP pain service", "Ŵy Gŵyr {pain} ~`|", "服務", "X" * 30])
def test_the_text_fits_in_one_part_on_any_phone(service: str) -> None:
    text = with_code(service, "012345")
    assert is_gsm7(text)
    assert segments(text) == 1
    assert text.endswith(plain(service))


def test_a_stranger_s_number_gets_the_same_answer_and_no_text(entrance: Entrance) -> None:
    known, unknown = entrance.ask(), entrance.ask(STRANGER)
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert {*known.headers.keys()} == {*unknown.headers.keys()}
    assert entrance.texts(STRANGER) == []
    with reading() as session:
        assert session.scalars(select(CodeRequest)).all() == []


def test_asking_writes_the_same_whether_or_not_the_number_is_known(entrance: Entrance) -> None:
    """The work is the same, because whose number it is, is looked up later and by the worker."""
    for mobile in (AMINA_MOBILE, STRANGER):
        assert entrance.nobody.post(SIGN_IN, {"mobile": mobile}).status == 202
    with reading() as session:
        assert sorted(each.mobile for each in session.scalars(select(CodeRequest))) == [AMINA_MOBILE, STRANGER]
        assert session.scalars(select(SignInCode)).all() == []
    assert entrance.texts() == []


def test_wrong_code_no_code_and_unknown_number_are_refused_alike(entrance: Entrance) -> None:
    code = entrance.code()
    answers = [entrance.use(other_than(code)), entrance.use(code, DEE_MOBILE), entrance.use(code, STRANGER)]
    entrance.wait(minutes=5)
    answers.append(entrance.use(code))
    assert [answer.status for answer in answers] == [401] * 4
    assert len({answer.text for answer in answers}) == 1


def test_a_try_does_the_same_work_whether_or_not_the_number_is_known(entrance: Entrance) -> None:
    """Statement by statement: what a stranger could time."""
    told = {}
    for mobile in (AMINA_MOBILE, STRANGER):
        entrance.ask(mobile)
        code = (entrance.texts(mobile) or ["000000"])[-1][:6]
        with statements() as told[mobile]:
            assert entrance.use(other_than(code), mobile).status == 401
    assert told[AMINA_MOBILE] == told[STRANGER]
    assert len(told[STRANGER]) >= 4


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    given: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        given.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield given
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_code_works_once(entrance: Entrance) -> None:
    code = entrance.code()
    assert entrance.use(code).status == 201
    assert entrance.use(code).status == 401


def test_a_code_works_once_though_it_comes_from_many_at_once(entrance: Entrance) -> None:
    code = entrance.code()
    answers = at_once(*[lambda: entrance.use(code).status] * 6)
    assert sorted(answers) == [201, 401, 401, 401, 401, 401]


def test_a_code_ends_after_five_tries(entrance: Entrance) -> None:
    code = entrance.code()
    assert [entrance.use(other_than(code)).status for _ in range(5)] == [401] * 5
    assert entrance.use(code).status == 401
    again = entrance.code()
    assert [entrance.use(other_than(again)).status for _ in range(4)] == [401] * 4
    assert entrance.use(again).status == 201


def test_a_code_ends_after_five_minutes(entrance: Entrance) -> None:
    code = entrance.code()
    entrance.moment.now += timedelta(minutes=4, seconds=59)
    assert entrance.use(code).status == 201
    code = entrance.code()
    entrance.moment.now += timedelta(minutes=5)
    assert entrance.use(code).status == 401


def test_a_new_code_ends_the_one_before(entrance: Entrance) -> None:
    first = entrance.code()
    second = entrance.code()
    if first != second:
        assert entrance.use(first).status == 401
    assert entrance.use(second).status == 201


def test_of_a_code_nothing_is_kept_that_could_be_read(entrance: Entrance) -> None:
    code = entrance.code()
    with reading() as session:
        (kept,) = session.scalars(select(SignInCode)).all()
    assert kept.patient_id == entrance.world.people.amina.id
    assert code not in kept.code_mac
    assert AMINA_MOBILE not in kept.number_mac
    assert len(kept.code_mac) == len(kept.number_mac) == 64


def test_the_text_forgets_the_code_when_it_is_over(entrance: Entrance) -> None:
    code = entrance.code()
    entrance.world.send()
    assert code in entrance.texts()[0], "it is on its way"
    entrance.wait(minutes=1)
    assert entrance.texts() == [HIDDEN], "the provider has it"


def test_a_text_that_never_went_forgets_it_too(entrance: Entrance) -> None:
    entrance.code()
    entrance.wait(minutes=6)
    entrance.world.send()
    assert [text.status for text in entrance.world.messages(kind=MessageKind.SIGN_IN)] == ["cancelled"]
    entrance.wait(minutes=1)
    assert entrance.texts() == [HIDDEN]


def test_staff_never_see_a_code(entrance: Entrance) -> None:
    code = entrance.code()
    ben = signed_in(entrance.app, entrance.world.people.ben)
    nowhere_shown(entrance, code)
    assert ben.get(f"/v1/patients/{entrance.world.people.amina.id}/messages").json["items"][0]["body"] == HIDDEN


def test_a_stop_does_not_keep_somebody_from_a_code_they_asked_for(entrance: Entrance) -> None:
    """P1 is about what we send of our own accord."""
    entrance.world.texts("STOP")
    assert entrance.world.amina().text_consent is ConsentStatus.WITHDRAWN
    code = entrance.code()
    entrance.world.send()
    assert entrance.world.messages(kind=MessageKind.SIGN_IN)[0].status == "sent"
    assert entrance.use(code).status == 201


def finish(world: World) -> None:
    with transaction() as session:
        session.get_one(Patient, world.people.amina.id).status = PatientStatus.FINISHED


def test_who_is_finished_gets_no_code_and_their_sign_ins_end(entrance: Entrance) -> None:
    token = entrance.enter()["access_token"]
    code = entrance.code()
    finish(entrance.world)
    assert not entrance.is_in(token)
    assert entrance.use(code).status == 401
    before = len(entrance.texts())
    assert entrance.ask().status == 202
    assert len(entrance.texts()) == before


def test_a_text_that_waits_does_not_go_to_whoever_was_finished_meanwhile(entrance: Entrance) -> None:
    entrance.ask()
    finish(entrance.world)
    entrance.world.send()
    assert entrance.world.messages(kind=MessageKind.SIGN_IN)[0].status == "cancelled"


def test_a_number_of_two_pain_services_is_for_the_one_that_texted_last(entrance: Entrance) -> None:
    world = entrance.world
    there = patient.enrol(world.people.eve, cast.enrolment(), world.now + timedelta(minutes=1))
    assert there.mobile == AMINA_MOBILE

    def signed_in_at() -> str:
        token = entrance.enter()["access_token"]
        name: str = entrance.with_token(token).get("/v1/me").json["pain_service"]["name"]
        return name

    assert signed_in_at() == "Fylde Pain Service", "nobody has texted: enrolled last"
    ben = signed_in(entrance.app, world.people.ben)
    assert ben.post(f"/v1/patients/{world.people.amina.id}/messages", {"body": "Hello"}).status == 202
    assert signed_in_at() == "West Lancashire Pain Service"


def test_so_many_codes_for_a_number_whether_or_not_it_is_known(entrance: Entrance) -> None:
    for mobile in (AMINA_MOBILE, STRANGER):
        assert [entrance.ask(mobile).status for _ in range(3)] == [202] * 3
        refused = entrance.ask(mobile)
        assert refused.status == 429
        assert refused.headers["Retry-After"] == "900"
    assert entrance.ask(DEE_MOBILE).status == 202


def test_so_many_codes_are_asked_for_and_tried_from_an_address(entrance: Entrance) -> None:
    answers = [entrance.ask(f"+4477009003{number:02}").status for number in range(31)]
    assert answers == [202] * 30 + [429]
    tried = [entrance.use("000000", STRANGER).status for _ in range(51)]
    assert tried == [401] * 50 + [429]


def open_alarms() -> list[tuple[str, str | None]]:
    with reading() as session:
        wanted = select(Alarm).where(Alarm.cleared_at.is_(None))
        return [(alarm.kind.value, alarm.code) for alarm in session.scalars(wanted)]


def test_when_codes_are_pumped_they_stop_and_somebody_is_told(entrance: Entrance) -> None:
    """Who is paid for texts to a block of numbers asks for as many as they can. Here the block is the whole cast's."""
    world = entrance.world
    people = [
        patient.enrol(
            world.people.ben,
            cast.enrolment(nhs_number=nhs, mobile=f"+447700900{300 + number}"),
            world.now,
        )
        for number, nhs in enumerate(nth_enrolment(number)["nhs_number"] for number in range(300, 321))
    ]
    for number, person in enumerate(people):
        if number % 7 == 0:
            entrance.wait(seconds=1)
        entrance.ask(person.mobile)
    went = world.messages(kind=MessageKind.SIGN_IN)
    assert len(went) == 20
    assert open_alarms() == [("codes-pumped", "+4477009")]
    entrance.wait(minutes=16)
    entrance.ask(people[-1].mobile)
    assert len(world.messages(kind=MessageKind.SIGN_IN)) == 21
    entrance.wait(minutes=50)
    assert open_alarms() == []


def test_it_is_written_down_who_signed_in(entrance: Entrance) -> None:
    entrance.enter()
    with reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.patient_id == entrance.world.people.amina.id)
        entries = session.scalars(wanted.order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries][-2:] == ["sign-in.code", "sign-in.begin"]
    assert entries[-1].actor_kind == "patient"
    assert (entries[-1].origin or "").startswith("api ")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["code", "mobile"]),
        ({"mobile": "12", "code": "012345"}, ["mobile"]),
        ({"mobile": "+1 202 555 0100", "code": "012345"}, ["mobile"]),
        ({"mobile": AMINA_MOBILE, "code": "12345"}, ["code"]),
        ({"mobile": AMINA_MOBILE, "code": "٠١٢٣٤٥"}, ["code"]),
        ({"mobile": AMINA_MOBILE, "code": "1" * 5_000}, ["code"]),
        ({"mobile": AMINA_MOBILE, "code": 123456}, ["code"]),
        ({"mobile": AMINA_MOBILE, "code": "012345", "device": "a\nb"}, ["device"]),
        ({"mobile": AMINA_MOBILE, "code": "012345", "pin": "1"}, ["pin"]),
    ],
)
def test_bad_input_is_named(entrance: Entrance, sent: dict[str, object], fields: list[str]) -> None:
    answer = entrance.nobody.post(CODES, sent)
    assert answer.status == 422
    assert answer.fields == fields


def test_two_texts_are_no_one_s_but_the_asker_s(entrance: Entrance) -> None:
    entrance.ask(DEE_MOBILE)
    with reading() as session:
        texts = session.scalars(select(Message).where(Message.kind == MessageKind.SIGN_IN)).all()
    assert [text.patient_id for text in texts] == [entrance.world.people.dee.id]


def counted(app: Flask, forwarded: str) -> int:
    """Ask for a code by way of a balancer that says who asked it."""
    caller = Caller(app.test_client())
    return caller.send("POST", SIGN_IN, json={"mobile": STRANGER}, headers={"X-Forwarded-For": forwarded}).status


def test_behind_a_balancer_each_caller_has_their_own_limit(entrance: Entrance, database_url: str) -> None:
    behind = create_app(Config(database_url=database_url, proxies=1), clock=lambda: entrance.moment.now)
    for number in range(30):
        caller = Caller(behind.test_client())
        sent = {"mobile": f"+4477009003{number:02}"}
        assert caller.send("POST", SIGN_IN, json=sent, headers={"X-Forwarded-For": "203.0.113.7"}).status == 202
    assert counted(behind, "203.0.113.7") == 429
    assert counted(behind, "203.0.113.9, 203.0.113.7") == 429, "a caller's own word is not the balancer's"
    assert counted(behind, "203.0.113.8") == 202
    assert counted(entrance.app, "203.0.113.7") == 202, "without a balancer the header says nothing"
    with behind.app_context():
        db.engine.dispose()
