"""Who asks the API, and with which token?"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from companion import clock
from companion.db import transaction
from companion.domain.access import Actor
from companion.models import SignIn


@dataclass(frozen=True)
class Caller:
    """A program that asks in somebody's name, or in nobody's."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for something."""
        return self.send("GET", path, **more)

    def post(self, path: str, json: object = None, **more: Any) -> TestResponse:
        """Make something."""
        return self.send("POST", path, json=json, **more)

    def patch(self, path: str, json: object, version: str | None = None) -> TestResponse:
        """Change something, of which `version` is at hand."""
        return self.send("PATCH", path, json=json, version=version)

    def put(self, path: str, json: object, version: str | None = None) -> TestResponse:
        """Replace something, of which `version` is at hand."""
        return self.send("PUT", path, json=json, version=version)

    def send(
        self, method: str, path: str, *, version: str | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """Any request; `version` goes into If-Match as it stands."""
        sent = dict(headers or {})
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        if version is not None:
            sent["If-Match"] = version
        return self.client.open(path, method=method, headers=sent, **more)


def signed_in(app: Flask, actor: Actor, token: str | None = None) -> Caller:
    """Somebody who signed in just now. Without the password, whose checking takes its time by design."""
    token = token or uuid4().hex
    now = clock.now()
    with transaction() as session:
        session.add(
            SignIn(
                pain_service_id=actor.pain_service_id,
                staff_id=actor.id,
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return Caller(app.test_client(), token)


def fields(response: TestResponse) -> set[str]:
    """The fields that a problem names."""
    return {fault["field"] for fault in response.get_json()["errors"]}
