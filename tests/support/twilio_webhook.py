"""How does Twilio post to us? Receipts and inbound texts as signed forms, and the post itself.

The signature is written from Twilio's description (twilio.com/docs/usage/security), not with Twilio's
package, so that the product's check of it is checked by something else.
"""

import base64
import hashlib
import hmac
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.support.twilio_account import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, Sms, opt_out_type

LONGEST_WAIT = 15
"""Seconds; Twilio gives up on a webhook after as many."""


@dataclass(frozen=True)
class SignedPost:
    """A webhook ready to go: for Flask's test client as `client.post(url, data=form, headers=headers)`."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]


def receipt(message: Sms, url: str) -> SignedPost:
    """What became of a message, signed for the StatusCallback `url`."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": message.from_ or "",
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
    }
    if message.messaging_service_sid:
        form["MessagingServiceSid"] = message.messaging_service_sid
    if message.error_code is not None:
        form["ErrorCode"] = str(message.error_code)
    return sign(url, form)


def inbound(message: Sms, url: str) -> SignedPost:
    """A text from a phone, signed for the service's public inbound `url`."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": message.body,
        "From": message.from_ or "",
        "FromCountry": "GB",
        "MessageSid": message.sid,
        "MessagingServiceSid": MESSAGING_SERVICE_SID,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.to,
        "ToCountry": "GB",
    }
    opt_out = opt_out_type(message.body)
    if opt_out:
        form["OptOutType"] = opt_out
    return sign(url, form)


def sign(url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> SignedPost:
    """Twilio's signature: HMAC-SHA1 over the full URL and every field's name and value, in order of name."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    mac = hmac.new(token.encode(), signed.encode(), hashlib.sha1)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Twilio-Signature": base64.b64encode(mac.digest()).decode(),
    }
    return SignedPost(url, form, headers)


def post(signed: SignedPost, through: str | None = None) -> int:
    """Post it; the HTTP status. `through`: the base address where the service listens, if not there."""
    target = signed.url
    if through is not None:
        parts = urlsplit(signed.url)
        target = through.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")
    request = urllib.request.Request(target, urlencode(signed.form).encode(), signed.headers)  # noqa: S310
    # No proxy of the machine's: the service under test is on it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=LONGEST_WAIT) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
