"""The applications that tests run in: made once a process for each set of settings, bound to each test's own database.

Making one takes 250 ms, most of it registering the API; binding one takes less than a millisecond.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Dialect, make_url
from sqlalchemy.event import listens_for

from api.app import ROOT, create_app
from api.outside.mail import FolderMailer
from api.settings.config import Config
from companion.clock import Clock, now
from companion.db import db
from nudges.providers.gateway import Gateway


@dataclass
class _Made:
    """An application, the database that it is bound to, and the clock that it reads."""

    app: Flask
    url: str
    clock: Clock


# Settings have no hash: a few makes are looked through.
_resting: list[tuple[Config, list[_Made]]] = []


def _make_of(settings: Config) -> Config:
    """The settings that an application cannot be bound to later: all but the database's name and the mail folder."""
    entry = settings.staff_entry
    box = replace(entry.letter_box, folder="")
    dialect = make_url(settings.database_url).get_backend_name()
    return replace(settings, database_url=dialect, staff_entry=replace(entry, letter_box=box))


def _at_rest(make: Config) -> list[_Made]:
    for each, resting in _resting:
        if each == make:
            return resting
    _resting.append((make, []))
    return _resting[-1][1]


def _made(settings: Config, gateway: Gateway) -> _Made:
    made = _Made(Flask("unused"), settings.database_url, now)
    made.app = create_app(settings, gateway, lambda: made.clock())
    with made.app.app_context():
        engine = db.engine

    @listens_for(engine, "do_connect")
    def to_the_one_meant(dialect: Dialect, _record: object, args: list[Any], params: dict[str, Any]) -> None:
        meant = make_url(made.url)
        if dialect.name == "sqlite":
            args[0] = meant.database
        else:
            params["dbname"] = meant.database

    return made


@contextmanager
def app_on(settings: Config, gateway: Gateway, clock: Clock = now) -> Iterator[Flask]:
    """An application on the database of `settings`, with its context open. Two at once are never the same one."""
    resting = _at_rest(_make_of(settings))
    made = resting.pop() if resting else _made(settings, gateway)
    app = made.app
    made.url, made.clock = settings.database_url, clock
    with app.app_context():
        db.engine.url = make_url(settings.database_url)  # what connects by itself asks the engine where
    house, switches = app.extensions["ihelp"], dict(app.config)
    box = settings.staff_entry.letter_box
    mailer = FolderMailer(ROOT / box.folder, box.sender) if isinstance(house.mailer, FolderMailer) else house.mailer
    app.extensions["ihelp"] = replace(house, config=settings, gateways=[gateway], mailer=mailer)
    with app.app_context():
        try:
            yield app
        finally:
            db.engine.dispose()
            app.extensions["ihelp"] = house
            app.config.clear()
            app.config.update(switches)
            resting.append(made)


@contextmanager
def app_alone(settings: Config, gateway: Gateway, clock: Clock = now) -> Iterator[Flask]:
    """An application that no other test runs in, for a test that adds to it."""
    app = create_app(settings, gateway, clock)
    with app.app_context():
        yield app
        db.engine.dispose()


def for_test(node: pytest.Item) -> Callable[[Config, Gateway, Clock], AbstractContextManager[Flask]]:
    """The way to an application that a test's marker asks for."""
    return app_alone if node.get_closest_marker("own_app") else app_on
