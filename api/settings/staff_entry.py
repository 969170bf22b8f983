"""How do staff get in here? The settings of it, read with the rest of the environment."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from environs import Env
from marshmallow import ValidationError

from api.settings import letter_box, openid
from api.settings.letter_box import LetterBox
from api.settings.openid import OpenIdClient, is_safe
from companion.domain.passkey import Site

DEFAULT_NAME = "your organisation"
THREE = ("STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_ID", "STAFF_OIDC_ACR")
SECRET, KEY_FILE = "STAFF_OIDC_CLIENT_SECRET", "STAFF_OIDC_CLIENT_KEY_FILE"


class SecondFactor(StrEnum):
    """required: whoever has none can do nothing but set one up. optional: who has one is asked for it."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Somebody else who signs our staff in, by OpenID Connect: NHS CIS2, or an organisation's own.

    acr: what the sign-in there must have been at least, in their words; one of these must come back.
    """

    client: OpenIdClient
    acr: tuple[str, ...]
    name: str = DEFAULT_NAME


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """How staff get in."""

    second_factor: SecondFactor = SecondFactor.OPTIONAL
    organisation: Organisation | None = None
    letter_box: LetterBox = field(default_factory=LetterBox)


def read(env: Env, *, in_production: bool) -> tuple[StaffEntry, dict[str, str]]:
    """The settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    default = SecondFactor.REQUIRED if in_production else SecondFactor.OPTIONAL
    second_factor = SecondFactor(env.str("STAFF_SECOND_FACTOR", "", validate=_one_of_both) or default)
    box, found = letter_box.read(env)
    if in_production and second_factor is not SecondFactor.REQUIRED:
        found["STAFF_SECOND_FACTOR"] = "production asks every member of staff for a second factor; leave this empty"
    organisation, of_organisation = _organisation(env)
    return StaffEntry(second_factor, organisation, box), found | of_organisation


def _organisation(env: Env) -> tuple[Organisation | None, dict[str, str]]:
    issuer = env.str("STAFF_OIDC_ISSUER", "", validate=openid.issuer_address) or ""
    client_id, acr, secret = (env.str(name, "") for name in (*THREE[1:], SECRET))
    key_file = env.str(KEY_FILE, "", validate=openid.key_file) or ""
    name = env.str("STAFF_OIDC_NAME", "") or DEFAULT_NAME
    missing = [each for each, value in zip(THREE, (issuer, client_id, acr.split()), strict=True) if not value]
    if len(missing) == len(THREE) and not secret and not key_file:
        return None, {}
    found = dict.fromkeys(missing, "set this too; signing in through an organisation needs it")
    if bool(secret) == bool(key_file):
        found[SECRET] = f"set either this or {KEY_FILE}, whichever the organisation has of us"
    if found:
        return None, found
    client = OpenIdClient(issuer.rstrip("/"), client_id, secret, openid.key_in(key_file))
    return Organisation(client, tuple(acr.split()), name), {}


def _one_of_both(value: str) -> None:
    if value and value not in list(SecondFactor):
        raise ValidationError(f"it must be one of: {', '.join(SecondFactor)}")


def passkey_site(address: str) -> Site | None:
    """Where passkeys hold if staff reach us by that address; None if they cannot: a passkey is made for a host's name,
    which a number is not, and browsers let no page use one that came unencrypted from another machine."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if not is_safe(address) or not host.isascii() or _is_number(host):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
