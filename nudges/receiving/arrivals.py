"""Whose is a text that came in, and how is it kept? Unchanged and once (P8), one alone or many in one commit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CompoundSelect, and_, bindparam, null, select, union_all
from sqlalchemy.orm import Session

from companion import keys
from companion.bulk import among, insert_if_absent
from companion.db import transaction
from companion.domain import identifiers
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.patient import PatientStatus
from companion.models import Message, PainService, Patient
from companion.records import pain_service

LONGEST_NUMBER = 40
LONGEST_OPT_OUT = 20

# A pain service and, if the number is a patient's of theirs, that patient.
Addressee = tuple[UUID, UUID | None]
# By the sender; by the number's index and the pain service.
Owners = Mapping[str, UUID]
Patients = Mapping[UUID, Mapping[UUID, UUID]]


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text as the provider hands it over. `opt_out` is what the provider did with a keyword, in its own word."""

    gateway: str
    provider_id: str
    from_number: str = field(repr=False)
    to_number: str = field(repr=False)
    body: str = field(repr=False)
    media_count: int = 0
    opt_out: str | None = None


class NobodyHomeError(Exception):
    """There is no pain service yet that the text could be for: the provider must try again."""


def store(texts: Sequence[InboundText], now: datetime) -> list[UUID]:
    """Keep each text as a message, unless it has come before, in a transaction of their own.

    Returns the ids that the messages have if they are new.

    Raises:
        NobodyHomeError: this deployment has no pain service; nothing was kept.
    """
    with transaction() as session:
        return keep(session, texts, now)


def keep(session: Session, texts: Sequence[InboundText], now: datetime) -> list[UUID]:
    """As `store`, together with what else is stored."""
    # In one order, whoever stores: two transactions with the same texts in opposite orders would deadlock.
    # Of two with one id the first that came stays the first.
    # A microsecond lies between two that are kept together, so that they are acted on in the order of their coming.
    came = [(text, now + timedelta(microseconds=place)) for place, text in enumerate(texts)]
    came.sort(key=lambda each: (each[0].gateway, each[0].provider_id))
    addressees = _addressees(session, [text for text, _ in came])
    rows = [_row(text, *addressee, at) for (text, at), addressee in zip(came, addressees, strict=True)]
    insert_if_absent(session, Message, rows)
    return [row["id"] for row in rows]


def number_of(text: InboundText) -> str:
    """The sender's number, or whatever stands in its place, as it is kept."""
    return storable(identifiers.sender(text.from_number))[:LONGEST_NUMBER]


def storable(text: str) -> str:
    """The text as every database keeps it: PostgreSQL has no place for NUL, and half a character is none."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _row(text: InboundText, pain_service_id: UUID, patient_id: UUID | None, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "pain_service_id": pain_service_id,
        "patient_id": patient_id,
        "kind": MessageKind.INBOUND,
        "status": MessageStatus.RECEIVED,
        "number": number_of(text),
        "body": storable(text.body),
        "media_count": text.media_count,
        "opt_out": text.opt_out and storable(text.opt_out)[:LONGEST_OPT_OUT],
        "gateway": text.gateway,
        "provider_id": text.provider_id,
        "priority": 0,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
    }


_LAST_TEXTED = (
    select(Patient.pain_service_id, Patient.id)
    .where(and_(Patient.mobile_index == bindparam("number"), Patient.status == PatientStatus.ACTIVE))
    .order_by(
        select(Message.created_at)
        .where(Message.patient_id == Patient.id, Message.attempts > 0)
        .order_by(Message.created_at.desc())
        .limit(1)
        .scalar_subquery()
        .desc()
        .nulls_last(),
        Patient.enrolled_at,
    )
    .limit(1)
)


def _addressees(session: Session, texts: Sequence[InboundText]) -> list[Addressee]:
    """Whose is each text? The pain service it was sent to if that has its own number; else the one that last texted
    this person; else, for a number nobody knows, the oldest pain service: somebody must read it."""
    ring = keys.of(session)
    numbers = [Patient.mobile.find(ring, number_of(text)) for text in texts]
    senders = [storable(identifiers.sender(text.to_number)) for text in texts]
    owners, known = _known(session, set(senders), set(numbers))
    found: list[Addressee] = []
    for number, sender in zip(numbers, senders, strict=True):
        patients = known.get(number, {})
        if sender in owners:
            found.append((owners[sender], patients.get(owners[sender])))
        elif len(patients) == 1:
            found.extend(patients.items())
        elif patients:
            service_id, patient_id = session.execute(_LAST_TEXTED, {"number": number}).one()
            found.append((service_id, patient_id))
        else:
            found.append((_oldest(session), None))
    return found


def _known(session: Session, senders: Collection[str], numbers: Collection[UUID]) -> tuple[Owners, Patients]:
    """The pain service that has each sender to itself, and the patients who have each number, told by its index: in one
    question."""
    patients = select(Patient.mobile_index, null(), Patient.pain_service_id, Patient.id).where(
        among(session, Patient.mobile_index, numbers), Patient.status == PatientStatus.ACTIVE
    )
    services = select(null(), PainService.sender, PainService.id, null()).where(
        among(session, PainService.sender, senders)
    )
    owners: dict[str, UUID] = {}
    known: dict[UUID, dict[UUID, UUID]] = {}
    asked: CompoundSelect[Any] = union_all(patients, services)
    for number, sender, service_id, patient_id in session.execute(asked):
        if patient_id is None:
            owners[sender] = service_id
        else:
            known.setdefault(number, {})[service_id] = patient_id
    return owners, known


def _oldest(session: Session) -> UUID:
    oldest = pain_service.oldest(session)
    if oldest is None:
        raise NobodyHomeError
    return oldest.id
