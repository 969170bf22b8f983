"""Through which mail server do our e-mails go? The settings of it, read with the rest of the environment."""

from dataclasses import dataclass
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

from environs import Env
from marshmallow import ValidationError

from api.outside.smtp import SmtpServer
from api.settings.openid import LOOPBACK

DEFAULT_SENDER = "iHELP Companion <companion@localhost.example>"
DEFAULT_FOLDER = "var/mail"
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class LetterBox:
    """`server` None: e-mails are kept in `folder`, in development, and go nowhere in production."""

    server: SmtpServer | None = None
    sender: str = DEFAULT_SENDER
    folder: str = DEFAULT_FOLDER


def read(env: Env) -> tuple[LetterBox, dict[str, str]]:
    """The settings, and what is wrong between them; what is wrong with one of them alone, `env` keeps."""
    url = env.str("SMTP_URL", "", validate=_server) or ""
    sender = env.str("MAIL_FROM", "", validate=_sender) or ""
    if url and not sender:
        return LetterBox(), {"MAIL_FROM": "set this too: the address that our e-mails come from"}
    return LetterBox(_read(url) if url else None, sender or DEFAULT_SENDER), {}


def _read(url: str) -> SmtpServer:
    parts = urlsplit(url)
    host = parts.hostname or ""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(
        host, parts.port or PORTS[parts.scheme], user, password, parts.scheme == "smtps", host in LOOPBACK
    )


def _server(value: str) -> None:
    try:
        parts = urlsplit(value)
        bare = not (parts.path.strip("/") or parts.query or parts.fragment)
        fine = not value or (parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0 and bare)
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be a mail server such as smtps://user:password@mail.example.nhs.uk")


def _sender(value: str) -> None:
    address = value.rpartition("<")[2].rstrip("> ") if value.endswith(">") else value
    try:
        fine = not value or (value.isprintable() and bool(Address(addr_spec=address).domain))
    except ValueError:
        fine = False
    if not fine:
        raise ValidationError("it must be an e-mail address, such as iHELP Companion <companion@example.nhs.uk>")
