"""Sends e-mail through the mail server. The only adapter of smtplib."""

import smtplib
import ssl
from dataclasses import dataclass, field

from api.outside.mail import Letter, MailError, composed

LONGEST_WAIT = 10  # seconds; an administrator is waiting


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where to hand e-mails over. `tls` from the first byte, else after STARTTLS; never without, but on this machine.

    loopback: it is this very machine, where nobody listens in.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = True
    loopback: bool = False


class SmtpMailer:
    """Hands e-mails to a mail server."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server, self._sender = server, sender

    def send(self, letter: Letter) -> None:
        """Hand it over; if that fails, nothing is tried again.

        Raises:
            MailError: it did not go, or nobody can tell.
        """
        message = composed(letter, self._sender)
        try:
            with self._connected() as connection:
                if self._server.user:
                    connection.login(self._server.user, self._server.password)
                connection.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            # Its own words may repeat the address, or the password.
            raise MailError(f"The mail server did not take it ({type(error).__name__}).") from error

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=LONGEST_WAIT, context=context)
        connection = smtplib.SMTP(server.host, server.port, timeout=LONGEST_WAIT)
        if not server.loopback:
            connection.starttls(context=ssl.create_default_context())
        return connection
