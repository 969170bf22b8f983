"""What does a patient's browser keep, where no script can read it?

`own-page`: the secret of their page, for half an hour. `own-errand`: which browser it was that went to NHS login.
"""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from api import house
from api.web import headers
from companion.domain.device import PAGE_LASTS

PAGE, ERRAND = "own-page", "own-errand"


def token(name: str = PAGE) -> str:
    """The secret that came with the request; empty where none did."""
    return request.cookies.get(_name(name), "")


def put(response: Response, secret: str, name: str = PAGE, lasts: timedelta = PAGE_LASTS) -> Response:
    """Have the browser keep the secret. Lax: it comes by a link in a text, or back from another site."""
    response.set_cookie(_name(name), secret, max_age=lasts, secure=_by_tls(), httponly=True, samesite="Lax", path="/")
    return response


def take(response: Response, name: str = PAGE) -> Response:
    """Have the browser forget it."""
    response.delete_cookie(_name(name), secure=_by_tls(), httponly=True, samesite="Lax", path="/")
    return response


def _name(name: str) -> str:
    # By its name (RFC 6265bis) a browser takes it from this very host alone, so no neighbour's page can plant one.
    return f"__Host-{name}" if _by_tls() else name


def _by_tls() -> bool:
    return headers.served_by_tls(house.config())
