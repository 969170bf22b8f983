"""Claims the texts this worker hands over now. The gate decides, and the attempt is written before the call.

What waits in the outbox comes first: answers, safety texts, and what was refused for a while. Then the nudges that are
due become texts and attempts in the same transaction, so that the last look at consent, hours, plan and ceilings is
the first one as well. When it commits the text counts as being sent, whatever happens to this process.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select, tuple_, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from companion.bulk import among, insert_all
from companion.db import keyed_transaction, transaction
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import REASON_WORDS, NudgeStatus, Reason
from companion.domain.patient import PatientStatus
from companion.domain.task import TaskKind
from companion.models import Attempt, Message, Nudge, PainService, Patient
from companion.records import task
from nudges.deciding.eligibility import Decision, Facts, Lapse, Postpone, Send, Skip, decide
from nudges.deciding.facts import OPEN, batch, candidates, lock_patients, services_of
from nudges.providers.gateway import Gateway, OutboundText
from nudges.sending import dispatcher
from nudges.unforeseen import UNFORESEEN

log = logging.getLogger(__name__)

# Longer than any provider call may take: past it, the caller is dead, and its text's fate unknown.
LEASE = timedelta(minutes=2)
# An error that is the row's own would meet the next worker too: somebody may mend it meanwhile.
SET_ASIDE = timedelta(minutes=10)
MOST_SET_ASIDE = 5


_other = aliased(Message)
_ANOTHER_FIRST = exists().where(
    _other.number_index == Message.number_index,
    _other.status.in_(OPEN),
    _other.id != Message.id,
    or_(
        _other.status == MessageStatus.SENDING,
        tuple_(_other.priority, _other.created_at, _other.id)
        < tuple_(Message.priority, Message.created_at, Message.id),
    ),
)
# What waits in the outbox and is due at `now`, each phone's texts in their order and one at a time, urgent ones first,
# up to `most`. Built once: putting a statement together takes longer than asking it.
IN_TURN = (
    select(Message)
    .where(Message.status == MessageStatus.CREATED, Message.due_at <= bindparam("now"), ~_ANOTHER_FIRST)
    .order_by(Message.priority, Message.due_at, Message.id)
    .limit(bindparam("most"))
    .with_for_update(of=Message, skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that this worker alone may now hand over, and the number of the attempt written for it."""

    text: OutboundText
    attempt: int


def claim(
    gateway: Gateway,
    worker: str,
    now: datetime,
    most: int,
    service_ids: Collection[UUID] | None = None,
    only: Collection[UUID] | None = None,
) -> list[Claimed]:
    """Claim up to `most` texts, of these pain services or of all, urgent ones first. None: nothing may go now.

    only: these texts of the outbox and no others, nor any nudge.
    """
    try:
        return _claim(gateway, worker, now, most, service_ids, only)
    except (OperationalError, InterfaceError):
        raise  # the database's fault, and no row's
    except (SQLAlchemyError, *UNFORESEEN):
        # One row that cannot even be looked at must not stand in everybody's way: on its own it is found, and put off.
        log.exception("a batch could not be claimed; its texts are looked at one by one")
    claimed: list[Claimed] = []
    set_aside = 0
    while len(claimed) < most:
        try:
            one = _claim(gateway, worker, now, 1, service_ids, only)
        except (SQLAlchemyError, *UNFORESEEN) as error:
            rows_own = not isinstance(error, OperationalError | InterfaceError) and set_aside < MOST_SET_ASIDE
            if not rows_own and not claimed:
                raise  # so many at once are not the rows' fault
            log.exception("a text could not be claimed; %s", "it is set aside" if rows_own else "the rest waits")
            if not rows_own:
                break  # what has been claimed must be handed over
            set_aside += 1
            _set_aside(now, service_ids, only)
            continue
        claimed += one
        if not one:
            break
    return claimed


def _claim(
    gateway: Gateway,
    worker: str,
    now: datetime,
    most: int,
    service_ids: Collection[UUID] | None,
    only: Collection[UUID] | None,
) -> list[Claimed]:
    with keyed_transaction() as session:
        waiting = _waiting(session, now, most, service_ids, only)
        room = most - len(waiting) if only is None else 0
        due = dispatcher.take_due(session, now, room, service_ids, status=NudgeStatus.SENT) if room else []
        if not waiting and not due:
            return []
        whose = {message.patient_id for message in waiting if message.patient_id is not None}
        lock_patients(session, whose | {patient_id for _, patient_id in due})
        begun = _begin_waiting(session, waiting, gateway, now)
        texts = dispatcher.write(session, [nudge_id for nudge_id, _ in due], now)
        begins = _begins(gateway, now)
        insert_all(session, Message, [text | begins | {"attempts": 1} for text in texts])
        senders = services_of(session, {text["pain_service_id"] for text in texts})
        begun += [
            Claimed(
                OutboundText(
                    text["id"],
                    text["number"],
                    text["body"],
                    text["expires_at"] - now,
                    senders[text["pain_service_id"]].sender,
                ),
                1,
            )
            for text in texts
        ]
        attempt = {"gateway": gateway.name, "worker": worker, "started_at": now}
        rows = [{"message_id": one.text.message_id, "number": one.attempt, **attempt} for one in begun]
        insert_all(session, Attempt, rows)
        return begun


def _begins(gateway: Gateway, now: datetime) -> dict[str, object]:
    """What is written on a text that is being handed over."""
    return {
        "status": MessageStatus.SENDING,
        "gateway": gateway.name,
        "sending_at": now,
        "lease_until_at": now + LEASE,
    }


def _waiting(
    session: Session,
    now: datetime,
    most: int,
    service_ids: Collection[UUID] | None,
    only: Collection[UUID] | None,
) -> list[Message]:
    wanted = IN_TURN
    if service_ids is not None:
        wanted = wanted.where(among(session, Message.pain_service_id, service_ids))
    if only is not None:
        wanted = wanted.where(among(session, Message.id, only))
    return list(session.scalars(wanted, {"now": now, "most": most}))


def _begin_waiting(session: Session, waiting: list[Message], gateway: Gateway, now: datetime) -> list[Claimed]:
    """Ask again about each: everything that was asked when the text was written may have changed since."""
    if not waiting:
        return []
    decisions = _decisions(session, waiting, now)
    going = {}
    for message in waiting:
        decision = decisions[message.id]
        if isinstance(decision, Send):
            going[message.id] = message
        else:
            _hold_back(session, message, decision, now)
    session.flush()
    if not going:
        return []
    begin = update(Message).where(among(session, Message.id, list(going)))
    begin = begin.values(**_begins(gateway, now), attempts=Message.attempts + 1)
    attempts = {row.id: row.attempts for row in session.execute(begin.returning(Message.id, Message.attempts))}
    nudge_ids = [message.nudge_id for message in going.values() if message.nudge_id is not None]
    asked = update(Nudge).where(among(session, Nudge.id, nudge_ids))
    session.execute(asked.values(status=NudgeStatus.SENT, settled_at=now))
    services = services_of(session, {message.pain_service_id for message in going.values()})
    return [
        Claimed(
            OutboundText(
                message.id,
                message.number,
                message.body,
                (message.expires_at or now) - now,
                services[message.pain_service_id].sender,
            ),
            attempts[message.id],
        )
        for message in going.values()
    ]


def _decisions(session: Session, waiting: Iterable[Message], now: datetime) -> dict[UUID, Decision]:
    nudge_ids = [message.nudge_id for message in waiting if message.nudge_id is not None]
    found = {candidate.id: candidate for candidate in candidates(session, nudge_ids)} if nudge_ids else {}
    around = batch(session, list(found.values()), now)
    patient_ids = {message.patient_id for message in waiting if message.patient_id is not None}
    people = select(Patient).where(among(session, Patient.id, patient_ids)).execution_options(populate_existing=True)
    patients = {patient.id: patient for patient in session.scalars(people)}
    decisions: dict[UUID, Decision] = {}
    for message in waiting:
        if message.nudge_id is not None:
            candidate = found[message.nudge_id]
            changed = message.number_index != candidate.mobile_index
            decisions[message.id] = (
                Skip(Reason.NUMBER_CHANGED) if changed else decide(around.facts(candidate, now), now)
            )
        else:
            decisions[message.id] = _decide_other(
                message, patients.get(message.patient_id) if message.patient_id else None, now
            )
    return decisions


def _decide_other(message: Message, patient: Patient | None, now: datetime) -> Decision:
    if message.expires_at is None:
        raise RuntimeError("An outbound text has no expiry.")
    if patient is None:
        return decide(Facts(message.kind, ConsentStatus.NOT_ASKED, False, message.expires_at), now)
    personal = message.author_id is not None or message.kind is MessageKind.SIGN_IN
    if personal and message.number_index != patient.mobile_index:
        return Skip(Reason.NUMBER_CHANGED)
    active = patient.status is PatientStatus.ACTIVE
    # Nobody but the patient can ask for a text past their own STOP (P1).
    of_staff = message.kind is MessageKind.SIGN_IN and message.author_id is not None
    kind = MessageKind.REPLY if of_staff else message.kind
    return decide(Facts(kind, patient.text_consent, active, message.expires_at), now)


def _hold_back(session: Session, message: Message, decision: Decision, now: datetime) -> None:
    match decision:
        case Postpone(until, reason):
            message.due_at = until
            if message.nudge_id is not None:
                session.execute(
                    update(Nudge).where(Nudge.id == message.nudge_id).values(due_at=until, held_reason=reason)
                )
        case Skip(reason) | Lapse(reason):
            message.status, message.settled_at = MessageStatus.CANCELLED, now
            if message.nudge_id is not None:
                status = NudgeStatus.LAPSED if isinstance(decision, Lapse) else NudgeStatus.SKIPPED
                dispatcher.settle(session, [message.nudge_id], status, reason, now)
            if message.author_id is not None:
                why = f"A text that staff wrote did not go: {REASON_WORDS[reason]}. Reach them another way."
                service = session.get_one(PainService, message.pain_service_id)
                task.ask(session, service, TaskKind.CHECK_SENDING, why, now, patient_id=message.patient_id)


def _set_aside(now: datetime, service_ids: Collection[UUID] | None, only: Collection[UUID] | None) -> None:
    """Put off, by its columns alone, whatever a claim of one would begin with; what has expired ends so."""
    later = now + SET_ASIDE
    with transaction() as session:
        message = next(iter(_waiting(session, now, 1, service_ids, only)), None)
        if message is not None:
            message.due_at = later
            if message.expires_at is not None and later >= message.expires_at:
                _hold_back(session, message, Lapse(Reason.UNDECIDABLE), now)
            return
    if only is None:
        set_aside_nudge(now, service_ids)


def set_aside_nudge(now: datetime, service_ids: Collection[UUID] | None = None) -> None:
    """Put off the first nudge that is due, by its columns alone; one that would be too late then ends so."""
    later = now + SET_ASIDE
    with transaction() as session:
        for nudge_id, _ in dispatcher.take_due(session, now, 1, service_ids):
            nudge = session.get_one(Nudge, nudge_id)
            if later < nudge.expires_at:
                nudge.status, nudge.due_at, nudge.texted_on = NudgeStatus.PLANNED, later, None
                nudge.held_reason = Reason.UNDECIDABLE
            else:
                dispatcher.settle(session, [nudge_id], NudgeStatus.LAPSED, Reason.UNDECIDABLE, now)
