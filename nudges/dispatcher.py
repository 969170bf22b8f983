"""Beat 2: which due nudges may go? Each becomes one text in the outbox, or gets its reason."""

import logging
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.db import transaction
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus, priority
from companion.domain.nudge import NudgeStatus, Reason
from companion.models import Message, Nudge
from nudges.eligibility import Decision, Lapse, Postpone, Send, Skip, decide
from nudges.facts import Candidate, TextedDays, candidates, facts, lock_patients, urgent_waiting
from nudges.wording import WordingError, merge

log = logging.getLogger(__name__)

BATCH = 200


def dispatch(now: datetime) -> int:
    """Decide about every nudge that is due. Returns how many were decided about."""
    decided = 0
    while True:
        batch = _dispatch_batch(now)
        decided += batch
        if batch < BATCH:
            return decided


def _dispatch_batch(now: datetime) -> int:
    """One batch in one transaction: a crash leaves its nudges planned, and its texts unwritten, all of them."""
    with transaction() as session:
        due = session.execute(
            select(Nudge.id, Nudge.patient_id)
            .where(Nudge.status == NudgeStatus.PLANNED, Nudge.due_at <= now)
            .order_by(Nudge.due_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        if not due:
            return 0
        patient_ids = [patient_id for _, patient_id in due]
        lock_patients(session, patient_ids)
        texted = TextedDays(session, patient_ids, now)
        urgent = urgent_waiting(session, patient_ids)
        for candidate in candidates(session, [nudge_id for nudge_id, _ in due]):
            decision = decide(facts(candidate, texted, urgent, now), now)
            _write(session, candidate, decision, texted, now)
        return len(due)


def _write(session: Session, candidate: Candidate, decision: Decision, texted: TextedDays, now: datetime) -> None:
    nudge, patient = candidate.nudge, candidate.patient
    match decision:
        case Send():
            try:
                message = _message(candidate, now)
            except WordingError as error:
                # One bad line must not hold up everybody else's texts.
                log.error("nudge %s: %s", nudge.id, error)
                settle(nudge, NudgeStatus.SKIPPED, Reason.WORDING_UNUSABLE, now)
                return
            nudge.status = NudgeStatus.CLAIMED
            nudge.texted_on = local(now, patient.time_zone).date()
            texted.add(patient.id, nudge.texted_on)
            session.add(message)
        case Postpone(until, reason):
            nudge.due_at, nudge.held_reason = until, reason
        case Skip(reason):
            settle(nudge, NudgeStatus.SKIPPED, reason, now)
        case Lapse(reason):
            settle(nudge, NudgeStatus.LAPSED, reason, now)


def settle(nudge: Nudge, status: NudgeStatus, reason: Reason | None, now: datetime) -> None:
    """Give a nudge its final state (P4)."""
    nudge.status, nudge.reason, nudge.settled_at = status, reason, now


def _message(candidate: Candidate, now: datetime) -> Message:
    nudge, patient, service, wording = candidate.nudge, candidate.patient, candidate.service, candidate.wording
    if wording is None:
        raise RuntimeError("A nudge was allowed to go without an approved wording.")
    values = {"first_name": patient.given_name, "line": candidate.line_words, "service": service.short_name}
    message_id: UUID = uuid4()
    return Message(
        id=message_id,
        pain_service_id=nudge.pain_service_id,
        patient_id=patient.id,
        kind=MessageKind.NUDGE,
        status=MessageStatus.CREATED,
        number=patient.mobile,
        body=merge(wording.body, values),
        nudge_id=nudge.id,
        wording_id=wording.id,
        priority=priority(MessageKind.NUDGE),
        created_at=now,
        due_at=now,
        expires_at=nudge.expires_at,
    )
