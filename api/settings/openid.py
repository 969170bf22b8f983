"""What it takes to have people signed in by somebody else with OpenID Connect, and what a sound setting of it is."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from marshmallow import ValidationError

from companion.lazy import lazy

jose_errors = lazy("joserfc.errors")
jwk = lazy("joserfc.jwk")

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class OpenIdClient:
    """Who we are to an issuer. We prove it by client_secret, or by client_key: our private RSA key, as PEM."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)


def is_safe(address: str) -> bool:
    """Return whether an address is one of TLS, or of this machine, and holds no credentials and no fragment."""
    try:
        parts = urlsplit(address)
        fine = bool(parts.hostname) and parts.port != 0 and parts.username is None and not parts.fragment
    except ValueError:
        return False
    return fine and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def issuer_address(value: str) -> None:
    """Raise unless the value is empty or can be an issuer (OpenID Connect Discovery 1.0: no query, no fragment).

    Raises:
        ValidationError: it cannot.
    """
    if value and (not is_safe(value) or "?" in value):
        raise ValidationError("it must be the issuer's https:// address, as in its metadata")


def key_file(value: str) -> None:
    """Raise unless the value is empty or names a file with a private RSA key.

    Raises:
        ValidationError: it names none.
    """
    if not value:
        return
    try:
        fine = jwk.RSAKey.import_key(Path(value).read_text(encoding="ascii")).is_private
    except (OSError, ValueError, jose_errors.JoseError):
        fine = False
    if not fine:
        raise ValidationError("it must be a readable file with an RSA private key as PEM")


def key_in(path: str) -> str:
    """Return the key in a sound key file; '' if none is named."""
    return Path(path).read_text(encoding="ascii") if path else ""
