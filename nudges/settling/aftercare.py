"""What is left to do when a text is out of our hands? Take it back after a STOP, let the provider forget its words,
and tell staff of what can never be known."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, literal, or_, select, tuple_, update

from companion.bulk import among
from companion.db import reading, transaction
from companion.domain.alarm import AlarmKind
from companion.domain.consent import ConsentStatus
from companion.domain.message import FINAL, MessageKind, MessageStatus
from companion.domain.task import TaskKind
from companion.models import Alarm, Message, PainService, Patient, Task
from companion.records import alarm, task
from nudges.deciding.eligibility import NEEDS_NO_CONSENT
from nudges.providers.gateway import Gateway, RefusedError, UnansweredError
from nudges.sending.outcomes import apply

log = logging.getLogger(__name__)

# A provider that still has a text after this long has handed it on, or never will.
RECALLED_WITHIN = timedelta(hours=10)
# For so long a provider may keep the words of a text that is final: longer than we go on asking about texts in doubt,
# for what is forgotten cannot be recognised.
KEPT_BY_PROVIDER = timedelta(days=8)
# A text in doubt for so long is brought to staff.
IN_DOUBT = timedelta(days=1)
FILTERED_FOR = timedelta(days=1)
BATCH, PAGES = 100, 20


def recall(gateway: Gateway, now: datetime) -> int:
    """Ask the provider, once, to take back what it still has for people who have said stop (P1). Returns how many
    texts will not arrive."""
    taken_back = 0
    for message_id, provider_id in _to_recall(gateway, now):
        try:
            report = gateway.recall(provider_id)
        except UnansweredError:
            log.warning("text %s: the provider could not be asked to take it back", message_id)
            continue
        if report is not None:
            with transaction() as session:
                message = session.get_one(Message, message_id, with_for_update=True)
                apply(session, message, report.status, report.error_code, now)
                taken_back += message.status is MessageStatus.CANCELLED
    return taken_back


def redact(gateway: Gateway, now: datetime) -> int:
    """Let the provider forget the words of what has long been final. What fails is tried again the next time."""
    forgotten = 0
    for message_id, provider_id in _every_to_redact(gateway, now):
        try:
            gateway.redact(provider_id)
        except (UnansweredError, RefusedError):
            log.warning("text %s: the provider still keeps its words", message_id)
            continue
        with transaction() as session:
            session.execute(update(Message).where(Message.id == message_id).values(redacted_at=now))
        forgotten += 1
    return forgotten


def tell_staff(now: datetime) -> int:
    """Bring to a person what no provider could tell us of for a day (P4). Returns how many texts that were."""
    with transaction() as session:
        told = exists().where(Task.message_id == Message.id, Task.kind == TaskKind.CHECK_SENDING)
        in_doubt = select(Message).where(
            Message.status == MessageStatus.UNKNOWN,
            Message.sending_at <= now - IN_DOUBT,
            Message.patient_id.is_not(None),
            ~told,
        )
        found = session.scalars(in_doubt.limit(BATCH).with_for_update(skip_locked=True)).all()
        for message in found:
            service = session.get_one(PainService, message.pain_service_id)
            why = "Nobody can tell whether a text arrived. If it matters, ask the person. It is not sent again."
            task.ask(
                session,
                service,
                TaskKind.CHECK_SENDING,
                why,
                now,
                patient_id=message.patient_id,
                message_id=message.id,
            )
        return len(found)


def rest_alarms(now: datetime) -> None:
    """Clear the alarm of a spam filter when none has struck for a day: it is raised again by the next."""
    with transaction() as session:
        old = select(Alarm.gateway).where(
            Alarm.kind == AlarmKind.CONTENT_FILTERED,
            Alarm.cleared_at.is_(None),
            Alarm.raised_at <= now - FILTERED_FOR,
        )
        for gateway in session.scalars(old).all():
            alarm.clear(session, AlarmKind.CONTENT_FILTERED, gateway, now)


def _to_recall(gateway: Gateway, now: datetime) -> list[tuple[UUID, Any]]:
    """Marked as asked about before it is asked: a second worker does not ask again, nor do we if we die."""
    with transaction() as session:
        wanted = (
            select(Message.id, Message.provider_id)
            .join(Patient, Patient.id == Message.patient_id)
            .where(
                Message.status == MessageStatus.SENT,
                Message.gateway == gateway.name,
                Message.sent_at > now - RECALLED_WITHIN,
                Message.kind.not_in(NEEDS_NO_CONSENT),
                Message.provider_id.is_not(None),
                Message.recalled_at.is_(None),
                Patient.text_consent == ConsentStatus.WITHDRAWN,
            )
            .limit(BATCH)
            .with_for_update(of=Message, skip_locked=True)
        )
        found = session.execute(wanted).all()
        asked = update(Message).where(among(session, Message.id, [row.id for row in found]))
        session.execute(asked.values(recalled_at=now))
        return [(row.id, row.provider_id) for row in found]


def _every_to_redact(gateway: Gateway, now: datetime) -> Iterator[tuple[UUID, Any]]:
    """Page by page, so that what cannot be redacted hides nothing that can."""
    after: tuple[datetime, UUID] | None = None
    for _ in range(PAGES):
        page = _to_redact(gateway, now, after)
        yield from ((message_id, provider_id) for message_id, provider_id, _ in page)
        if len(page) < BATCH:
            return
        after = page[-1][2], page[-1][0]


def _to_redact(
    gateway: Gateway, now: datetime, after: tuple[datetime, UUID] | None
) -> list[tuple[UUID, Any, datetime]]:
    final = or_(Message.status.in_(FINAL - {MessageStatus.RECEIVED}), Message.kind == MessageKind.INBOUND)
    wanted = select(Message.id, Message.provider_id, Message.created_at).where(
        Message.gateway == gateway.name,
        Message.provider_id.is_not(None),
        Message.redacted_at.is_(None),
        Message.created_at <= now - KEPT_BY_PROVIDER,
        final,
    )
    if after is not None:
        wanted = wanted.where(tuple_(Message.created_at, Message.id) > tuple_(literal(after[0]), literal(after[1])))
    with reading() as session:
        found = session.execute(wanted.order_by(Message.created_at, Message.id).limit(BATCH)).all()
    return [(row.id, row.provider_id, row.created_at) for row in found]
