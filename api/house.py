"""What do all views and commands of one app share?"""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from api.config import Config
from companion.clock import Clock
from nudges.gateway import Gateway


@dataclass(frozen=True, slots=True)
class House:
    """Put together in app.py, once for each app. `clock` tells the time, aware and in UTC."""

    config: Config
    gateway: Gateway
    clock: Clock


def now() -> datetime:
    """The present instant, by the house's clock: aware, in UTC."""
    return _house().clock()


def config() -> Config:
    """The settings that the running app was made with."""
    return _house().config


def gateway() -> Gateway:
    """What carries its texts."""
    return _house().gateway


def _house() -> House:
    found: House = current_app.extensions["ihelp"]
    return found
