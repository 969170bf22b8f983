"""The callers of the API in these tests."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.caller import Caller, signed_in
from tests.support.world import World


@pytest.fixture
def nobody(client: FlaskClient) -> Caller:
    """Somebody who is not signed in."""
    return Caller(client)


@pytest.fixture
def ben(app: Flask, world: World) -> Caller:
    """Amina's clinician."""
    return signed_in(app, world.people.ben)


@pytest.fixture
def chandra(app: Flask, world: World) -> Caller:
    """The service's manager."""
    return signed_in(app, world.people.chandra)


@pytest.fixture
def ada(app: Flask, world: World) -> Caller:
    """The service's administrator."""
    return signed_in(app, world.people.ada)


@pytest.fixture
def eve(app: Flask, world: World) -> Caller:
    """Clinician and manager of another pain service."""
    return signed_in(app, world.people.eve)
