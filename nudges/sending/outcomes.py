"""What came of a text? Written down once, moving forward only, with all that follows from it."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from companion.bulk import among, update_each
from companion.db import keyed_transaction, transaction
from companion.domain.access import system
from companion.domain.alarm import AlarmKind
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.message import FINAL, MessageStatus, can_move
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.task import TaskKind, TaskStatus
from companion.models import Attempt, Message, Nudge, PainService, Patient, Task
from companion.records import alarm, audit, consent, task
from nudges.providers.gateway import Fault, RefusedError, Report, UnansweredError
from nudges.sending.claims import Claimed

log = logging.getLogger(__name__)

# A certain, passing refusal: asked again after about 30 s, 1 min, 2 min … until the text expires.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
DOUBLINGS = 6
# The share of each wait that is drawn, so that what failed together does not come back together.
JITTER = 0.25
# Not the text's own fault: it goes as soon as the provider takes texts again, which is not for the text to find out.
SHORT_WAIT = timedelta(seconds=1)

OPTED_OUT = frozenset({"21610"})
NUMBER_INVALID = frozenset(
    {"21211", "21614", "30005", "30006", "permanent-failure", "ValidationError", "InvalidPhoneError"}
)
FILTERED = frozenset({"30007"})
# So many texts in a row that did not reach a phone are a person's affair.
OUT_OF_REACH = 3

Outcome = Report | RefusedError | UnansweredError


def record(done: Sequence[tuple[Claimed, Outcome]], now: datetime) -> None:
    """Write down how the provider answered. What went well, which is nearly all, with a few statements for all."""
    plain: dict[int, list[tuple[Claimed, Report]]] = defaultdict(list)
    others = []
    for claim, outcome in done:
        if isinstance(outcome, Report) and outcome.status is MessageStatus.SENT and outcome.error_code is None:
            plain[claim.attempt].append((claim, outcome))
        else:
            others.append((claim, outcome))
    for attempt, taken in plain.items():
        try:
            others += _record_taken(attempt, taken, now)
        except (IntegrityError, DataError):
            others += taken  # the provider gave one id twice, or what is no id: one by one it shows whose it is
    for claim, outcome in others:
        try:
            _record_one(claim, outcome, now)
        except (IntegrityError, DataError):
            # Its lease runs out, it becomes unknown, and the provider is asked about it.
            log.exception("text %s: its answer cannot be stored", claim.text.message_id)


def _record_taken(attempt: int, taken: list[tuple[Claimed, Report]], now: datetime) -> list[tuple[Claimed, Report]]:
    """Returns those that something else has moved on meanwhile: a receipt that was faster, a lease that ran out."""
    rows = [{"id": claim.text.message_id, "provider_id": report.provider_id} for claim, report in taken]
    with keyed_transaction() as session:
        first = (Message.status == MessageStatus.SENDING, Message.attempts == attempt, Message.provider_id.is_(None))
        sent = {"status": MessageStatus.SENT, "error_code": None, "sent_at": now, "lease_until_at": now}
        moved = update_each(session, Message, rows, *first, **sent)
        ended = update(Attempt).where(among(session, Attempt.message_id, list(moved)), Attempt.number == attempt)
        session.execute(ended.values(ended_at=now, outcome=MessageStatus.SENT))
    return [(claim, report) for claim, report in taken if claim.text.message_id not in moved]


def _record_one(claim: Claimed, outcome: Outcome, now: datetime) -> None:
    with transaction() as session:
        message = session.get_one(Message, claim.text.message_id, with_for_update=True)
        latest = message.attempts == claim.attempt
        match outcome:
            case Report(provider_id, status, code):
                end_attempt(session, message, claim.attempt, status, code, now)
                if message.provider_id is None and not another_has(session, message, provider_id):
                    message.provider_id = provider_id
                apply(session, message, status, code, now)
            case UnansweredError():
                end_attempt(session, message, claim.attempt, MessageStatus.UNKNOWN, None, now)
                log.warning("text %s: the provider gave no answer; it will be asked", message.id)
                if latest:
                    apply(session, message, MessageStatus.UNKNOWN, None, now)
            case RefusedError(code=code, permanent=True, status=status):
                end_attempt(session, message, claim.attempt, status, code, now)
                log.warning("text %s: refused for good, code %s", message.id, code)
                if latest:
                    apply(session, message, status, code, now)
            case RefusedError(code=code, fault=fault):
                end_attempt(session, message, claim.attempt, MessageStatus.TEMPORARY_FAILURE, code, now)
                log.warning("text %s: refused for now, code %s", message.id, code)
                if latest and can_move(message.status, MessageStatus.CREATED):
                    message.status, message.error_code = MessageStatus.CREATED, code
                    message.due_at = now + (_wait(message) if fault is Fault.TEXT else SHORT_WAIT)
                    take_back_nudge(session, message)


def _wait(message: Message) -> timedelta:
    """Longer each time, and not quite the same for any two texts."""
    whole: timedelta = min(FIRST_WAIT * 2 ** min(message.attempts - 1, DOUBLINGS), LONGEST_WAIT)
    draw = (message.id.int + message.attempts * 7_919) % 1_000 / 1_000
    return whole * (1 + JITTER * draw)


def apply(session: Session, message: Message, status: MessageStatus, code: str | None, now: datetime) -> None:
    """Move a locked message on; a move that is not forward is left out."""
    if not can_move(message.status, status):
        return
    message.status = status
    message.error_code = code
    message.lease_until_at = now
    if status is MessageStatus.SENT:
        message.sent_at = now
    if status in FINAL:
        message.settled_at = now
    if status is MessageStatus.CANCELLED:
        _cancel_nudge(session, message, now)
    else:
        _sent_after_all(session, message, now)
    _follow_up(session, message, code, now)


def take_back_nudge(session: Session, message: Message) -> None:
    """A text that certainly did not go is in the outbox again, and its nudge with it."""
    if message.nudge_id is not None:
        again = update(Nudge).where(Nudge.id == message.nudge_id, Nudge.status == NudgeStatus.SENT)
        session.execute(again.values(status=NudgeStatus.CLAIMED, settled_at=None))


def _sent_after_all(session: Session, message: Message, now: datetime) -> None:
    """The text waited to go again, and now a receipt says that it had gone."""
    if message.nudge_id is not None:
        claimed = update(Nudge).where(Nudge.id == message.nudge_id, Nudge.status == NudgeStatus.CLAIMED)
        session.execute(claimed.values(status=NudgeStatus.SENT, settled_at=now))


def _cancel_nudge(session: Session, message: Message, now: datetime) -> None:
    """The provider took the text back, as it was asked to after a STOP."""
    nudge = session.get(Nudge, message.nudge_id) if message.nudge_id else None
    if nudge is not None and nudge.status is NudgeStatus.SENT:
        nudge.status, nudge.reason, nudge.settled_at = NudgeStatus.CANCELLED, Reason.CONSENT_WITHDRAWN, now


def another_has(session: Session, message: Message, provider_id: str) -> bool:
    """Whether the provider's id is that of another message of ours already."""
    same = and_(Message.gateway == message.gateway, Message.provider_id == provider_id)
    return session.scalar(select(Message.id).where(same, Message.id != message.id)) is not None


def end_attempt(
    session: Session, message: Message, number: int, outcome: MessageStatus, code: str | None, now: datetime
) -> None:
    """Write down how the attempt of that number ended."""
    attempt = session.get_one(Attempt, (message.id, number))
    attempt.ended_at, attempt.outcome, attempt.error_code = now, outcome, code


def _follow_up(session: Session, message: Message, code: str | None, now: datetime) -> None:
    """What a failure says about the person's number or our words: the carrier knows of a STOP, the number is no good,
    a filter took us for spam."""
    if code in FILTERED:
        alarm.raise_once(session, AlarmKind.CONTENT_FILTERED, message.gateway or "", code, now)
        alarm.note_again(session, AlarmKind.CONTENT_FILTERED, message.gateway or "", now)
    if code is None or message.patient_id is None:
        return
    service = session.get_one(PainService, message.pain_service_id)
    patient = session.get_one(Patient, message.patient_id, with_for_update={"key_share": True})
    if code in OPTED_OUT and patient.text_consent is not ConsentStatus.WITHDRAWN:
        consent.write(session, patient, ConsentStatus.WITHDRAWN, ConsentSource.CARRIER, now, message_id=message.id)
        asker = system(patient.pain_service_id, "worker")
        audit.record(session, asker, "consent.withdrawn", patient.id, now, patient_id=patient.id)
        why = "The phone network says that they stopped texts. To reach them, call or write."
        task.ask(session, service, TaskKind.CONTACT_ANOTHER_WAY, why, now, patient_id=patient.id)
    if code in NUMBER_INVALID:
        why = "Texts do not reach this number. Check it with the patient."
        task.ask(session, service, TaskKind.NUMBER_INVALID, why, now, patient_id=patient.id)
    if message.status is MessageStatus.TEMPORARY_FAILURE and _out_of_reach(session, patient):
        why = "Three texts in a row did not reach their phone. Call, or write."
        task.ask(session, service, TaskKind.CONTACT_ANOTHER_WAY, why, now, patient_id=patient.id)


def _out_of_reach(session: Session, patient: Patient) -> bool:
    """Whether the last texts that came to an end all failed at the phone, and nobody has been told so yet."""
    session.flush()
    ended = select(Message.status).where(
        Message.patient_id == patient.id,
        Message.attempts > 0,
        Message.status.in_(FINAL - {MessageStatus.CANCELLED}),
    )
    last = session.scalars(ended.order_by(Message.created_at.desc()).limit(OUT_OF_REACH)).all()
    told = select(Task.id).where(
        Task.patient_id == patient.id,
        Task.kind == TaskKind.CONTACT_ANOTHER_WAY,
        Task.status == TaskStatus.REQUESTED,
    )
    all_failed = len(last) == OUT_OF_REACH and set(last) == {MessageStatus.TEMPORARY_FAILURE}
    return all_failed and session.scalar(told.limit(1)) is None
