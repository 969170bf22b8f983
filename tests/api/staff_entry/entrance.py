"""Who stands before the doors, with which e-mail address, app and browser?"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask

from tests.api.caller import Answer, Caller
from tests.support import cast
from tests.support.world import World

BEN, CHANDRA, ADA, EVE = (f"{name}@example.nhs.uk" for name in ("ben", "chandra", "ada", "eve"))
STEP = timedelta(seconds=30)
GOOD = "a lamp, a river and some cheese"


@dataclass
class Hands:
    """The hands of the clock."""

    at: datetime = cast.MONDAY + timedelta(hours=1)

    def read(self) -> datetime:
        """What it shows."""
        return self.at

    def turn(self, by: timedelta) -> None:
        """On."""
        self.at += by


@dataclass
class App:
    """Somebody's authenticator app."""

    secret: str
    hands: Hands
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, later: timedelta = timedelta(0)) -> str:
        """What it shows now, or will."""
        return pyotp.TOTP(self.secret).at(self.hands.at + later)


@dataclass
class Entrance:
    """The doors. `mails`: the folder of the e-mails."""

    app: Flask
    world: World
    hands: Hands
    mails: Path

    def caller(self, token: str | None = None) -> Caller:
        """A program, with that token or none."""
        return Caller(self.app.test_client(), token)

    def try_in(self, email: str, password: str = cast.PASSWORD, **more: Any) -> Answer:
        """Ask to be signed in as a program."""
        return self.caller().post("/v1/sign-ins", {"email": email, "password": password, **more})

    def signed_in(self, email: str, **more: Any) -> Caller:
        """Signed in as a program."""
        answer = self.try_in(email, **more)
        assert answer.status == 201, answer.text
        return self.caller(answer.json["token"])

    def enrolled(self, email: str) -> tuple[App, Caller]:
        """Somebody sets up their app, and is signed in with it."""
        caller = self.signed_in(email)
        begun = caller.post("/v1/second-factor")
        assert begun.status == 201, begun.text
        phone = App(begun.json["secret"], self.hands)
        confirmed = caller.post("/v1/second-factor/confirmation", {"code": phone.code()})
        assert confirmed.status == 200, confirmed.text
        phone.recovery_codes = confirmed.json["recovery_codes"]
        self.hands.turn(STEP)
        return phone, self.caller(confirmed.json["signed_in"]["token"])

    def browser(self, email: str = "", **more: Any) -> Caller:
        """A browser; signed in if somebody's address is given."""
        caller = self.caller()
        if email:
            answer = self.fill_in(caller, email, **more)
            assert (answer.status, answer.headers["Location"]) == (303, "/staff"), answer.text
        return caller

    def fill_in(self, browser: Caller, email: str, password: str = cast.PASSWORD, **more: str) -> Answer:
        """Send the one form."""
        return browser.submit("/staff/sign-in", "/staff/sign-in", {"email": email, "password": password, **more})

    def letters(self) -> list[EmailMessage]:
        """Every e-mail so far, the newest last."""
        files = sorted(self.mails.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def link(self) -> str:
        """The path of the link in the newest e-mail."""
        found = re.search(r"^http://127\.0\.0\.1:8000(/staff/\S+)\s*$", self.letters()[-1].get_content(), re.MULTILINE)
        assert found is not None
        return found[1]
