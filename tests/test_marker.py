"""Does anything of a person come out where it does not belong? A marker in every personal field, the product driven
through all its doors, good and bad, and everything that came out looked through for it.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from api.app import create_app
from api.settings.config import Config, Twilio
from api.settings.letter_box import LetterBox
from api.settings.staff_entry import StaffEntry
from companion.db import db, transaction
from companion.models import PainService, Patient
from nudges.providers.twilio_gateway import TwilioGateway
from tests.api.webhooks.test_twilio import BASE, STATUS, Watch
from tests.marker.drive import drive
from tests.marker.heard import Heard, database
from tests.marker.marks import MARKS, leaks
from tests.support import opened, personal
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.support.twilio_double import TwilioDouble
from tests.support.world import World


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
def app(heard: Heard, database_url: str, gateway: TwilioGateway, watch: Watch, tmp_path: Path) -> Iterator[Flask]:
    """The product with Twilio in use. An engine asks once, when it is made, whether anybody listens."""
    assert heard is not None
    twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID)
    mail = StaffEntry(letter_box=LetterBox(folder=str(tmp_path / "mail")))
    settings = Config(database_url=database_url, public_base_url=BASE, twilio=twilio, staff_entry=mail)
    made = create_app(settings, gateway, lambda: watch.now)
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture
def heard(capfd: pytest.CaptureFixture[str]) -> Iterator[Heard]:
    """Every log line of whatever level, in its plainest form: nothing is struck out of it; and both output streams."""
    found = Heard(capfd)
    # SQLAlchemy keeps itself quieter than the rest.
    loggers, handler = [logging.getLogger(name) for name in ("", "sqlalchemy")], logging.StreamHandler(found.log)
    before = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield found
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
    loggers[0].removeHandler(handler)


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
    assert logging.getLogger().level == logging.DEBUG
    assert driven.log.getvalue().count("\n") > 1_000
    for said in ("ALARM break-glass", "UPDATE patient SET", "does not open"):
        assert said in driven.log.getvalue(), said
    assert all(len(said) > 10 for said in driven.public)


def test_whoever_may_read_it_is_shown_it(driven: Heard) -> None:
    """The control: every marker went in, and came back to those who asked for it with right."""
    shown = set().union(*map(leaks, driven.shown))
    # Nobody is told which number asked for a code.
    assert shown == set(MARKS) - {"code_request.mobile_sealed"}
    # What was broken at the end does not open.
    kept = set().union(*(leaks(str(words)) for words in opened.words(without="patient.family_name").values()))
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
