"""What does the text provider tell us? Signature, parse, hand down; the answer is quick and says nothing."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from api import house
from api.web.problem import problem
from nudges.providers.twilio_gateway import signature_ok
from nudges.providers.twilio_words import delivery_status
from nudges.receiving import inbound, loop_check
from nudges.receiving.arrivals import InboundText, NobodyHomeError
from nudges.receiving.intake import Receipt

blueprint = Blueprint("webhooks", __name__)

NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
# From the number that the text came to, back to where it came from; the words are ours, letters and digits.
ECHO = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>{}</Message></Response>'
LONGEST_ID = 64
LONGEST_CODE = 20


@blueprint.before_request
def _require_signature() -> Response | None:
    """Only the provider knows the token that the public address and the form were signed with."""
    config = house.config()
    if config.twilio is None:
        return problem(HTTPStatus.NOT_FOUND, "Twilio is not set up here: texts go to the simulator.")
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    url = f"{config.public_base_url}{request.path}{query}"
    form = {name: request.form.getlist(name) for name in request.form}
    if not signature_ok(config.twilio.auth_token, url, form, dict(request.headers)):
        return problem(HTTPStatus.FORBIDDEN, "The signature is missing or wrong.")
    if request.form.get("AccountSid") != config.twilio.account_sid:
        return problem(HTTPStatus.FORBIDDEN, "AccountSid: this is not our account.")
    return None


@blueprint.post("/twilio/inbound")
def receive_text() -> Response:
    """A patient texted. Stored before we answer; a repeat changes nothing and gets the same answer.

    Our own check that comes to our own phone is sent back, and not stored: what is proved is that it returns.
    """
    form = request.form
    if not _is_id(form.get("MessageSid", "")):
        return problem(HTTPStatus.BAD_REQUEST, "MessageSid: the form has none, or it is not an id.")
    text = text_of(form)
    if text is None:
        return problem(HTTPStatus.BAD_REQUEST, "From: the form has no sender.")
    echo = loop_check.echo(text.to_number, text.body)
    if echo is not None:
        return Response(ECHO.format(echo), mimetype="text/xml")
    try:
        inbound.take_in(text, house.now())
    except NobodyHomeError:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "There is no pain service here yet.")
    return Response(NO_ANSWER, mimetype="text/xml")


@blueprint.post("/twilio/status")
def receive_receipt() -> Response:
    """What became of a text. A text we do not know and a status we do not know are taken, and change nothing."""
    receipt = receipt_of(request.form, request.args.get("message", ""))
    if receipt is not None:
        house.intake().take(receipt)
    return Response(status=HTTPStatus.NO_CONTENT)


def text_of(form: Mapping[str, str]) -> InboundText | None:
    """The text that Twilio's form brings, if it has an id and says who sent it."""
    sid, sender, media = form.get("MessageSid", ""), form.get("From"), form.get("NumMedia", "0")
    if not _is_id(sid) or not sender:
        return None
    return InboundText(
        gateway="twilio",
        provider_id=sid,
        from_number=sender,
        to_number=form.get("To", ""),
        body=form.get("Body", ""),
        media_count=int(media) if media.isascii() and media.isdecimal() and len(media) < 3 else 0,
        opt_out=form.get("OptOutType"),
    )


def receipt_of(form: Mapping[str, str], our_id: str) -> Receipt | None:
    """What Twilio's form says of one text, if it says anything. our_id: what we put into the receipt's address."""
    code = form.get("ErrorCode")
    code = code if code and _is_id(code) and len(code) <= LONGEST_CODE else None
    status = delivery_status(form.get("MessageStatus", ""), code)
    sid = form.get("MessageSid", "")
    return Receipt("twilio", _uuid(our_id), sid, status, code) if status is not None and _is_id(sid) else None


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
