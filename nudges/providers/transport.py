"""How is a provider called over HTTP, once, and what does a failure prove? The door to requests and urllib3.

What matters here is the difference between "certainly nothing was sent" and "nobody knows": the first may
be tried again, the second never. So: both time-outs set, no retry, no redirect, nothing logged, nothing
remembered.
"""

import ipaddress
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, ProxyError, SSLError

from nudges.providers.gateway import Fault, GatewayError, RefusedError, UnansweredError

CONNECT_SECONDS = 5.0
POOL_SIZE = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    text: str = field(repr=False)
    headers: Mapping[str, str]


class Transport:
    """Calls one base address. Safe to share between threads.

    base_url: replaces scheme and host of every URL asked for, its path goes before theirs. So a password
    meant for one place goes nowhere else, not even when an answer names its next page.
    timeout: seconds of silence after which a call is unanswered; connecting gets CONNECT_SECONDS of them at
    most.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        # urllib3 logs paths with their query (a patient's number, in a listing): at DEBUG, and at WARNING
        # when the headers of an answer are odd.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
        self._base = urlsplit(base_url)
        self._timeouts = (min(timeout, CONNECT_SECONDS), timeout)
        self._session = Session()
        # Proxies and certificates as the machine is set up, but no proxy for what is on this very machine.
        self._session.trust_env = not _is_loopback(self._base.hostname)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=POOL_SIZE))

    def call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Answer:
        """One request. Raises RefusedError("not-connected") when none left, UnansweredError when in doubt."""
        failure: GatewayError
        try:
            response = self._session.request(
                method,
                self._at_base(url),
                params=query,
                data=form,
                headers=headers,
                auth=auth,
                timeout=self._timeouts,
                allow_redirects=False,
            )
            # Not response.text, which guesses at the encoding when none is named.
            return Answer(response.status_code, response.content.decode("utf-8"), response.headers)
        except (RequestException, HTTPError) as error:
            failure = _failure(error)
        except UnicodeDecodeError:
            failure = UnansweredError("unreadable answer")
        # Raised outside the handlers: these errors hold the URL in their words, and would follow as the
        # context.
        raise failure

    def _at_base(self, url: str) -> str:
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


def needs_proxy(base_url: str) -> bool:
    """Whether this machine is set up to reach the address through a proxy."""
    return not _is_loopback(urlsplit(base_url).hostname) and bool(get_environ_proxies(base_url))


def never_connected(error: Exception) -> bool:
    """Does this error prove that not one byte of the request left?

    Proof: no connection was made (refused, no route, name not found, connecting timed out; to the provider
    or to the proxy before it), or the provider's certificate was not accepted. Not proof: a line reset or
    closed, any read time-out (urllib3 calls a slow TLS handshake one too), a proxy that answered.
    """
    cause = error.args[0] if error.args else None
    if not isinstance(cause, MaxRetryError):
        return False
    reason: object = cause.reason
    if isinstance(reason, ProxyError):
        reason = reason.original_error
    if isinstance(reason, SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    # NewConnectionError and NameResolutionError are kinds of it.
    return isinstance(reason, ConnectTimeoutError)


def _failure(error: Exception) -> GatewayError:
    if never_connected(error):
        return RefusedError("not-connected", permanent=False, fault=Fault.PROVIDER)
    return UnansweredError(type(error).__name__)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
