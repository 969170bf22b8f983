"""The words of our e-mails, and the result of sending them."""

import logging
from textwrap import dedent

from flask import url_for

from api import house
from api.outside.mail import Letter, Mailer, MailError
from companion.domain.access import Actor
from companion.domain.invitation import MailStatus
from companion.use_cases import invitation
from companion.use_cases.invitation import Invited
from companion.use_cases.password import Link

log = logging.getLogger(__name__)


def send_invitation(actor: Actor, made: Invited) -> Invited:
    """Send an invitation that was just made, outside of any transaction, and write down what became of it."""
    address = house.config().public_base_url + url_for("invitation.show", token=made.token)
    body = f"""\
        Hello,

        You are invited to join {made.pain_service} on iHELP Companion.

        Open this link within three days and choose a password. The link works once:

        {address}

        If you did not expect this e-mail, ignore it.
        """
    status = send(house.mailer(), Letter(made.email, "Your invitation to iHELP Companion", dedent(body)))
    return invitation.mailed(actor, made.id, status, house.now())


def reset(link: Link) -> Letter:
    """The e-mail with a link to choose a new password."""
    address = house.config().public_base_url + url_for("password.show_reset", token=link.token)
    body = f"""\
        Hello,

        We received a request for a new password for your iHELP Companion account.

        Open this link within an hour to choose a new password. The link works once:

        {address}

        If you did not ask for this, ignore this e-mail. Your password has not changed.
        """
    return Letter(link.email, "Choose a new password for iHELP Companion", dedent(body))


def send(mailer: Mailer, letter: Letter) -> MailStatus:
    """Send a letter and return the outcome, which is logged too."""
    try:
        mailer.send(letter)
    except MailError as error:
        log.warning("an e-mail was not sent: %s", error)
        return MailStatus.NOT_SENT
    return MailStatus.SENT
