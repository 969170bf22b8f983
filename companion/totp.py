"""Codes of authenticator apps. The only adapter of pyotp."""

import hmac
from datetime import datetime

import pyotp

STEP = 30  # seconds (RFC 6238)
DIGITS = 6
# The app's clock may be a step off, and a code is typed for a while.
_DRIFT = (0, -1, 1)
# Asked where somebody has no app, so that it takes as long.
NOBODY = "A" * 32


def new_secret() -> str:
    """160 bits by chance, base32 as apps want it."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code it is, or None: it is of no step near now."""
    present = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    found = None
    for drift in _DRIFT:
        if hmac.compare_digest(app.generate_otp(max(present + drift, 0)).encode(), code.encode()):
            found = present + drift
    return found


def address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says: the address that an app adds an account by."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(name=email, issuer_name=issuer)
