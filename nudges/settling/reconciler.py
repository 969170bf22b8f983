"""What became of the texts that nobody told us of? Doubt is settled by asking the provider, never by sending again."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from companion.db import transaction
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.task import TaskKind
from companion.models import Attempt, Message, Nudge, PainService
from companion.records import task
from nudges.providers.gateway import Gateway, OutboundText, Report, UnansweredError
from nudges.sending.outcomes import another_has, apply, end_attempt, take_back_nudge

log = logging.getLogger(__name__)

# A text that the provider could not tell of is asked about again after this long, then after twice that, and so on.
ASK_AGAIN = timedelta(minutes=1)
# What no provider could tell for a week is not asked any more.
GIVE_UP = timedelta(days=7)
BATCH = 50
NOT_TAKEN = "not-taken"


def expire_leases(now: datetime) -> int:
    """Texts whose worker died during the call become unknown: nobody can say whether they went (P4)."""
    with transaction() as session:
        abandoned = session.scalars(
            select(Message)
            .where(Message.status == MessageStatus.SENDING, Message.lease_until_at < now)
            .with_for_update(skip_locked=True)
        ).all()
        for message in abandoned:
            end_attempt(session, message, message.attempts, MessageStatus.UNKNOWN, None, now)
            apply(session, message, MessageStatus.UNKNOWN, None, now)
        return len(abandoned)


def ask(gateway: Gateway, now: datetime) -> int:
    """Ask the provider about texts that it has not told us of, and about those whose fate is unknown.

    Returns how many it could tell of. What it is proved never to have taken goes back to the outbox, if there is time;
    what cannot be proved stays as it is, never sent again on a guess.
    """
    told = 0
    for text, provider_id, since in _unsettled(gateway, now):
        try:
            report = gateway.fetch(provider_id) if provider_id else gateway.find(text, since)
        except UnansweredError:
            log.warning("text %s: the provider could not be asked", text.message_id)
            continue
        if report is not None:
            told += _tell(text, report, now)
        elif provider_id is None and now - since >= gateway.proof_after:
            told += _absent(text, now)
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
            message.lease_until_at = now + min(max(ASK_AGAIN, now - started_at), gateway.proof_after or ASK_AGAIN)
            text = OutboundText(message.id, message.number, message.body, timedelta(0))
            asked.append((text, message.provider_id, started_at))
        return asked


def _tell(text: OutboundText, report: Report, now: datetime) -> int:
    with transaction() as session:
        message = session.get_one(Message, text.message_id, with_for_update=True)
        if message.provider_id is None:
            if another_has(session, message, report.provider_id):
                return 0  # the same words to the same person, sent for another message of ours
            message.provider_id = report.provider_id
        apply(session, message, report.status, report.error_code, now)
        return 1


def _absent(text: OutboundText, now: datetime) -> int:
    """The provider, asked long enough after the attempt, lists no such text: it may go again while there is time.

    Twice in a row, with a while between, before it counts: a listing is no ledger.
    """
    with transaction() as session:
        message = session.get_one(Message, text.message_id, with_for_update=True)
        if message.status is not MessageStatus.UNKNOWN or message.provider_id is not None:
            return 0  # a receipt has come meanwhile
        if message.absent_at is None:
            message.absent_at = now
            message.lease_until_at = now + ASK_AGAIN
            return 0
        message.absent_at = None
        if message.expires_at is not None and now < message.expires_at:
            message.status, message.due_at, message.error_code = MessageStatus.CREATED, now, NOT_TAKEN
            take_back_nudge(session, message)
            message.lease_until_at = None  # nobody has it now, no queue either
            log.warning("text %s: the provider never took it; it may go again", message.id)
            return 1
        _lapse(session, message, now)
        return 1


def _lapse(session: Session, message: Message, now: datetime) -> None:
    """Never taken, and too late now: that much at least is certain."""
    message.status, message.error_code, message.settled_at = MessageStatus.TECHNICAL_FAILURE, NOT_TAKEN, now
    nudge = session.get(Nudge, message.nudge_id) if message.nudge_id else None
    if nudge is not None:
        nudge.status, nudge.reason, nudge.settled_at = NudgeStatus.LAPSED, Reason.SEND_FAILED, now
        nudge.texted_on = None
    if message.author_id is not None:
        service = session.get_one(PainService, message.pain_service_id)
        why = "A text that staff wrote did not go: the text provider never took it. Reach them another way."
        task.ask(session, service, TaskKind.CHECK_SENDING, why, now, patient_id=message.patient_id)
