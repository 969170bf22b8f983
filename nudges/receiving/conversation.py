"""What does the product itself answer to a patient's text, and what does it leave to a person?"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.domain import access
from companion.domain.answer import AnswerKind
from companion.domain.care_plan import spoken
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus, priority
from companion.domain.task import TaskKind, TaskPriority
from companion.domain.urgent import UrgentTopic
from companion.domain.wording import NEEDS_APPROVAL, SAFETY_PURPOSE, WordingPurpose
from companion.domain.wording_lint import WordingError, merge
from companion.models import Activity, Agreement, AlreadyHelps, Answer, Message, Nudge, PainService, Patient, Wording
from companion.records import audit, consent, task
from nudges.words.replies import Command, Reading

log = logging.getLogger(__name__)

# An answer belongs to the newest nudge that is not older than this.
ANSWERS_WITHIN = timedelta(days=7)
# How long our own answers are worth sending after an outage: where to find help stays true the longest.
KEEPS = {MessageKind.REPLY: timedelta(hours=4), MessageKind.SAFETY: timedelta(hours=24)}
SAID_LATELY = timedelta(minutes=10)
WENT = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNKNOWN)


def stop_everywhere(session: Session, message: Message, now: datetime) -> None:
    """STOP means every pain service that has the number, also where the person is finished just now (P1). Locked
    first, so that no text slips past."""
    for patient in _same_phone(session, message):
        stopped = patient.text_consent is ConsentStatus.WITHDRAWN
        if stopped and consent.stopped_themselves(session, patient):
            continue
        # Also where staff had turned texts off: then only the patient's own START turns them on again.
        consent.write(session, patient, ConsentStatus.WITHDRAWN, ConsentSource.PATIENT_TEXT, now, message_id=message.id)
        _leave_a_trace(session, patient, "text.stop", now)
        service = session.get_one(PainService, patient.pain_service_id)
        why = "They texted STOP. Safety texts are blocked too: agree another way to reach them."
        of_this_service = patient.pain_service_id == message.pain_service_id
        task.ask(
            session,
            service,
            TaskKind.CONTACT_ANOTHER_WAY,
            why,
            now,
            patient_id=patient.id,
            message_id=message.id if of_this_service else None,
        )


def answer(
    session: Session, service: PainService, patient: Patient, message: Message, reading: Reading, now: datetime
) -> None:
    """Act on a known patient's text: record what can be recorded, and leave every word to a person."""
    notes = []
    words = reading.words
    nudge = _newest_nudge(session, patient, message.created_at)
    match reading.command:
        case Command.START:
            if not _start(session, service, patient, message, now):
                words = True
                notes.append(
                    "They texted START before they texted STOP, so texts stay stopped. Ask them what they want."
                )
        case Command.WHY:
            words = not _why(session, service, patient, message, nudge, now) or words
        case Command.HELP:
            words = True
            notes.append("They texted HELP.")
        case _:
            pass
    if reading.answer is not None or (reading.command is None and words):
        if nudge is not None:
            _record_answer(session, patient, message, nudge, reading, now)
        elif reading.answer is not None:
            words = True
            notes.append("It reads like an answer, but no text of ours waits for one.")
    if reading.reserved and reading.command is Command.STOP:
        notes.append("That word also stops texts at the phone network; they may have meant an appointment. Call.")
        words = True
    if reading.reserved and reading.command is None and patient.text_consent is ConsentStatus.WITHDRAWN:
        notes.append("They had stopped texts; YES may have turned them on at the network, but not here. Ask them.")
        words = True
    if words or reading.topics:
        said = safety_replies(session, service, patient, message, reading.topics, now)
        urgent = bool(reading.topics) or reading.command is Command.HELP
        task.ask(
            session,
            service,
            TaskKind.READ_MESSAGE,
            " ".join(filter(None, [*notes, said])) or "They wrote to us.",
            now,
            priority=TaskPriority.URGENT if urgent else TaskPriority.ROUTINE,
            patient_id=patient.id,
            message_id=message.id,
        )


def safety_replies(
    session: Session,
    service: PainService,
    patient: Patient | None,
    message: Message,
    topics: Iterable[UrgentTopic],
    now: datetime,
) -> str:
    """Send the approved fixed wording for each topic at once (P9); says for staff which went and which could not."""
    notes = []
    for topic in sorted(topics):
        purpose = SAFETY_PURPOSE[topic]
        if _said_lately(session, service, message, purpose, now):
            went = "The fixed safety text went minutes ago."
        elif _say(session, service, patient, message, purpose, MessageKind.SAFETY, {}, now):
            went = "The fixed safety text is on its way."
        else:
            went = "NO SAFETY TEXT WENT: its wording is not approved."
        notes.append(f"It may be urgent ({topic}). {went}")
    return " ".join(notes)


def _said_lately(
    session: Session, service: PainService, message: Message, purpose: WordingPurpose, now: datetime
) -> bool:
    """Whether this number was told the same just now: a phone that answers by itself must not talk with us for long."""
    wanted = (
        select(Message.id)
        .join(Wording, Wording.id == Message.wording_id)
        .where(
            Message.pain_service_id == service.id,
            Message.number_index == message.number_index,
            Message.kind == MessageKind.SAFETY,
            Message.status.in_((MessageStatus.CREATED, *WENT)),
            Message.created_at > now - SAID_LATELY,
            Wording.purpose == purpose,
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def _same_phone(session: Session, message: Message) -> Sequence[Patient]:
    """Everybody with the number that the text came from, locked, always in one order."""
    wanted = select(Patient).where(Patient.mobile_index == message.number_index).order_by(Patient.id)
    return session.scalars(wanted.with_for_update(key_share=True)).all()


def _leave_a_trace(session: Session, patient: Patient, action: str, now: datetime) -> None:
    sender = access.patient(patient.pain_service_id, patient.id, "text")
    audit.record(session, sender, action, patient.id, now, patient_id=patient.id)


def _start(session: Session, service: PainService, patient: Patient, message: Message, now: datetime) -> bool:
    """START undoes what this phone stopped, wherever it stopped it. False if a newer stop stands against it: texts
    can be taken up out of their order."""
    newest = consent.of_their_own(session, patient)
    if newest is not None and newest.status is ConsentStatus.WITHDRAWN and newest.recorded_at > message.created_at:
        return False
    for each in _same_phone(session, message):
        asked = each.id == patient.id and each.text_consent is not ConsentStatus.GIVEN
        if asked or (each.text_consent is ConsentStatus.WITHDRAWN and consent.stopped_themselves(session, each)):
            consent.write(session, each, ConsentStatus.GIVEN, ConsentSource.PATIENT_TEXT, now, message_id=message.id)
            _leave_a_trace(session, each, "text.start", now)
    _say(session, service, patient, message, WordingPurpose.STARTED, MessageKind.REPLY, {}, now)
    return True


def _why(
    session: Session, service: PainService, patient: Patient, message: Message, nudge: Nudge | None, now: datetime
) -> bool:
    """Say which plan line the newest nudge came from. False when there is none, or texts are stopped: a person must."""
    if nudge is None or patient.text_consent is not ConsentStatus.GIVEN:
        return False
    key = (nudge.care_plan_id, nudge.revision_number)
    activity = session.get_one(Activity, (*key, nudge.line))
    helps = session.get(AlreadyHelps, (*key, activity.already_helps_line)) if activity.already_helps_line else None
    agreed_at = session.scalar(
        select(Agreement.agreed_at).where(
            Agreement.care_plan_id == nudge.care_plan_id, Agreement.revision_number == nudge.revision_number
        )
    )
    if agreed_at is None:
        return False
    day = local(agreed_at, patient.time_zone)
    values = {
        "line": spoken(nudge.behaviour, activity.nudge_words, activity.words, helps.words if helps else None),
        "agreed_on": f"{day.day} {day:%B %Y}",
    }
    return _say(session, service, patient, message, WordingPurpose.WHY, MessageKind.REPLY, values, now)


def _newest_nudge(session: Session, patient: Patient, before: datetime) -> Nudge | None:
    return session.scalar(
        select(Nudge)
        .join(Message, Message.nudge_id == Nudge.id)
        .where(
            Message.patient_id == patient.id,
            Message.status.in_(WENT),
            Message.sending_at <= before,
            Message.sending_at > before - ANSWERS_WITHIN,
        )
        .order_by(Message.sending_at.desc())
        .limit(1)
    )


def _record_answer(
    session: Session, patient: Patient, message: Message, nudge: Nudge, reading: Reading, now: datetime
) -> None:
    session.add(
        Answer(
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            nudge_id=nudge.id,
            message_id=message.id,
            kind=reading.answer or AnswerKind.WORDS,
            number=reading.number,
            recorded_at=now,
        )
    )


def _say(
    session: Session,
    service: PainService,
    patient: Patient | None,
    message: Message,
    purpose: WordingPurpose,
    kind: MessageKind,
    values: dict[str, str],
    now: datetime,
) -> bool:
    """Put the newest wording for the purpose into the outbox. False if it needs approval and has none, or cannot be
    put together: then a person must answer."""
    wanted = select(Wording).where(Wording.pain_service_id == service.id, Wording.purpose == purpose)
    if purpose in NEEDS_APPROVAL:
        wanted = wanted.where(Wording.approved_at.is_not(None))
    wording = session.scalar(wanted.order_by(Wording.version.desc()).limit(1))
    if wording is None:
        return False
    known = {"first_name": patient.given_name if patient else "", "service": service.short_name}
    try:
        body = merge(wording.body, {**known, **values})
    except WordingError as error:
        log.error("wording %s: %s", wording.id, error)
        return False
    reply_id: UUID = uuid4()
    session.add(
        Message(
            id=reply_id,
            pain_service_id=service.id,
            patient_id=patient.id if patient else None,
            kind=kind,
            status=MessageStatus.CREATED,
            number=message.number,
            body=body,
            wording_id=wording.id,
            in_reply_to=message.id,
            priority=priority(kind),
            created_at=now,
            due_at=now,
            expires_at=now + KEEPS[kind],
        )
    )
    return True
