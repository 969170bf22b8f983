"""What would GOV.UK Notify's API answer? The Notify service behind the loopback double: no sockets, no faults.

Sending a text, one text by id, the listing by reference, the template; and the JSON Web Token, checked by hand and not
with Notify's package, so that the product's signing is checked by something else.
Source: docs.notifications.service.gov.uk/rest-api.html.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any
from uuid import uuid4

SERVICE_ID = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"pain_service-{SERVICE_ID}-{SECRET}"
TEMPLATE_ID = "f33517ff-2a88-4f6e-b855-c550268ce08a"
CALLBACK_TOKEN = "not-a-real-callback-token"
SENDER = "07700900998"

TOKEN_LASTS = 30
"""Seconds by which the token's time and Notify's may differ, both ways."""

_MOBILE = re.compile(r"\+447[0-9]{9}")

Reply = tuple[int, dict[str, Any]]
Query = dict[str, list[str]]


@dataclass
class Sms:
    """One text as Notify keeps it. Changed only under the account's lock."""

    to: str
    body: str
    reference: str | None
    created: datetime
    status: str = "created"
    id: str = field(default_factory=lambda: str(uuid4()))

    def as_json(self) -> dict[str, Any]:
        at = f"{self.created:%Y-%m-%dT%H:%M:%S.%fZ}"
        return {
            "id": self.id,
            "reference": self.reference,
            "phone_number": self.to,
            "type": "sms",
            "status": self.status,
            "template": {"id": TEMPLATE_ID, "version": 1, "uri": f"/v2/template/{TEMPLATE_ID}/1"},
            "body": self.body,
            "created_at": at,
            "sent_at": None if self.status == "created" else at,
            "completed_at": None if self.status in ("created", "sending", "pending") else at,
        }

    def receipt(self) -> dict[str, Any]:
        """What Notify posts of it."""
        told = self.as_json()
        kept = {name: told[name] for name in ("id", "reference", "status", "created_at", "completed_at", "sent_at")}
        return kept | {"to": self.to, "notification_type": "sms", "template_id": TEMPLATE_ID, "template_version": 1}


class Account:
    """One Notify service. Every call may come from its own thread.

    template: the words of its one template. forms: what every send asked for, in order of arrival.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.lock = RLock()
        self.clock = clock
        self.template = "((body))"
        self.texts: list[Sms] = []
        self.forms: list[dict[str, Any]] = []

    def answer(self, method: str, path: str, query: Query, body: bytes, authorization: str) -> Reply:
        complaint = _complaint(authorization)
        if complaint:
            return refusal("AuthError", 403, complaint)
        with self.lock:
            if (method, path) == ("POST", "/v2/notifications/sms"):
                return self._create(json.loads(body))
            if path == "/v2/notifications":
                [reference] = query.get("reference", [None])
                found = [text.as_json() for text in reversed(self.texts) if reference in (None, text.reference)]
                return 200, {"notifications": found, "links": {"current": path}}
            if path == f"/v2/template/{TEMPLATE_ID}":
                return 200, {"id": TEMPLATE_ID, "type": "sms", "version": 1, "body": self.template}
            for text in self.texts:
                if path == f"/v2/notifications/{text.id}":
                    return 200, text.as_json()
            return refusal("NoResultFound", 404, "No result found")

    def settle(self, id: str, status: str) -> dict[str, Any]:
        """Move a text on, as the network would; the receipt that Notify posts."""
        with self.lock:
            [text] = [text for text in self.texts if text.id == id]
            text.status = status
            return text.receipt()

    def _create(self, form: dict[str, Any]) -> Reply:
        self.forms.append(form)
        words = form.get("personalisation", {}).get("body")
        if not _MOBILE.fullmatch(form["phone_number"]):
            return refusal("ValidationError", 400, "phone_number Not a UK mobile number")
        if form["template_id"] != TEMPLATE_ID:
            return refusal("BadRequestError", 400, "Template not found")
        if not words:
            return refusal("BadRequestError", 400, "Missing personalisation: body")
        text = Sms(form["phone_number"], self.template.replace("((body))", words), form.get("reference"), self.clock())
        self.texts.append(text)
        return 201, {
            "id": text.id,
            "reference": text.reference,
            "content": {"body": text.body, "from_number": SENDER},
            "uri": f"/v2/notifications/{text.id}",
            "template": {"id": TEMPLATE_ID, "version": 1, "uri": f"/v2/template/{TEMPLATE_ID}"},
            "scheduled_for": None,
        }


def refusal(error: str, status: int, words: str) -> Reply:
    """An error in Notify's form."""
    return status, {"status_code": status, "errors": [{"error": error, "message": words}]}


def _complaint(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    signed, _, signature = token.rpartition(".")
    try:
        header, claims = (json.loads(_bytes(part)) for part in signed.split("."))
        right = hmac.compare_digest(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256), _bytes(signature))
    except ValueError:
        return "Invalid token: signature, api token is not valid"
    if scheme != "Bearer" or header.get("alg") != "HS256" or claims.get("iss") != SERVICE_ID or not right:
        return "Invalid token: API key not found"
    if abs(datetime.now(UTC).timestamp() - claims["iat"]) > TOKEN_LASTS:
        return "Error: Your system clock must be accurate to within 30 seconds"
    return None


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
