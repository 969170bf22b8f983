"""How do staff get in here? The settings of it, read with the rest of the environment."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from environs import Env
from marshmallow import ValidationError

from api import letter_box
from api.letter_box import LetterBox

DEFAULT_NAME = "your organisation"
FOUR = ("STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_ID", "STAFF_OIDC_CLIENT_SECRET", "STAFF_OIDC_ACR")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SecondFactor(StrEnum):
    """required: whoever has none can do nothing but set one up. optional: who has one is asked for it."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Somebody else who signs our staff in, by OpenID Connect: NHS CIS2, or an organisation's own.

    acr: what the sign-in there must have been at least, in their words; one of these must come back.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
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
    name = env.str("STAFF_OIDC_NAME", "") or DEFAULT_NAME
    given = {each: env.str(each, "", validate=_address if each.endswith("ISSUER") else None) for each in FOUR}
    issuer, client_id, client_secret, acr = (value or "" for value in given.values())
    missing = [each for each, value in given.items() if not value]
    organisation = None
    if not missing:
        organisation = Organisation(issuer.rstrip("/"), client_id, client_secret, tuple(acr.split()), name)
    elif len(missing) < len(FOUR):
        found |= dict.fromkeys(missing, "set this too; signing in through an organisation needs all four settings")
    return StaffEntry(second_factor, organisation, box), found


def _one_of_both(value: str) -> None:
    if value and value not in list(SecondFactor):
        raise ValidationError(f"it must be one of: {', '.join(SecondFactor)}")


def _address(value: str) -> None:
    try:
        parts = urlsplit(value)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        fine = not value or (safe and bool(parts.hostname) and parts.port != 0 and not parts.query)
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be the issuer's https:// address, as its metadata has it")
