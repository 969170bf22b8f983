"""Forgets what patients signed in with, once it has expired."""

from datetime import datetime

from sqlalchemy import delete

from companion.db import transaction
from companion.domain.alarm import AlarmKind
from companion.domain.limit import HOUR
from companion.models import DeviceToken, SignInCode, SignInLink
from companion.records import alarm
from companion.records import sign_in_text as texts


def sweep(now: datetime) -> None:
    """Delete expired codes, tokens and links, and take codes out of the texts that brought them. Clear an alarm about
    codes that was last raised an hour ago."""
    with transaction() as session:
        session.execute(delete(SignInCode).where(SignInCode.expires_at <= now))
        texts.hide(session, now)
        if alarm.raised_before(session, AlarmKind.CODES_PUMPED, "", now - HOUR):
            alarm.clear(session, AlarmKind.CODES_PUMPED, "", now)
    with transaction() as session:
        # A refresh token, too, is known again for no longer than it would have held.
        session.execute(delete(DeviceToken).where(DeviceToken.expires_at <= now))
    with transaction() as session:
        session.execute(delete(SignInLink).where(SignInLink.expires_at <= now))
