"""Is a webhook believed only when Twilio signed it, whatever else is sent to us?"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import EnvironHeaders, MultiDict

from nudges.providers.gateway import OutboundText
from nudges.providers.twilio_gateway import TwilioGateway, signature_ok
from tests.support.calls import send
from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from tests.support.twilio_double import TwilioDouble
from tests.support.twilio_webhook import sign

# The example on Twilio's page about webhook security.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675309"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
HEADERS = {"X-Twilio-Signature": SIGNATURE}
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"


def test_twilios_own_example() -> None:
    assert signature_ok(TOKEN, URL, FORM, HEADERS)


def test_the_double_signs_as_twilio_does() -> None:
    form = {name: values[0] for name, values in FORM.items()}
    assert sign(URL, form, TOKEN).headers["X-Twilio-Signature"] == SIGNATURE


@pytest.mark.parametrize("name", ["x-twilio-signature", "X-TWILIO-SIGNATURE"])
def test_header_names_in_any_case(name: str) -> None:
    assert signature_ok(TOKEN, URL, FORM, {name: SIGNATURE})


def test_flasks_own_form_and_headers() -> None:
    form = MultiDict([(name, values[0]) for name, values in FORM.items()])
    assert signature_ok(TOKEN, URL, form, EnvironHeaders({"HTTP_X_TWILIO_SIGNATURE": SIGNATURE}))


def signed(url: str, fields: list[tuple[str, str]], algorithm: str = "sha1") -> str:
    """Twilio's rule, written out: values of one name once each and in order."""
    words = "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(TOKEN.encode(), (url + words).encode(), algorithm).digest()).decode()


@pytest.mark.parametrize("as_form", [MultiDict, lambda fields: MultiDict(fields).to_dict(flat=False)])
def test_a_name_with_several_values(as_form: type[MultiDict[str, str]]) -> None:
    fields = [("Media", "b"), ("Media", "a"), ("Media", "b"), ("Body", "")]
    assert signature_ok(TOKEN, URL, as_form(fields), {"X-Twilio-Signature": signed(URL, fields)})


def test_the_port_may_be_named_or_not() -> None:
    with_port = URL.replace("mycompany.com", "mycompany.com:443")
    assert signature_ok(TOKEN, with_port, FORM, HEADERS)


def test_a_signature_by_sha_256() -> None:
    fields = [(name, values[0]) for name, values in FORM.items()]
    headers = {"X-Twilio-Signature": signed(URL, fields, "sha256"), SETTINGS: "key=k1,algorithm=HMAC_SHA256"}
    assert signature_ok(TOKEN, URL, FORM, headers)
    assert not signature_ok(TOKEN, URL, FORM, headers | {SETTINGS: "key=k1,algorithm=HMAC_SHA1"})
    assert not signature_ok(TOKEN, URL, FORM, headers | {SETTINGS: "algorithm=NONE"})
    assert not signature_ok(TOKEN, URL, FORM, {"X-Twilio-Signature": headers["X-Twilio-Signature"]})


@pytest.mark.parametrize(
    ("token", "url", "form", "headers"),
    [
        ("12346", URL, FORM, HEADERS),
        (TOKEN, URL.replace("https", "http"), FORM, HEADERS),
        (TOKEN, URL + "&baz=3", FORM, HEADERS),
        (TOKEN, URL, FORM | {"Digits": ["1235"]}, HEADERS),
        (TOKEN, URL, FORM | {"Extra": ["1"]}, HEADERS),
        (TOKEN, URL, {}, HEADERS),
        (TOKEN, URL, FORM, {}),
        (TOKEN, URL, FORM, {"X-Twilio-Signature": ""}),
        (TOKEN, URL, FORM, {"X-Twilio-Signature": "é" * 28}),
        (TOKEN, URL, FORM, {"X-Twilio-Signature": SIGNATURE + "="}),
        (TOKEN, "https://mycompany.com:99999/", FORM, HEADERS),
        (TOKEN, "https://[/", FORM, HEADERS),
        (TOKEN, "", FORM, HEADERS),
        (TOKEN, URL, {"Body": ["\ud800"]}, HEADERS),
    ],
)
def test_what_is_not_twilios(
    token: str, url: str, form: Mapping[str, Sequence[str]], headers: Mapping[str, str]
) -> None:
    assert not signature_ok(token, url, form, headers)


def test_an_empty_token_lets_nobody_in() -> None:
    mac = hmac.new(b"", URL.encode(), hashlib.sha1).digest()
    assert not signature_ok("", URL, {}, {"X-Twilio-Signature": base64.b64encode(mac).decode()})


anything = st.text(st.characters(), max_size=40)


@given(
    url=anything,
    form=st.dictionaries(anything, st.lists(anything, max_size=3), max_size=4),
    signature=anything,
    settings=anything,
)
def test_garbage_is_refused_without_a_fault(
    url: str, form: dict[str, list[str]], signature: str, settings: str
) -> None:
    assert not signature_ok(TOKEN, url, form, {"X-Twilio-Signature": signature, SETTINGS: settings})


class _Service(HTTPServer):
    """Somewhere to post webhooks to, checking them as the product does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Webhook)
        self.public = "https://companion.example"
        self.local = f"http://127.0.0.1:{self.server_address[1]}"
        self.taken: list[tuple[str, dict[str, list[str]]]] = []


class _Webhook(BaseHTTPRequestHandler):
    server: _Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = parse_qs(body, keep_blank_values=True)
        ok = signature_ok(AUTH_TOKEN, self.server.public + self.path, form, dict(self.headers.items()))
        if ok:
            self.server.taken.append((self.path, form))
        self.send_response(204 if ok else 403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def service() -> Iterator[_Service]:
    with _Service() as service:
        thread = Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield service
        service.shutdown()
        thread.join()


def test_the_doubles_posts_are_believed_over_the_wire(service: _Service) -> None:
    callback = f"{service.public}/webhooks/twilio/status"
    sent = OutboundText(uuid4(), "+447700900123", "Café?", timedelta(hours=1))
    with TwilioDouble() as double:
        gateway = TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, callback, api_base_url=double.url)
        sid = send(gateway, sent).provider_id
        assert double.deliver(sid, "undelivered", 30003, through=service.local) == 204
        inbound = f"{service.public}/webhooks/twilio/inbound"
        assert double.post_inbound("+447700900123", "Oui – ça va & 7/10", inbound, through=service.local) == 204
        # Signed for another address than the one it is posted to.
        elsewhere = "https://elsewhere.example/webhooks/twilio/inbound"
        assert double.post_inbound("+447700900123", "7", elsewhere, through=service.local) == 403
    [(status_path, receipt), (_, text)] = service.taken
    assert status_path == f"/webhooks/twilio/status?message={sent.message_id}"
    assert (receipt["MessageSid"], receipt["MessageStatus"], receipt["ErrorCode"]) == (
        [sid],
        ["undelivered"],
        ["30003"],
    )
    assert text["Body"] == ["Oui – ça va & 7/10"]
