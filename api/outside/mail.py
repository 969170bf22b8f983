"""What is an e-mail of ours, and who carries it? The carrier for development keeps what it is given in a folder."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from uuid import uuid4


class MailError(Exception):
    """The e-mail did not go, or nobody can tell whether it went. The words hold no address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain words to one person who works here, or shall. Never about a patient."""

    to: str
    subject: str
    body: str


class Mailer(Protocol):
    """The protocol of a mail carrier."""

    def send(self, letter: Letter) -> None:
        """Hand it over.

        Raises:
            MailError: it did not go, or nobody can tell.
        """
        ...


def composed(letter: Letter, sender: str) -> EmailMessage:
    """The e-mail as it is handed over.

    Raises:
        MailError: address or subject hold a line break or are no such thing, so that more could be put in than is
            meant (header injection).
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    except ValueError as error:
        raise MailError("The address and the subject must each be one line.") from error
    # Ours to say, so that nothing answers by itself (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if len(message["To"].addresses) != 1:
        raise MailError("Give one e-mail address.")
    return message


class FolderMailer:
    """Keeps every e-mail as a file: for development, the demonstration and tests. Nothing leaves the machine."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def send(self, letter: Letter) -> None:
        """Write it down.

        Raises:
            MailError: it cannot be composed or written.
        """
        message = composed(letter, self._sender)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{uuid4().hex}.eml").write_bytes(message.as_bytes())
        except OSError as error:
            raise MailError(f"The folder for e-mails cannot be written ({error.strerror}).") from error


class NoMailer:
    """Where none is set up: says so."""

    def send(self, letter: Letter) -> None:
        """Refuse.

        Raises:
            MailError: always.
        """
        raise MailError("No mail server is set up. Set SMTP_URL.")
