"""Does anything of a person come out where it does not belong? A marker in every personal field, the product driven
through all its doors, good and bad, and everything that came out looked through for it.

Where the markers go follows from the verdicts of tests/personal.py, so that a new personal column fails here until
somebody plants a marker in it.
"""

import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from api.app import create_app
from api.config import Config, Twilio
from companion.db import db, reading, transaction
from companion.domain.task import TaskKind
from companion.models import PainService, Patient, Wording
from companion.records import task as tasks
from companion.sealed import sealed_tables, words_of
from companion.use_cases import patient, staff
from nudges import inbound, outbox, planner
from nudges.twilio_gateway import TwilioGateway
from tests import cast, personal, postgres
from tests.api import body
from tests.api.caller import Caller, signed_in
from tests.api.test_webhooks import BASE, INBOUND, STATUS, Watch, form, just_post
from tests.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.twilio_double import TwilioDouble
from tests.twilio_webhook import sign
from tests.world import World

# Each its own, so that what is found says where it came from. Numbers are found however they are written.
MARKS = {
    "patient.given_name_sealed": "Zqgiven",
    "patient.family_name_sealed": "Zqfamily",
    "patient.nhs_number_sealed": "9990000034",
    "patient.mobile_sealed": "7700900777",
    "staff.name_sealed": "Zqstaff",
    "staff.email_sealed": "zqstaff@example",
    "message.number_sealed": "7700900888",
    "message.body_sealed": "Zqbody",
    "task.why_sealed": "Zqwhy",
    "task.outcome_sealed": "Zqoutcome",
    "audit_entry.reason_sealed": "Zqaccessreason",
    "care_plan_revision.what_matters_sealed": "Zqmatters",
    "care_plan_revision.communicate_how_sealed": "Zqhow",
    "care_plan_revision.please_do_sealed": "Zqplease",
    "care_plan_revision.please_dont_sealed": "Zqdont",
    "care_plan_revision.reason_sealed": "Zqrevised",
    "already_helps.words_sealed": "Zqhelps",
    "goal.words_sealed": "Zqgoal",
    "activity.words_sealed": "Zqactivity",
    "activity.nudge_words_sealed": "Zqnudge",
}
NHS_WRITTEN, MOBILE_WRITTEN = "999 000 0034", "07700 900777"
MOBILE, STRANGER = "+447700900777", "+447700900888"


def leaks(said: str | bytes) -> set[str]:
    """Which fields' markers stand in it: plain, with the gaps that numbers are written with, or as a dump's hex."""
    raw = said.encode() if isinstance(said, str) else said
    low, bare = raw.lower(), raw.lower().replace(b" ", b"").replace(b"%20", b"").replace(b"-", b"")
    return {
        name
        for name, mark in MARKS.items()
        if mark.lower().encode() in low or mark.lower().encode() in bare or mark.encode().hex().encode() in low
    }


@dataclass
class Heard:
    """What came out, by the door it came out of, and what the product was asked to do."""

    terminal: pytest.CaptureFixture[str]
    log: StringIO = field(default_factory=StringIO)
    errors: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def found(self) -> dict[str, set[str]]:
        """Which markers came out where nothing of a person may."""
        outputs = {
            "log": [self.log.getvalue()],
            "errors": self.errors,
            "urls": self.urls,
            "public pages": self.public,
            "commands": self.commands,
        }
        found = {name: set().union(*map(leaks, said)) for name, said in outputs.items()}
        return {name: marks for name, marks in found.items() if marks}


@dataclass
class Listener:
    """A caller whose every answer is kept."""

    caller: Caller
    heard: Heard

    def send(self, method: str, path: str, **more: Any) -> Any:
        """Ask, and keep what came back: an error's body, or an answer that is meant to show it."""
        answer = self.caller.send(method, path, **more)
        self.heard.urls.append(path)
        self.heard.urls.append(answer.headers.get("Location", ""))
        self.heard.statuses.add(answer.status)
        told = str(answer.headers) + answer.text
        (self.heard.errors if answer.status >= 400 else self.heard.shown).append(told)
        return answer


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


@pytest.fixture
def gateway(double: TwilioDouble) -> TwilioGateway:
    return TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, BASE + STATUS, double.url)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def app(database_url: str, gateway: TwilioGateway, watch: Watch) -> Iterator[Flask]:
    """The product with Twilio in use."""
    twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID)
    made = create_app(
        Config(database_url=database_url, public_base_url=BASE, twilio=twilio), gateway, lambda: watch.now
    )
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture
def heard(capfd: pytest.CaptureFixture[str]) -> Iterator[Heard]:
    """Every log line of whatever level, in its plainest form: nothing is struck out of it; and both output streams."""
    found = Heard(capfd)
    root, handler = logging.getLogger(), logging.StreamHandler(found.log)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(before)
    root.removeHandler(handler)


def drive(app: Flask, world: World, watch: Watch, heard: Heard, tmp_path: Path) -> None:
    """All of it: sound requests, refused ones, texts in and out, receipts, commands, and faults of every floor."""
    ben = Listener(signed_in(app, world.people.ben), heard)
    patient_id = write_the_record(ben, world, watch)
    text_both_ways(app, world, watch, heard, patient_id)
    answer_and_ask(ben, world, watch, patient_id)
    be_refused(app, ben, world, heard, patient_id)
    run_commands(app, heard, tmp_path)
    break_things(app, ben, world, watch, heard, patient_id)
    nobody = Caller(app.test_client())
    for path in ("/", "/health/live", "/health/ready", "/health", "/metrics", "/openapi.json", "/docs"):
        heard.public.append(nobody.get(path).text)


def write_the_record(ben: Listener, world: World, watch: Watch) -> str:
    """Enrol a person and write their plan, a marker in every field."""
    enrolled = ben.send("POST", "/v1/patients", json=body.enrolment(
        given_name="Zqgiven", family_name="Zqfamily", nhs_number=NHS_WRITTEN, mobile=MOBILE_WRITTEN))  # fmt: skip
    assert enrolled.status == 201, enrolled.text
    patient_id = str(enrolled.json["id"])
    activities = [
        body.activity(line="sleep", goal_line="school", words="Zqactivity", nudge_words="Zqnudge?",
                      days_of_week=["mon", "tue", "wed", "thu", "fri"], time_of_day="10:00"),
    ]  # fmt: skip
    plan = body.content(
        what_matters="Zqmatters", communicate_how="Zqhow", please_do="Zqplease", please_dont="Zqdont",
        already_helps=[{"line": "lunch-walk", "words": "Zqhelps"}], goals=[body.goal(words="Zqgoal")],
        activities=activities,
    )  # fmt: skip
    drafted = ben.send("POST", f"/v1/patients/{patient_id}/care-plans", json=plan)
    assert drafted.status == 201, drafted.text
    plan_id = drafted.json["id"]
    revised = ben.send("POST", f"/v1/care-plans/{plan_id}/revisions", version=drafted.tag,
                       json={"content": plan, "reason": "Zqrevised"})  # fmt: skip
    assert revised.status == 201, revised.text
    agreed = ben.send("POST", f"/v1/care-plans/{plan_id}/agreement", version=revised.tag,
                      json={"how": "in-person", "agreed_at": watch.now.isoformat()})  # fmt: skip
    assert agreed.status < 300, agreed.text
    for path in (f"care-plans/{plan_id}", f"care-plans/{plan_id}/revisions", f"care-plans/{plan_id}/revisions/1"):
        ben.send("GET", f"/v1/{path}")
    return patient_id


def text_both_ways(app: Flask, world: World, watch: Watch, heard: Heard, patient_id: str) -> None:
    """A nudge goes out with its words, its receipts come, they answer, and somebody unknown texts."""
    planner.plan(watch.now)
    watch.now = world.now = min(nudge.due_at for nudge in world.nudges())
    world.beat()
    assert any(b.number.endswith("7700900777") for b in world.messages())
    caller = Caller(app.test_client())
    for told in (form("Zqbody, and it hurts", MOBILE), form("Zqbody I want to die", STRANGER), form("STOP")):
        signed = sign(BASE + INBOUND, told)
        heard.errors.append(just_post(caller, signed).text)
        heard.errors.append(just_post(caller, replace(signed, headers={})).text)
    for message in world.messages():
        if message.provider_id:
            told = {"MessageSid": message.provider_id, "MessageStatus": "delivered", "To": message.number}
            heard.errors.append(just_post(caller, sign(f"{BASE}{STATUS}?message={message.id}", told)).text)
    world.beat()


def answer_and_ask(ben: Listener, world: World, watch: Watch, patient_id: str) -> None:
    """Staff answer, complete and look at everything."""
    ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"words": "Zqbody, I will ring you"})
    with transaction() as session:
        service = session.get_one(PainService, world.people.service_id)
        tasks.ask(session, service, TaskKind.READ_MESSAGE, "Zqwhy", watch.now)
    for task in ben.send("GET", "/v1/inbox").json["items"]:
        done = ben.send("POST", f"/v1/inbox/{task['id']}/completion", json={"outcome": "Zqoutcome"})
        assert done.status == 200
    patient.read(replace(world.people.ben, reason="Zqaccessreason"), UUID(patient_id), watch.now)
    member = staff.add(world.people.system, "Zqstaff", "zqstaff@example.nhs.uk", cast.PASSWORD,
                       sorted(world.people.ben.roles), watch.now)  # fmt: skip
    assert member.name == "Zqstaff"
    ben.send("POST", "/v1/sign-ins", json={"email": "zqstaff@example.nhs.uk", "password": cast.PASSWORD})
    ben.send("GET", "/v1/patients")
    ben.send("GET", "/v1/engagement")
    for what in ("", "/messages", "/nudges", "/preferences", "/consents", "/care-plans", "/record-access"):
        assert ben.send("GET", f"/v1/patients/{patient_id}{what}").status == 200
    world.beat()


def be_refused(app: Flask, ben: Listener, world: World, heard: Heard, patient_id: str) -> None:
    """Whatever a caller gets wrong about a person, and whoever has no business with them."""
    taken = body.enrolment(given_name="Zqgiven", family_name="Zqfamily", nhs_number=NHS_WRITTEN, mobile=MOBILE_WRITTEN)
    for wrong in (
        taken,
        taken | {"nhs_number": "9990000034 1"},
        taken | {"mobile": "7700900777"},
        taken | {"given_name": "Zqgiven" * 20},
        taken | {"given_name": {"x": "Zqgiven"}},
        taken | {"family_name": "Zqfamily\x00"},
        taken | {"time_zone": "Zqfamily"},
    ):
        assert ben.send("POST", "/v1/patients", json=wrong).status in (400, 422)
    for sent in (b'{"given_name": "Zqgiven"', b"\xff Zqgiven", b'"Zqgiven"', b'["Zqgiven"]'):
        ben.send("POST", "/v1/patients", data=sent, headers={"Content-Type": "application/json"})
    ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"words": "Zqbody" * 1_000})
    ben.send("POST", f"/v1/patients/{patient_id}/care-plans", json=body.content(what_matters=["Zqmatters"]))
    ben.send("PATCH", f"/v1/patients/{patient_id}", json={"family_name": "Zqfamily"}, version='"999"')
    ben.send("PATCH", f"/v1/patients/{patient_id}", json={"family_name": "Zqfamily"})
    ben.send("POST", "/v1/sign-ins", json={"email": "zqstaff@example.nhs.uk", "password": "Zqbody"})
    for who in (world.people.eve, world.people.chandra):
        other = Listener(signed_in(app, who), heard)
        for what in ("", "/messages", "/care-plans", "/record-access"):
            assert other.send("GET", f"/v1/patients/{patient_id}{what}").status in (403, 404)
        other.send("POST", f"/v1/patients/{patient_id}/messages", json={"words": "Zqbody"})


def run_commands(app: Flask, heard: Heard, folder: Path) -> None:
    """What an operator's terminal shows, of good files and bad ones."""
    caseload = folder / "caseload.csv"
    head = "given_name,family_name,nhs_number,mobile,consent_to_texts"
    caseload.write_text(
        f"{head}\nZqgiven,Zqfamily,9990000034,7700900777x,perhaps\nZqgiven,,9990000035,07700900777,yes\n"
    )
    commands = (
        ("patients", "import", str(caseload), "--pain-service", "West Lancashire Pain Service"),
        ("staff", "add", "--name", "Zqstaff", "--email", "zqstaff@example.nhs.uk", "--role", "clinician",
         "--pain-service", "West Lancashire Pain Service", "--password-stdin"),
        ("staff", "add", "--name", "Zqstaff" * 40, "--email", "zqstaff@example", "--role", "clinician",
         "--pain-service", "West Lancashire Pain Service", "--password-stdin"),
        ("pain-services", "list"), ("audit", "verify"), ("keys", "status"), ("keys", "rotate"),
        ("keys", "reindex", "--yes"),
    )  # fmt: skip
    for words in commands:
        result = app.test_cli_runner().invoke(args=words, input=cast.PASSWORD + "\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
        heard.commands.append(result.output)
    assert any(output.startswith("Key 1 (seals): ") for output in heard.commands)


def break_things(app: Flask, ben: Listener, world: World, watch: Watch, heard: Heard, patient_id: str) -> None:
    """A table that is gone, a row that the database refuses, a value that does not open: under requests and beats."""
    with broken("message"):
        assert ben.send("POST", f"/v1/patients/{patient_id}/messages", json={"words": "Zqbody"}).status in (500, 503)
        just_post(Caller(app.test_client()), sign(BASE + INBOUND, form("Zqbody", MOBILE)))
    with broken("patient"):
        ben.send("POST", "/v1/patients", json=body.enrolment(given_name="Zqgiven", nhs_number="999 000 0042"))
    just_post(Caller(app.test_client()), sign(BASE + INBOUND, form("Zqbody again", MOBILE)))
    with broken("task"), suppress(DBAPIError):
        inbound.take_up(watch.now)
    with transaction() as session:
        # As an older release might have left one: a sound wording that no longer merges.
        session.execute(update(Wording).values(body="Zz ((first_name)) ((nonsense))"))
        amina = session.get_one(Patient, world.people.amina.id)
        session.execute(update(Patient).where(Patient.given_name_sealed != amina.given_name_sealed)
                        .values(family_name_sealed=amina.family_name_sealed))  # fmt: skip
    assert ben.send("GET", f"/v1/patients/{patient_id}").status == 500
    assert ben.send("GET", "/v1/patients").status == 500
    world.beat()
    outbox.send_due([world.gateway], "test", lambda: watch.now)


@contextmanager
def broken(table: str) -> Iterator[None]:
    """A table is not there for a while."""
    _rename(table, f"{table}_gone")
    yield
    _rename(f"{table}_gone", table)


def _rename(old: str, new: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def database(url: str) -> bytes:
    """Everything that the database keeps: SQLite's file and its log; of PostgreSQL what pg_dump writes."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return b"".join(path.read_bytes() for path in Path(str(address.database)).parent.glob("test.sqlite3*"))
    binaries = postgres.find_binaries()
    dump = binaries / "pg_dump" if binaries is not None else None
    if dump is None or not dump.exists():
        with db.engine.connect() as connection:
            tables = db.metadata.sorted_tables
            return repr([connection.execute(select(text("*")).select_from(table)).all() for table in tables]).encode()
    command = [str(dump), "-U", "postgres", "-h", str(address.query["host"]), "-p", "5432", str(address.database)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_every_personal_field_has_a_marker() -> None:
    assert set(MARKS) == personal.sealed()
    assert len(set(MARKS.values())) == len(MARKS)


@pytest.fixture
def driven(app: Flask, world: World, watch: Watch, heard: Heard, tmp_path: Path) -> Heard:
    """Everything has happened once."""
    drive(app, world, watch, heard, tmp_path)
    return heard


def test_nothing_of_a_person_comes_out_where_it_does_not_belong(driven: Heard, database_url: str) -> None:
    assert driven.found() == {}
    assert leaks("".join(driven.terminal.readouterr())) == set()
    assert leaks(database(database_url)) == set()
    # And it has been everywhere: nothing is quiet because nothing was said.
    assert {200, 201, 400, 403, 404, 412, 422, 428, 500} <= driven.statuses
    assert driven.log.getvalue().count("\n") > 100
    assert "does not open" in driven.log.getvalue()
    assert all(len(said) > 10 for said in driven.public)


def test_whoever_may_read_it_is_shown_it(driven: Heard) -> None:
    """The control: every marker went in, and came back to those who asked for it with right."""
    shown = set().union(*map(leaks, driven.shown))
    assert shown == set(MARKS) - {"staff.email_sealed"}
    kept = set()
    with reading() as session:
        for model in sealed_tables():
            for row in session.scalars(select(model)):
                for words in words_of(model):
                    if words.name != "family_name":  # which was broken, at the end
                        kept |= leaks(str(getattr(row, words.name)))
    assert kept >= set(MARKS) - {"patient.family_name_sealed"}


@pytest.mark.parametrize("name", MARKS)
def test_a_planted_marker_is_found(heard: Heard, name: str) -> None:
    """In each door of `Heard`: in a log line at the lowest level, an error's traceback, a page, a URL, a command."""
    mark = MARKS[name]
    assert heard.found() == {}
    logging.getLogger("companion.anything").debug("wrote to %s", mark)
    heard.errors.append(f'{{"detail": "no such person: {mark}"}}')
    heard.urls.append(f"/v1/patients?q={mark.replace('0', '%200')}")
    heard.public.append(f"<p>{mark.upper()}</p>")
    heard.commands.append(f"line 3: {mark}\n")
    assert heard.found() == {door: {name} for door in ("log", "errors", "urls", "public pages", "commands")}


def test_a_marker_planted_in_the_database_is_found(app: Flask, world: World, database_url: str) -> None:
    with transaction() as session:
        session.execute(update(PainService).values(short_name="Zqgiven"))
        session.execute(update(Patient).values(mobile_sealed=b"+447700900777"))
    assert leaks(database(database_url)) == {"patient.given_name_sealed", "patient.mobile_sealed"}
