"""What does a patient's browser keep? The secret of one page, for half an hour, where no script can read it."""

from flask import request
from werkzeug.wrappers import Response

from api import headers, house
from companion.domain.device import PAGE_LASTS

NAME = "own-page"


def token() -> str:
    """The secret that came with the request; empty where none did."""
    return request.cookies.get(_name(), "")


def put(response: Response, secret: str) -> Response:
    """Have the browser keep the secret."""
    response.set_cookie(_name(), secret, max_age=PAGE_LASTS, secure=_by_tls(), httponly=True, samesite="Lax", path="/")
    return response


def take(response: Response) -> Response:
    """Have the browser forget it."""
    response.delete_cookie(_name(), secure=_by_tls(), httponly=True, samesite="Lax", path="/")
    return response


def _name() -> str:
    # By its name (RFC 6265bis) a browser takes it from this very host alone, so no neighbour's page can plant one.
    return f"__Host-{NAME}" if _by_tls() else NAME


def _by_tls() -> bool:
    return headers.served_by_tls(house.config())
