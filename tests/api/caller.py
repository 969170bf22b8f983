"""Who asks the API, and with which token?"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from api import house
from companion.db import transaction
from companion.domain.access import Actor
from companion.domain.device import DeviceKind
from companion.models import Patient, SignIn
from companion.records import device
from companion.records.device import Tokens
from tests.api import form

T = TypeVar("T")
LONGEST_WAIT = 60  # seconds, should something hang


@dataclass(frozen=True)
class Answer:
    """What came back. `json` is None where no JSON came."""

    status: int
    headers: Headers
    mimetype: str
    text: str
    json: Any
    body: bytes = b""

    @property
    def tag(self) -> str:
        """The version that came with it, as If-Match wants it."""
        return self.headers["ETag"]

    @property
    def fields(self) -> list[str]:
        """The fields that a problem names, in order."""
        return sorted(fault["field"] for fault in self.json["errors"])


def answer_of(response: TestResponse) -> Answer:
    """Flask's response, with JSON that a type checker lets a test look into."""
    found = response.get_json() if response.is_json and response.data else None
    body = response.get_data()
    response.close()
    # Not everything is text: a letter comes as a PDF.
    text = body.decode(errors="replace")
    return Answer(response.status_code, response.headers, response.mimetype or "", text, found, body)


@dataclass(frozen=True)
class Caller:
    """A program that asks in somebody's name, or in nobody's."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, **more: Any) -> Answer:
        """Ask for something."""
        return self.send("GET", path, **more)

    def post(self, path: str, json: object = None, **more: Any) -> Answer:
        """Make something."""
        return self.send("POST", path, json=json, **more)

    def patch(self, path: str, json: object, version: str | None = None) -> Answer:
        """Change something, of which `version` is at hand."""
        return self.send("PATCH", path, json=json, version=version)

    def put(self, path: str, json: object, version: str | None = None) -> Answer:
        """Replace something, of which `version` is at hand."""
        return self.send("PUT", path, json=json, version=version)

    def submit(self, page: str, address: str, fields: dict[str, str] | None = None, **more: Any) -> Answer:
        """Send a form to `address`, as a browser does that has just read `page`."""
        return self.send("POST", address, data={**form.token_of(self.get(page).text), **(fields or {})}, **more)

    def send(
        self, method: str, path: str, *, version: str | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> Answer:
        """Any request; `version` goes into If-Match as it stands."""
        sent = dict(headers or {})
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        if version is not None:
            sent["If-Match"] = version
        # As on a server, where nothing is left over from the request before: the test's own context is none of its.
        return Context().run(lambda: answer_of(self.client.open(path, method=method, headers=sent, **more)))


def signed_in(app: Flask, actor: Actor, token: str | None = None) -> Caller:
    """Somebody who signed in just now, in the app whose context is open.

    Without the password, whose checking takes its time by design.
    """
    token = token or uuid4().hex
    now = house.now()
    with transaction() as session:
        session.add(
            SignIn(
                pain_service_id=actor.pain_service_id,
                staff_id=actor.id,
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now,
                last_used_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
    return Caller(app.test_client(), token)


def patient_tokens(patient: Patient, name: str = "Phone") -> Tokens:
    """What the app of a patient holds who signed in just now, without the text."""
    with transaction() as session:
        begun = device.begin(session, patient, DeviceKind.APP, name, house.now())
        return device.issue_pair(session, begun, house.now())


def patient_signed_in(app: Flask, patient: Patient) -> Caller:
    """A patient who signed in just now, in the app whose context is open."""
    return Caller(app.test_client(), patient_tokens(patient).access_token)


def at_once(*calls: Callable[[], T]) -> list[T]:
    """What comes of several calls that all begin in the same moment, each in its own thread."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], T]) -> T:
        barrier.wait(LONGEST_WAIT)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        begun = [pool.submit(begin, call) for call in calls]
        return [future.result(LONGEST_WAIT) for future in begun]
