"""Who signs in, when, and with what?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from companion.upkeep import patient_sign_in
from companion.use_cases import code
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, Caller
from tests.support.cast import AMINA_MOBILE, AMINA_NHS, DEE_MOBILE, DEE_NHS
from tests.support.moving import Moment, app_by
from tests.support.world import World

SIGN_IN, CODES = "/v1/patient-sign-ins", "/v1/patient-sign-ins/codes"
REFRESHES = "/v1/patient-sign-ins/refreshes"
ENDINGS = {AMINA_MOBILE: AMINA_NHS[-4:], "07700 900101": AMINA_NHS[-4:], DEE_MOBILE: DEE_NHS[-4:]}


@pytest.fixture
def moment() -> Moment:
    """A Monday morning."""
    return Moment()


@pytest.fixture
def app(database_url: str, gateway: SimulatorGateway, moment: Moment) -> Iterator[Flask]:
    """The product on a fresh database, by that clock."""
    with app_by(moment, database_url, gateway) as made:
        yield made


@dataclass
class Entrance:
    """A patient's way in, step by step."""

    app: Flask
    world: World
    moment: Moment

    @property
    def nobody(self) -> Caller:
        """An app that is not signed in."""
        return Caller(self.app.test_client())

    def wait(self, **length: float) -> None:
        """Let time go by; the worker does what it does each minute."""
        self.moment.now += timedelta(**length)
        self.world.now = self.moment.now
        patient_sign_in.sweep(self.moment.now)

    def ask(self, mobile: str = AMINA_MOBILE) -> Answer:
        """Ask for a code, and let the worker have its second."""
        answer = self.nobody.post(SIGN_IN, {"mobile": mobile})
        code.take_up(self.moment.now)
        return answer

    def texts(self, mobile: str = AMINA_MOBILE) -> list[str]:
        """What was texted to sign in with, the first first."""
        return [text.body for text in self.world.messages(kind="sign-in", number=mobile)]

    def code(self, mobile: str = AMINA_MOBILE) -> str:
        """Ask, and read the code off the phone."""
        assert self.ask(mobile).status == 202
        return [text for text in self.texts(mobile) if text[:6].isdecimal()][-1][:6]

    def use(self, code: str, mobile: str = AMINA_MOBILE, **more: str) -> Answer:
        """Sign in with a code, and what its owner knows, unless `more` says otherwise."""
        known = {} if "birth_date" in more else {"nhs_number_ending": ENDINGS.get(mobile, "0000")}
        return self.nobody.post(CODES, {"mobile": mobile, "code": code, **known, **more})

    def enter(self, mobile: str = AMINA_MOBILE, **more: str) -> dict[str, str]:
        """All of it: the tokens."""
        answer = self.use(self.code(mobile), mobile, **more)
        assert answer.status == 201, answer.text
        tokens: dict[str, str] = answer.json
        return tokens

    def refresh(self, token: str) -> Answer:
        """Ask for the next tokens."""
        return self.nobody.post(REFRESHES, {"refresh_token": token})

    def with_token(self, token: str) -> Caller:
        """An app that shows this token."""
        return Caller(self.app.test_client(), token)

    def is_in(self, token: str) -> bool:
        """Whether the token opens a door."""
        return self.with_token(token).get("/v1/me").status == 200


@pytest.fixture
def entrance(app: Flask, world: World, moment: Moment) -> Entrance:
    """Everybody is there, and nobody is signed in."""
    return Entrance(app, world, moment)
