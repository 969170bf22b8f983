"""What does GOV.UK Notify tell us? Token, parse, hand down; the answer is quick and says nothing."""

import hmac
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request

from api import house
from api.web import body
from api.web.problem import problem
from nudges.providers.notify_words import delivery_status, failure_code
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText, NobodyHomeError
from nudges.receiving.intake import Receipt

blueprint = Blueprint("notify_webhooks", __name__)


@blueprint.before_request
def _require_token() -> Response | None:
    """Only Notify knows the token that was written into its settings for callbacks."""
    notify = house.config().notify
    if notify is None:
        return problem(HTTPStatus.NOT_FOUND, "GOV.UK Notify is not set up here.")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(token.strip().encode(), notify.callback_token.encode())
    if scheme.lower() != "bearer" or not same:
        return problem(HTTPStatus.FORBIDDEN, "The bearer token is missing or wrong.")
    return None


@blueprint.post("/notify/inbound")
def receive_text() -> Response:
    """A patient texted. Stored before we answer; a repeat changes nothing and gets the same answer."""
    told = _told()
    text = InboundText(
        gateway="notify",
        provider_id=_notify_id(told),
        from_number=_words(told, "source_number"),
        to_number=_words(told, "destination_number"),
        body=_words(told, "message", may_be_empty=True),
    )
    try:
        inbound.take_in(text, house.now())
    except NobodyHomeError:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "There is no pain service here yet.")
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/notify/status")
def receive_receipt() -> Response:
    """What became of a text. A text we do not know and a status we do not know are taken, and change nothing."""
    told = _told()
    notify_id = _notify_id(told)
    status = delivery_status(_words(told, "status"))
    if status is not None:
        house.intake().take(Receipt("notify", _our_id(told), notify_id, status, failure_code(status)))
    return Response(status=HTTPStatus.NO_CONTENT)


def _told() -> dict[str, Any]:
    told = body.strict(request.get_data())
    if not isinstance(told, dict):
        abort(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.")
    return told


def _words(told: dict[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not (found or may_be_empty):
        abort(HTTPStatus.BAD_REQUEST, f"{name}: the body has none, or it is not text.")
    return found


def _notify_id(told: dict[str, Any]) -> str:
    try:
        return str(UUID(_words(told, "id")))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST, "id: this is not a Notify id.")


def _our_id(told: dict[str, Any]) -> UUID | None:
    """The id that we sent as the reference; None for a text that somebody sent from Notify's own pages."""
    try:
        return UUID(_words(told, "reference")) if told.get("reference") else None
    except ValueError:
        return None
