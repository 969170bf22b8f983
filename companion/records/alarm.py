"""How is an alarm raised once, however many workers see why, and how is it cleared?"""

import logging
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from companion.bulk import insert_if_absent
from companion.domain.alarm import ALARM_WORDS, AlarmKind
from companion.models import Alarm

log = logging.getLogger(__name__)


def raise_once(session: Session, kind: AlarmKind, gateway: str, code: str | None, now: datetime) -> bool:
    """Raise the alarm, with one loud line in the log; False, and silence, if it is raised already.

    gateway: which one it is about, empty for none in particular. code: the provider's own error code, if there is one.
    """
    alarm_id = uuid4()
    row = {"id": alarm_id, "kind": kind, "gateway": gateway, "code": code, "raised_at": now}
    insert_if_absent(session, Alarm, [row])
    if session.get(Alarm, alarm_id) is None:
        return False
    log.critical("ALARM %s%s: %s", kind, _about(gateway, code), ALARM_WORDS[kind])
    return True


def strike(session: Session, kind: AlarmKind, gateway: str, code: str | None, now: datetime) -> None:
    """Raise the alarm; if it is raised already, it counts from now on."""
    if not raise_once(session, kind, gateway, code, now):
        note_again(session, kind, gateway, now)


def raised_before(session: Session, kind: AlarmKind, gateway: str, since: datetime) -> bool:
    """Whether the alarm is raised, and has not struck since."""
    open_one = (Alarm.kind == kind, Alarm.gateway == gateway, Alarm.cleared_at.is_(None))
    return session.scalar(select(Alarm.id).where(*open_one, Alarm.raised_at <= since)) is not None


def note_again(session: Session, kind: AlarmKind, gateway: str, now: datetime) -> None:
    """What raised the alarm has happened again: it counts from now on."""
    open_one = (Alarm.kind == kind, Alarm.gateway == gateway, Alarm.cleared_at.is_(None))
    session.execute(update(Alarm).where(*open_one).values(raised_at=now))


def clear(session: Session, kind: AlarmKind, gateway: str, now: datetime) -> bool:
    """Clear the alarm, with a line in the log; False, and silence, if none of the kind is raised."""
    open_one = (Alarm.kind == kind, Alarm.gateway == gateway, Alarm.cleared_at.is_(None))
    cleared = session.scalars(update(Alarm).where(*open_one).values(cleared_at=now).returning(Alarm.id)).all()
    if not cleared:
        return False
    log.warning("alarm %s%s: cleared", kind, _about(gateway, None))
    return True


def _about(gateway: str, code: str | None) -> str:
    said = ", ".join(filter(None, [gateway, code and f"code {code}"]))
    return f" ({said})" if said else ""
