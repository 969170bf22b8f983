"""What became of the texts that were handed over? Statuses move forward only, and doubt is settled by asking."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from companion.db import transaction
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.message import FINAL, MessageStatus, can_move
from companion.domain.nudge import NudgeStatus
from companion.domain.task import TaskKind
from companion.models import Attempt, Message, Nudge, PainService, Patient
from companion.records import consent, task
from nudges.gateway import Gateway, OutboundText, Report, UnansweredError

log = logging.getLogger(__name__)

# A text that the provider could not tell of is asked about again after this long, then after twice that, and so on.
ASK_AGAIN = timedelta(minutes=1)
# What no provider could tell for a week is not asked any more.
GIVE_UP = timedelta(days=7)
BATCH = 50


def receive(message_id: UUID | None, provider_id: str, status: MessageStatus, code: str | None, now: datetime) -> bool:
    """A receipt came in. `message_id` is our own id from the receipt's address; without it the provider's counts.

    Returns whether it is of a text of ours. A repeated, late or reordered receipt changes nothing.
    """
    with transaction() as session:
        ours = Message.id == message_id if message_id else Message.provider_id == provider_id
        message = session.scalar(select(Message).where(ours).with_for_update())
        if message is None or message.gateway is None or message.provider_id not in (None, provider_id):
            return False
        if message.provider_id is None and _another_has(session, message, provider_id):
            return False
        message.provider_id = provider_id
        apply(session, message, status, code, now)
        return True


def apply(session: Session, message: Message, status: MessageStatus, code: str | None, now: datetime) -> None:
    """Move a locked message on, and its nudge with it; a move that is not forward is left out."""
    if not can_move(message.status, status):
        return
    message.status = status
    message.error_code = code
    message.lease_until_at = now
    if status is MessageStatus.SENT:
        message.sent_at = now
    if status in FINAL:
        message.settled_at = now
    nudge = session.get(Nudge, message.nudge_id) if message.nudge_id else None
    if nudge is not None and nudge.status is NudgeStatus.CLAIMED:
        nudge.status, nudge.settled_at = NudgeStatus.SENT, now
    _follow_up(session, message, code, now)


def ask(gateway: Gateway, now: datetime) -> int:
    """Ask the provider about texts that it has not told us of, and about those whose fate is unknown.

    Returns how many it could tell of. Those that it could not stay as they are: never sent again on a guess.
    """
    told = 0
    for text, provider_id, since in _unsettled(gateway, now):
        try:
            report = gateway.fetch(provider_id) if provider_id else gateway.find(text, since)
        except UnansweredError:
            log.warning("text %s: the provider could not be asked", text.message_id)
            continue
        if report is not None:
            told += _tell(text.message_id, report, now)
    return told


def _unsettled(gateway: Gateway, now: datetime) -> list[tuple[OutboundText, str | None, datetime]]:
    """Take the next texts to ask about, and put each one's next turn off, so that one answers for nobody else."""
    with transaction() as session:
        rows = session.execute(
            select(Message, Attempt.started_at)
            .join(Attempt, and_(Attempt.message_id == Message.id, Attempt.number == Message.attempts))
            .where(
                Message.gateway == gateway.name,
                or_(
                    Message.status == MessageStatus.UNKNOWN,
                    and_(Message.status == MessageStatus.SENT, Message.sent_at <= now - gateway.patience),
                ),
                Message.lease_until_at <= now,
                Message.sending_at > now - GIVE_UP,
            )
            .order_by(Message.lease_until_at)
            .limit(BATCH)
            .with_for_update(of=Message, skip_locked=True)
        ).all()
        asked = []
        for message, started_at in rows:
            message.lease_until_at = now + max(ASK_AGAIN, now - started_at)
            text = OutboundText(message.id, message.number, message.body, timedelta(0))
            asked.append((text, message.provider_id, started_at))
        return asked


def _tell(message_id: UUID, report: Report, now: datetime) -> int:
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if _another_has(session, message, report.provider_id):
            return 0  # the same words to the same person, sent for another message of ours
        message.provider_id = report.provider_id
        apply(session, message, report.status, report.error_code, now)
        return 1


def _another_has(session: Session, message: Message, provider_id: str) -> bool:
    same = and_(Message.gateway == message.gateway, Message.provider_id == provider_id)
    return session.scalar(select(Message.id).where(same, Message.id != message.id)) is not None


OPTED_OUT = frozenset({"21610"})
NUMBER_INVALID = frozenset({"21211", "21614", "30005", "30006"})


def _follow_up(session: Session, message: Message, code: str | None, now: datetime) -> None:
    """What a failure says about the person's number: the carrier knows of a STOP, or the number is no good."""
    if code is None or message.patient_id is None:
        return
    service = session.get_one(PainService, message.pain_service_id)
    patient = session.get_one(Patient, message.patient_id, with_for_update={"key_share": True})
    if code in OPTED_OUT and patient.text_consent is not ConsentStatus.WITHDRAWN:
        consent.write(session, patient, ConsentStatus.WITHDRAWN, ConsentSource.CARRIER, now, message_id=message.id)
        why = "The phone network says that they stopped texts. To reach them, call or write."
        task.ask(session, service, TaskKind.CONTACT_ANOTHER_WAY, why, now, patient_id=patient.id)
    if code in NUMBER_INVALID:
        why = "Texts do not reach this number. Check it with the patient."
        task.ask(session, service, TaskKind.NUMBER_INVALID, why, now, patient_id=patient.id)
