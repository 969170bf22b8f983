"""Does a text still go out and come back? Each night one goes to a phone of our own, which answers with its code.

The phone is a second number of ours, whose texts come in at our own webhook: there the code is sent back at once.
So one text proves the worker, the provider, the receipt and the way back in, and nobody is bothered by it.
"""

import logging
import secrets
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion import keys
from companion.db import reading, transaction
from companion.domain import identifiers
from companion.domain.alarm import AlarmKind
from companion.domain.message import MessageKind, MessageStatus, priority
from companion.models import LoopCheck, Message, PainService
from companion.records import alarm, pain_service

log = logging.getLogger(__name__)

# In UTC: 3am or 4am in the United Kingdom, when no nudge waits. A worker that was down then catches up later.
NIGHTLY_AT = time(3)
BACK_WITHIN = timedelta(minutes=30)
# While it does not come back it is tried every hour, so that the alarm ends soon after the fault.
AGAIN_AFTER = timedelta(hours=1)
_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
_LENGTH = 8


def start(number: str, now: datetime) -> bool:
    """Text the phone of our own with that number (E.164), if it is time. Returns whether it was."""
    try:
        with transaction() as session:
            service = pain_service.oldest(session)
            slot_at = due_slot(session.scalar(select(LoopCheck).order_by(LoopCheck.slot_at.desc()).limit(1)), now)
            if service is None or slot_at is None:
                return False
            code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
            text_id = _write(session, service, number, code, now)
            session.add(LoopCheck(slot_at=slot_at, code=code, message_id=text_id, started_at=now))
            return True
    except IntegrityError:
        return False  # another worker has just made this check


def _write(session: Session, service: PainService, number: str, code: str, now: datetime) -> UUID:
    text_id = uuid4()
    session.add(
        Message(
            id=text_id,
            pain_service_id=service.id,
            kind=MessageKind.CHECK,
            status=MessageStatus.CREATED,
            number=number,
            body=_body(code),
            priority=priority(MessageKind.CHECK),
            created_at=now,
            due_at=now,
            expires_at=now + BACK_WITHIN,
        )
    )
    session.flush()
    return text_id


def due_slot(newest: LoopCheck | None, now: datetime) -> datetime | None:
    """The moment that a check is due for, if one is: last night's if it had none, or an hour after one that failed."""
    tonight = datetime.combine(now.date(), NIGHTLY_AT, now.tzinfo)
    if tonight > now:
        tonight -= timedelta(days=1)
    if newest is None or newest.slot_at < tonight:
        return tonight
    if newest.failed_at is not None and newest.failed_at + AGAIN_AFTER <= now:
        return newest.failed_at + AGAIN_AFTER
    return None


def judge(now: datetime) -> None:
    """See which checks came back, and raise the alarm for one that did not."""
    with transaction() as session:
        wanted = select(LoopCheck, Message).join(Message, Message.id == LoopCheck.message_id).where(_still_open())
        for check, text in session.execute(wanted.with_for_update(of=LoopCheck)):
            if text.status is MessageStatus.DELIVERED:
                check.delivered_at = text.settled_at
            if check.delivered_at is not None and check.replied_at is not None:
                check.passed_at = now
                alarm.clear(session, AlarmKind.LOOP_BROKEN, "", now)
            elif now >= check.started_at + BACK_WITHIN:
                check.failed_at = now
                missing = "receipt" if check.delivered_at is None else "reply"
                log.warning("loop check %s: no %s, text %s is %s", check.id, missing, text.id, text.status)
                alarm.raise_once(session, AlarmKind.LOOP_BROKEN, "", None, now)


def echo(to_number: str, body: str) -> str | None:
    """What our own phone answers to a text that came to it: the words of the check. None if the text is no check, or
    came to another number, and must be taken like any other."""
    with reading() as session:
        check = _of_words(session, identifiers.sender(to_number), body)
        return None if check is None else _body(check.code)


def may_be(body: str) -> bool:
    """Whether these could be the words of a check; most texts' cannot, which is told without asking the database."""
    return bool(_codes(body))


def heard_back(session: Session, number: str, body: str, now: datetime) -> bool:
    """Whether a text that came in is our own phone's answer. It is noted once, and asks nobody to do anything."""
    check = _of_words(session, number, body)
    if check is None:
        return False
    if check.replied_at is None:
        check.replied_at = now
    return True


def _still_open() -> ColumnElement[bool]:
    return LoopCheck.passed_at.is_(None) & LoopCheck.failed_at.is_(None)


def _of_words(session: Session, number: str, body: str) -> LoopCheck | None:
    """The check that went to that number and whose code stands in these words."""
    codes = _codes(body)
    if not codes:
        return None
    index = Message.number.find(keys.of(session), number)
    of_number = select(LoopCheck).join(Message, Message.id == LoopCheck.message_id).where(Message.number_index == index)
    return session.scalar(of_number.where(LoopCheck.code.in_(codes[:1])))


def _codes(body: str) -> list[str]:
    return [word for word in body.split() if len(word) == _LENGTH and set(word) <= set(_LETTERS)]


def _body(code: str) -> str:
    return f"Loop check {code}"
