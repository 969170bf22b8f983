"""Beat 3: hand each waiting text to the provider once, and write down what came of it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.clock import Clock
from companion.db import transaction
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus, can_move
from companion.domain.nudge import REASON_WORDS, NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.domain.task import TaskKind
from companion.models import Attempt, Message, Nudge, PainService, Patient
from companion.records import task
from nudges.dispatcher import settle
from nudges.eligibility import Decision, Facts, Lapse, Postpone, Send, Skip, decide
from nudges.facts import TextedDays, candidates, facts, lock_patients, urgent_waiting
from nudges.gateway import Gateway, OutboundText, RefusedError, Report, UnansweredError
from nudges.receipts import apply

log = logging.getLogger(__name__)

# Longer than any provider call may take: past it, the caller is dead, and its text's fate unknown.
LEASE = timedelta(minutes=2)
# A certain, passing refusal: asked again after 30 s, 1 min, 2 min … until the text expires.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that this worker alone may now hand over, and the number of the attempt written for it."""

    text: OutboundText
    attempt: int


def send_due(gateway: Gateway, worker: str, clock: Clock, most: int = 200) -> int:
    """Send up to `most` waiting texts, one at a time. Returns how many the provider was asked to send.

    One at a time, so that nothing lies between the last look at consent, hours and plan and the call itself;
    and by a clock in place of one `now`, because a slow provider makes a batch outlast the hours it began in.
    """
    asked = 0
    for _ in range(most):
        claim = _claim(gateway, worker, clock())
        if claim is None:
            break
        if isinstance(claim, Claimed):
            outcome = _call(gateway, claim.text)
            _record(claim, outcome, clock())
            asked += 1
    return asked


def expire_leases(now: datetime) -> int:
    """Texts whose worker died during the call become unknown: nobody can say whether they went (P4)."""
    with transaction() as session:
        abandoned = session.scalars(
            select(Message)
            .where(Message.status == MessageStatus.SENDING, Message.lease_until_at < now)
            .with_for_update(skip_locked=True)
        ).all()
        for message in abandoned:
            _end_attempt(session, message, MessageStatus.UNKNOWN, None, now)
            apply(session, message, MessageStatus.UNKNOWN, None, now)
        return len(abandoned)


def _claim(gateway: Gateway, worker: str, now: datetime) -> Claimed | Decision | None:
    """Take the next waiting text. A decision other than Send has been written down already; None: none waits."""
    with transaction() as session:
        message = session.scalar(
            select(Message)
            .where(Message.status == MessageStatus.CREATED, Message.due_at <= now)
            .order_by(Message.priority, Message.due_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is None:
            return None
        decision = _decide(session, message, now)
        if not isinstance(decision, Send):
            _hold_back(session, message, decision, now)
            return decision
        return _begin(session, message, gateway, worker, now)


def _decide(session: Session, message: Message, now: datetime) -> Decision:
    """Ask at the door: everything that was asked when the text was written may have changed since."""
    if message.expires_at is None:
        raise RuntimeError("An outbound text has no expiry.")
    if message.patient_id is None:
        return decide(Facts(message.kind, ConsentStatus.NOT_ASKED, False, message.expires_at), now)
    lock_patients(session, [message.patient_id])
    if message.kind is MessageKind.NUDGE and message.nudge_id is not None:
        texted = TextedDays(session, [message.patient_id], now)
        [candidate] = candidates(session, [message.nudge_id])
        if message.number != candidate.patient.mobile:
            return Skip(Reason.NUMBER_CHANGED)
        texted.take_back(message.patient_id, candidate.nudge.texted_on)
        return decide(facts(candidate, texted, urgent_waiting(session, [message.patient_id]), now), now)
    patient = session.get_one(Patient, message.patient_id, populate_existing=True)
    active = patient.status is PatientStatus.ACTIVE
    if message.author_id is not None and message.number != patient.mobile:
        return Skip(Reason.NUMBER_CHANGED)
    return decide(Facts(message.kind, patient.text_consent, active, message.expires_at), now)


def _hold_back(session: Session, message: Message, decision: Decision, now: datetime) -> None:
    nudge = session.get(Nudge, message.nudge_id) if message.nudge_id else None
    match decision:
        case Postpone(until, reason):
            message.due_at = until
            if nudge is not None:
                nudge.held_reason = reason
        case Skip(reason) | Lapse(reason):
            message.status, message.settled_at = MessageStatus.CANCELLED, now
            if nudge is not None:
                status = NudgeStatus.LAPSED if isinstance(decision, Lapse) else NudgeStatus.SKIPPED
                settle(nudge, status, reason, now)
            if message.author_id is not None:
                why = f"A text that staff wrote did not go: {REASON_WORDS[reason]}. Reach them another way."
                service = session.get_one(PainService, message.pain_service_id)
                task.ask(session, service, TaskKind.CHECK_SENDING, why, now, patient_id=message.patient_id)


def _begin(session: Session, message: Message, gateway: Gateway, worker: str, now: datetime) -> Claimed:
    """The attempt is written, and committed, before the provider is called (P3)."""
    message.status = MessageStatus.SENDING
    message.gateway = gateway.name
    message.sending_at = now
    message.lease_until_at = now + LEASE
    message.attempts += 1
    session.add(
        Attempt(
            message_id=message.id,
            number=message.attempts,
            gateway=gateway.name,
            worker=worker,
            started_at=now,
        )
    )
    sender = session.get_one(PainService, message.pain_service_id).sender
    valid_for = (message.expires_at or now) - now
    return Claimed(OutboundText(message.id, message.number, message.body, valid_for, sender), message.attempts)


def _call(gateway: Gateway, text: OutboundText) -> Report | RefusedError | UnansweredError:
    """The one call. No session is open; no retry is made here or below."""
    try:
        return gateway.send(text)
    except (RefusedError, UnansweredError) as outcome:
        return outcome


def _record(claim: Claimed, outcome: Report | RefusedError | UnansweredError, now: datetime) -> None:
    with transaction() as session:
        message = session.get_one(Message, claim.text.message_id, with_for_update=True)
        match outcome:
            case Report(provider_id, status, code):
                message.provider_id = provider_id
                _end_attempt(session, message, status, code, now)
                apply(session, message, status, code, now)
            case UnansweredError():
                _end_attempt(session, message, MessageStatus.UNKNOWN, None, now)
                apply(session, message, MessageStatus.UNKNOWN, None, now)
                log.warning("text %s: the provider gave no answer; it will be asked", message.id)
            case RefusedError(code=code, permanent=True, status=status):
                _end_attempt(session, message, status, code, now)
                apply(session, message, status, code, now)
                log.warning("text %s: refused for good, code %s", message.id, code)
            case RefusedError(code=code):
                _end_attempt(session, message, MessageStatus.TEMPORARY_FAILURE, code, now)
                if can_move(message.status, MessageStatus.CREATED):
                    message.status, message.error_code = MessageStatus.CREATED, code
                    message.due_at = now + min(FIRST_WAIT * 2 ** min(message.attempts - 1, DOUBLINGS), LONGEST_WAIT)
                log.warning("text %s: refused for now, code %s", message.id, code)


def _end_attempt(session: Session, message: Message, outcome: MessageStatus, code: str | None, now: datetime) -> None:
    attempt = session.get_one(Attempt, (message.id, message.attempts))
    attempt.ended_at, attempt.outcome, attempt.error_code = now, outcome, code
