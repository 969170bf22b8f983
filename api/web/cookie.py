"""What does a member of staff's browser keep for us? Random values and no more: whose they are, rows say.

`staff`: the sign-in, until the browser is closed or the sign-in is over. `staff-device`: that somebody has signed in
on this device before; it opens nothing. `staff-errand`: while somebody is with their organisation to be signed in
there; lax, because it is another site that sends them back. `staff-passkey` and `staff-new-passkey`: while a passkey
is asked for, to sign in or to be kept. On https their names begin with __Host-, by which a
browser takes them from this very host alone, whole and encrypted (RFC 6265bis).
"""

from flask import request
from werkzeug.wrappers import Response

from api import house
from api.schemas.sign_in import LONGEST_DEVICE
from api.web.headers import served_by_tls
from companion.domain.sign_in import BEGINNING_LASTS, DEVICE_KEPT, SignedIn

STAFF, DEVICE, ERRAND = "staff", "staff-device", "staff-errand"
PASSKEY, NEW_PASSKEY = "staff-passkey", "staff-new-passkey"


def token() -> str:
    """What the request shows of a sign-in; empty if nothing."""
    return request.cookies.get(_name(STAFF), "")


def device() -> str | None:
    """What the device shows of an earlier sign-in."""
    shown = request.cookies.get(_name(DEVICE), "")
    return shown if 0 < len(shown) <= LONGEST_DEVICE else None


def keep(response: Response, signed_in: SignedIn) -> Response:
    """Let the browser keep a sign-in that just began."""
    _set(response, STAFF, signed_in.token or "", None)
    _set(response, DEVICE, signed_in.device or "", int(DEVICE_KEPT.total_seconds()))
    return response


def drop(response: Response) -> Response:
    """Let the browser forget the sign-in, but not that it was here."""
    response.delete_cookie(_name(STAFF), path="/", secure=_secure(), httponly=True, samesite="Strict")
    return response


def begun(name: str) -> str:
    """What the browser kept of what it began; empty if nothing."""
    return request.cookies.get(_name(name), "")


def keep_begun(response: Response, name: str, secret: str) -> Response:
    """Let the browser keep what it must show when the answer is here."""
    _set(response, name, secret, int(BEGINNING_LASTS.total_seconds()))
    return response


def drop_begun(response: Response, name: str) -> Response:
    """It is done."""
    response.delete_cookie(_name(name), path="/", secure=_secure(), httponly=True, samesite=_samesite(name))
    return response


def _set(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _name(name), value, max_age=seconds, path="/", secure=_secure(), httponly=True, samesite=_samesite(name)
    )


def _samesite(name: str) -> str:
    return "Lax" if name == ERRAND else "Strict"


def _name(name: str) -> str:
    return f"__Host-{name}" if _secure() else name


def _secure() -> bool:
    return served_by_tls(house.config())
