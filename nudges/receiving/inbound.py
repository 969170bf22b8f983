"""A patient texts: what happens? Stored first, unchanged and once (P8); understood and acted on after."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, and_, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from companion import keys
from companion.db import reading, transaction
from companion.domain import access
from companion.domain.message import MessageStatus
from companion.domain.task import TaskKind, TaskPriority
from companion.models import Message, PainService, Patient
from companion.records import audit, task
from nudges.receiving import arrivals, conversation, loop_check
from nudges.receiving.arrivals import InboundText
from nudges.unforeseen import UNFORESEEN
from nudges.words import replies
from nudges.words.replies import Command, Reading

log = logging.getLogger(__name__)

# What cannot be acted on is tried again this often, and after a while goes to a person unread by us (P8).
SET_ASIDE = timedelta(seconds=30)
HAND_OVER_AFTER = timedelta(minutes=5)
# In one beat. Each is a transaction of its own.
MOST = 500


def receive(text: InboundText, now: datetime) -> bool:
    """Store the text and act on it. Returns False, having changed nothing, if it had come before.

    Raises:
        NobodyHomeError: this deployment has no pain service.
    """
    message_id = store(text, now)
    if message_id is None:
        return False
    act(message_id, now)
    return True


def take_in(text: InboundText, now: datetime) -> bool:
    """Store the text, and act at once if it cannot wait for the worker: a STOP is in force when the provider is
    answered, also when what stored it before did not live to act on it. Returns False if it had come before.

    Raises:
        NobodyHomeError: this deployment has no pain service.
    """
    stored = store(text, now)
    message_id = stored or _left_undone(text)
    if message_id is None:
        return False
    if not can_wait(text):
        with ExitStack() as in_order:  # last in, first done; and each is done, also when one before it failed
            in_order.callback(act, message_id, now)
            for earlier in reversed(_not_acted_on(now, of_number=arrivals.number_of(text))):
                if earlier.id != message_id:
                    in_order.callback(act, earlier.id, now)
    return stored is not None


def can_wait(text: InboundText) -> bool:
    """Whether it is soon enough if the worker acts on the text in its next second: no command, no urgent words."""
    understood = replies.read(text.body, media_count=text.media_count, opt_out=text.opt_out)
    return understood.command is None and not understood.topics


def take_up(now: datetime) -> int:
    """Act on what was stored and has not been acted on, oldest first. Returns how many there were.

    A text that cannot be acted on does not hold up those behind it, and in the end goes to a person as it is.
    """
    waiting = _not_acted_on(now)
    for message in waiting:
        try:
            act(message.id, now)
        except (OperationalError, InterfaceError):
            raise  # the database's fault, and no text's
        except (SQLAlchemyError, *UNFORESEEN):
            log.exception("text %s could not be acted on", message.id)
            if message.created_at <= now - HAND_OVER_AFTER:
                hand_over(message.id, now)
            else:
                _set_aside(message.id, now)
    return len(waiting)


def _not_acted_on(now: datetime, *, of_number: str | None = None) -> Sequence[Row[UUID, datetime]]:
    wanted = select(Message.id, Message.created_at).where(
        Message.status == MessageStatus.RECEIVED, Message.handled_at.is_(None), Message.due_at <= now
    )
    with reading() as session:
        if of_number is not None:
            wanted = wanted.where(Message.number_index == Message.number.find(keys.of(session), of_number))
        return session.execute(wanted.order_by(Message.due_at, Message.created_at).limit(MOST)).all()


def _left_undone(text: InboundText) -> UUID | None:
    """The message as which the text was stored when it came before, if nobody has acted on it yet."""
    same = and_(Message.gateway == text.gateway, Message.provider_id == text.provider_id)
    with reading() as session:
        return session.scalar(select(Message.id).where(same, Message.handled_at.is_(None)))


def _set_aside(message_id: UUID, now: datetime) -> None:
    with transaction() as session:
        session.execute(update(Message).where(Message.id == message_id).values(due_at=now + SET_ASIDE))


def store(text: InboundText, now: datetime) -> UUID | None:
    """Keep the text, unchanged and once, as the message whose id comes back; None if it had come before.

    Raises:
        NobodyHomeError: this deployment has no pain service.
    """
    try:
        [message_id] = arrivals.store([text], now)
    except IntegrityError:
        # Whose it was has been erased in this very moment: then it is a text from a number that nobody has.
        [message_id] = arrivals.store([text], now)
    with reading() as session:
        return session.scalar(select(Message.id).where(Message.id == message_id))


def act(message_id: UUID, now: datetime) -> None:
    """Do what the stored text asks for, once: all of it in one transaction, or none."""
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if message.handled_at is not None:
            return
        message.handled_at = now
        if message.patient_id is None and loop_check.heard_back(session, message.number, message.body, now):
            return
        service = session.get_one(PainService, message.pain_service_id)
        reading_ = replies.read(message.body, media_count=message.media_count, opt_out=message.opt_out)
        if reading_.command is Command.STOP:
            conversation.stop_everywhere(session, message, now)
        if message.patient_id is None:
            _from_nobody_known(session, service, message, reading_, now)
        else:
            patient = session.get_one(
                Patient, message.patient_id, with_for_update={"key_share": True}, populate_existing=True
            )
            conversation.answer(session, service, patient, message, reading_, now)
            sender = access.patient(patient.pain_service_id, patient.id, "text")
            audit.record(session, sender, "text.received", message.id, now, patient_id=patient.id)


def hand_over(message_id: UUID, now: datetime) -> None:
    """Bring the stored text to a person as it is, urgently, if it could not be acted on."""
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if message.handled_at is not None:
            return
        message.handled_at = now
        task.ask(
            session,
            session.get_one(PainService, message.pain_service_id),
            TaskKind.READ_MESSAGE,
            "Nothing was done about this text automatically: it may be a STOP, an answer or urgent. Please read it.",
            now,
            priority=TaskPriority.URGENT,
            patient_id=message.patient_id,
            message_id=message.id,
        )


def _from_nobody_known(
    session: Session, service: PainService, message: Message, reading_: Reading, now: datetime
) -> None:
    urgent = bool(reading_.topics) or reading_.command is Command.HELP
    said = conversation.safety_replies(session, service, None, message, reading_.topics, now)
    task.ask(
        session,
        service,
        TaskKind.UNKNOWN_NUMBER,
        f"A text from a number that no patient has. {said}".strip(),
        now,
        priority=TaskPriority.URGENT if urgent else TaskPriority.ROUTINE,
        message_id=message.id,
    )
