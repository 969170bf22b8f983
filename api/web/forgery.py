"""Did somebody at one of our own pages mean this, or did another site's page make their browser send it?

A browser sends our cookies along whoever makes it ask. So whatever a cookie can open asks for two things more before
it changes anything: that the browser names no other site as the page that asks (Sec-Fetch-Site, or Origin from an
older browser), and the field `csrf_token`, which only our own pages can read. Forms get it by
`<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">`, scripts may send it as X-CSRFToken.
"""

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from api import house
from api.web.problem import problem

COOKIE = "visit"
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
ANOTHER_SITE = "This request came from another site, so nothing was done. Use our own page."
NO_TOKEN = "This form has expired, so nothing was done. Go back, reload the page and send it again."  # noqa: S105


def attach(app: Flask, *, without_cookies: AbstractSet[str], by_bearer: AbstractSet[str], secure: bool) -> None:
    """Guard every blueprint, but for those that no cookie opens.

    without_cookies: names of blueprints where a cookie counts for nothing.
    by_bearer: names of those where programs show a bearer token, which no browser sends of itself; they are guarded
    only from a request that comes with cookies and without such a token.
    secure: whether the world reaches us by TLS alone.
    """
    app.config.update(
        # A cookie that holds nothing but the form token, signed. By its name (RFC 6265bis) a browser takes it
        # from this very host alone, so no neighbour's page can plant one.
        SESSION_COOKIE_NAME=f"__Host-{COOKIE}" if secure else COOKIE,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form may stand open all morning, and its words must not be lost for that: a token holds for the visit.
        WTF_CSRF_TIME_LIMIT=None,
        # What it would ask of Referer, we ask of Sec-Fetch-Site and Origin; behind a proxy that ends TLS it never asks.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    token = CSRFProtect(app)

    def refuse_forgeries() -> None:
        if request.endpoint is None or request.method in CHANGES_NOTHING or request.blueprint in without_cookies:
            return
        if request.blueprint in by_bearer and (_shows_bearer() or not _brings_cookies()):
            return
        if not _from_our_own_page():
            abort(403, ANOTHER_SITE)
        token.protect()

    app.before_request(refuse_forgeries)
    app.register_error_handler(CSRFError, _refuse)


def _refuse(_: CSRFError) -> Response:
    """Whatever is wrong with the token, the person can only do one thing about it."""
    return problem(403, NO_TOKEN)


def _shows_bearer() -> bool:
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def _brings_cookies() -> bool:
    """Any but our own form token's, which opens nothing."""
    return bool(set(request.cookies) - {COOKIE, f"__Host-{COOKIE}"})


def _from_our_own_page() -> bool:
    """By what the browser says of the page that asks; one too old to say anything is left to the token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin in (_origin(house.config().public_base_url), _origin(request.host_url))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
