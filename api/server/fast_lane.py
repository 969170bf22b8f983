"""Handles Twilio webhooks ahead of Flask. Two receipts come to a text, all in the minutes after the texts
went, and then the answers.

What is plain and well signed is taken here, ahead of Flask, which would need three times as long for it: a receipt, and
a text in which there is neither a command nor anything urgent. Whatever is odd in any way goes on to Flask as it came,
and so does what could not be stored: what is refused, and with what words, is decided there alone
(webhooks/twilio.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.exc import SQLAlchemyError

from api.settings.config import Config
from api.web import headers
from api.webhooks.twilio import NO_ANSWER, receipt_of, text_of
from nudges.providers.twilio_gateway import signature_ok
from nudges.receiving import inbound, loop_check
from nudges.receiving.arrivals import NobodyHomeError
from nudges.receiving.intake import Intake, Posted
from nudges.unforeseen import UNFORESEEN

RECEIPTS, TEXTS = "/webhooks/twilio/status", "/webhooks/twilio/inbound"
FORM = "application/x-www-form-urlencoded"
# Receipts have a few hundred bytes, and a text of 1,600 characters, each of them encoded, rarely more than this.
LONGEST = 8 * 1024
_SIGNED = {"HTTP_X_TWILIO_SIGNATURE": "X-Twilio-Signature"}
_SIGNED |= {"HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS": "X-Twilio-Webhooks-Signature-Settings"}
_XML = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(NO_ANSWER)))]


class Post(NamedTuple):
    """A signed form and what its address asked, each name with its first value."""

    form: dict[str, str]
    asked: dict[str, str]


class FastLane:
    """What a web server calls: the lane, and behind it the long way."""

    def __init__(self, config: Config, posted: Intake[Posted], long_way: WSGIApplication) -> None:
        self._posted, self._long_way = posted, long_way
        self._base = config.public_base_url
        self._token = config.twilio.auth_token if config.twilio else ""
        self._account = config.twilio.account_sid if config.twilio else ""
        said = headers.ALWAYS | headers.NOT_KEPT
        self._headers = [*(said | headers.ONLY_TLS if headers.served_by_tls(config) else said).items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if self._token and path in (RECEIPTS, TEXTS) and environ["REQUEST_METHOD"] == "POST":
            post = self._plain(environ)
            if post is not None and path == RECEIPTS and _stored(self._take_receipt, post):
                start_response("204 NO CONTENT", self._headers)
                return []
            if post is not None and path == TEXTS and _stored(self._take_text, post):
                start_response("200 OK", [*_XML, *self._headers])
                return [NO_ANSWER.encode()]
        return self._long_way(environ, start_response)

    def _take_receipt(self, post: Post) -> bool:
        receipt = receipt_of(post.form, post.asked.get("message", ""))
        if receipt is None:
            return False
        self._posted.take(receipt)
        return True

    def _take_text(self, post: Post) -> bool:
        text = text_of(post.form)
        if text is None or text.media_count or text.opt_out is not None:
            return False
        if loop_check.may_be(text.body) or not inbound.can_wait(text):
            return False
        self._posted.take(text)
        return True

    def _plain(self, environ: WSGIEnvironment) -> Post | None:
        """What was posted, if there is nothing odd about the request. Its body can be read again afterwards."""
        length = environ.get("CONTENT_LENGTH", "")
        query = environ.get("QUERY_STRING", "")
        if environ.get("CONTENT_TYPE", "").partition(";")[0] != FORM or not query.isascii():
            return None
        if not length.isdecimal() or not 0 < int(length) <= LONGEST:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(body)
        try:
            form = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
            asked = parse_qs(query, keep_blank_values=True, errors="strict") if query else {}
        except ValueError:
            return None
        signed = {name: environ[key] for key, name in _SIGNED.items() if key in environ}
        address = f"{self._base}{environ['PATH_INFO']}{'?' if query else ''}{query}"
        if not signature_ok(self._token, address, form, signed) or form.get("AccountSid") != [self._account]:
            return None
        return Post(_first(form), _first(asked))


def _stored(take: Callable[[Post], bool], post: Post) -> bool:
    """Whether it was taken. What went wrong meanwhile, the long way meets again and says properly."""
    try:
        return take(post)
    except (SQLAlchemyError, NobodyHomeError, *UNFORESEEN):
        return False


def _first(form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in form.items()}
