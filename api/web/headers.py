"""What does every response tell the browser not to do?

A page gets a policy of its own: no script runs but those files that the page itself names with this response's nonce,
`<script src="…" nonce="{{ script_nonce() }}">`, so what somebody managed to write into a page does nothing. A page that
names none runs none. Whatever is not a page may do nothing at all.
"""

import secrets

from flask import Flask, Response, g, request

from api import house
from api.settings.config import Config

NOTHING = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
PAGE = NOTHING | {
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
}
# No script may make HTML, or a script's address, out of words.
TRUSTED_TYPES = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}
# These two do: Swagger UI draws itself so, and the simulator reads a phone's screen out of the page it asked for.
WITHOUT_TRUSTED_TYPES = frozenset({"home.docs", "simulator.show"})

SWITCHED_OFF = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


ALWAYS = {
    "Content-Security-Policy": _written(NOTHING),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not 'no-referrer': an older browser would then send a form with 'Origin: null', which is refused.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in SWITCHED_OFF),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
NOT_KEPT = {"Cache-Control": "no-store"}
ONLY_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def attach(app: Flask) -> None:
    """Guard every response, and let templates have the nonce."""
    app.context_processor(lambda: {"script_nonce": script_nonce})
    app.after_request(protect)


def script_nonce() -> str:
    """The word by which this response's own scripts are known; another one for each response."""
    if "script_nonce" not in g:
        g.script_nonce = secrets.token_urlsafe(18)
    found: str = g.script_nonce
    return found


def protect(response: Response) -> Response:
    """No outside requests, no framing, no guessing of types, no keeping of what is about people."""
    response.headers.update(ALWAYS)
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = _written(_policy_of_page())
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", NOT_KEPT["Cache-Control"])
    # Behind a proxy that ends TLS, the request itself looks plain.
    if request.is_secure or served_by_tls(house.config()):
        response.headers.update(ONLY_TLS)
    return response


def _policy_of_page() -> dict[str, str]:
    nonce = g.get("script_nonce")
    scripts = {"script-src": f"'nonce-{nonce}'" if nonce else "'none'"}
    return PAGE | scripts | ({} if request.endpoint in WITHOUT_TRUSTED_TYPES else TRUSTED_TYPES)


def served_by_tls(config: Config) -> bool:
    """Whether the world reaches us by TLS alone."""
    return config.public_base_url.startswith("https://")
