"""How do receipts and patients' texts reach the product? As signed posts over lines that are kept open."""

import http.client
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

from benchmarks.year.nursery import INBOUND
from benchmarks.year.provider import Receipt
from tests.support.twilio_account import ACCOUNT_SID, MESSAGING_SERVICE_SID, SENDER, opt_out_type
from tests.support.twilio_webhook import SignedPost, sign

LINES = 16
LONGEST_WAIT = 60.0


class PostOffice:
    """Several lines to the product's web server, from `with` to the end of the block."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._mine = threading.local()
        self._lines: list[http.client.HTTPConnection] = []

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(LINES)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        for line in self._lines:
            line.close()

    def post_all(self, posts: Sequence[SignedPost]) -> list[int]:
        """The HTTP status of each; what comes later in the list may arrive earlier."""
        if len(posts) < 2:
            return [self.post(signed) for signed in posts]
        return list(self._pool.map(self.post, posts))

    def post(self, signed: SignedPost) -> int:
        """Post one; 0 when no answer came."""
        parts = urlsplit(signed.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            line = self._line()
            line.request("POST", target, urlencode(signed.form), signed.headers)
            with line.getresponse() as response:
                response.read()
                return response.status
        except (http.client.HTTPException, OSError):
            self._line().close()
            return 0

    def _line(self) -> http.client.HTTPConnection:
        line: http.client.HTTPConnection | None = getattr(self._mine, "line", None)
        if line is None:
            line = self._mine.line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST_WAIT)
            self._lines.append(line)
        return line


def receipt(of: Receipt) -> SignedPost:
    """What became of a text, as Twilio says it."""
    text = of.text
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": SENDER,
        "MessageSid": text.sid or "",
        "MessageStatus": of.status,
        "MessagingServiceSid": MESSAGING_SERVICE_SID,
        "SmsSid": text.sid or "",
        "SmsStatus": of.status,
        "To": text.to,
    }
    if of.error_code is not None:
        form["ErrorCode"] = str(of.error_code)
    return sign(text.callback, form)


def inbound(sid: str, number: str, words: str) -> SignedPost:
    """A text from a phone, as Twilio says it."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": words,
        "From": number,
        "MessageSid": sid,
        "MessagingServiceSid": MESSAGING_SERVICE_SID,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": SENDER,
    }
    opt_out = opt_out_type(words)
    if opt_out:
        form["OptOutType"] = opt_out
    return sign(INBOUND, form)
