"""What does every response tell the browser not to do?"""

from flask import Response, request

from api import house
from api.config import Config

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOT_KEPT = {"Cache-Control": "no-store"}
ONLY_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def protect(response: Response) -> Response:
    """No outside requests, no framing, no guessing of types, no keeping of what is about people."""
    response.headers.update(ALWAYS)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", NOT_KEPT["Cache-Control"])
    # Behind a proxy that ends TLS, the request itself looks plain.
    if request.is_secure or served_by_tls(house.config()):
        response.headers.update(ONLY_TLS)
    return response


def served_by_tls(config: Config) -> bool:
    """Whether the world reaches us by TLS alone."""
    return config.public_base_url.startswith("https://")
