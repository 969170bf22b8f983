"""What do all views and commands of one app share?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from api.outside.mail import Mailer
from api.outside.openid import Issuer
from api.settings.config import Config
from companion.clock import Clock
from nudges.providers.gateway import Gateway
from nudges.receiving.intake import Intake, Posted


@dataclass(frozen=True, slots=True)
class House:
    """Put together in app.py, once for each app. `gateways` carry texts, in order of preference. `clock`
    tells the time, aware and in UTC. `intake` takes receipts
    for all threads together. `mailer` carries e-mails. `issuer`
    signs staff in, if another organisation does; `nhs_login`
    lets patients in, where it is set up. `another` makes a second
    app of the same make, for whoever needs a database of their own."""

    config: Config
    gateways: Sequence[Gateway]
    clock: Clock
    intake: Intake[Posted]
    mailer: Mailer
    issuer: Issuer | None
    nhs_login: Issuer | None
    another: Callable[[Config, Gateway], Flask]


def now() -> datetime:
    """The present instant, by the house's clock: aware, in UTC."""
    return _house().clock()


def config() -> Config:
    """The settings that the running app was made with."""
    return _house().config


def gateways() -> Sequence[Gateway]:
    """What carries its texts, in order of preference."""
    return _house().gateways


def intake() -> Intake[Posted]:
    """What takes receipts, for all threads together."""
    return _house().intake


def mailer() -> Mailer:
    """What carries its e-mails."""
    return _house().mailer


def nhs_login() -> Issuer | None:
    """The door by which NHS login lets patients in, where it is set up."""
    return _house().nhs_login


def issuer() -> Issuer | None:
    """The organisation that signs our staff in, if there is one."""
    return _house().issuer


def another(settings: Config, carrier: Gateway) -> Flask:
    """A second app, with its own settings and its own carrier of texts."""
    return _house().another(settings, carrier)


def _house() -> House:
    found: House = current_app.extensions["ihelp"]
    return found
