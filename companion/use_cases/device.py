"""Where is a patient signed in, for how long yet, and how does that end?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import access
from companion.domain.access import Actor, Permission, require
from companion.domain.device import GRACE, TokenKind
from companion.domain.patient import PatientStatus
from companion.domain.refusal import NotFoundError, NotSignedInError
from companion.models import Device, DeviceToken, PainService, Patient
from companion.records import audit, device
from companion.records.device import Tokens
from companion.records.token import hash_of

NOT_IN = "Sign in first: the token or session is missing or has expired."


@dataclass(frozen=True, slots=True)
class PatientSignedIn:
    """The patient who is asking, on which device, and the names a screen shows."""

    actor: Actor
    device_id: UUID
    given_name: str
    pain_service: str
    phone: str
    expires_at: datetime


def who(token: str, kind: TokenKind, now: datetime) -> PatientSignedIn:
    """The bearer of a token of this kind.

    Raises:
        NotSignedInError: no such token, it is over, its device was signed out, or the patient is finished.
    """
    wanted = (
        select(DeviceToken, Device, Patient, PainService)
        .join(Device, Device.id == DeviceToken.device_id)
        .join(Patient, Patient.id == Device.patient_id)
        .join(PainService, PainService.id == Device.pain_service_id)
        .where(
            DeviceToken.hash == hash_of(token),
            DeviceToken.kind == kind,
            DeviceToken.expires_at > now,
            Device.ended_at.is_(None),
            Patient.status == PatientStatus.ACTIVE,
        )
    )
    with reading() as session:
        found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotSignedInError(NOT_IN)
    shown, on, patient, service = found
    actor = access.patient(patient.pain_service_id, patient.id)
    return PatientSignedIn(actor, on.id, patient.given_name, service.name, service.phone, shown.expires_at)


def refresh(token: str, address: str, now: datetime) -> Tokens:
    """The next two tokens of an app for its refresh token, which is then used.

    One that was used before is in two hands: every token of that sign-in ends, whoever holds it. But an answer can be
    lost on the way, so within a few seconds it is taken again, for the same two tokens: one sign-in never becomes two.

    Raises:
        NotSignedInError: no such token, or it is over, or it was used.
    """
    wanted = (
        select(DeviceToken, Device)
        .join(Device, Device.id == DeviceToken.device_id)
        .join(Patient, Patient.id == Device.patient_id)
        .where(
            DeviceToken.hash == hash_of(token),
            DeviceToken.kind == TokenKind.REFRESH,
            DeviceToken.expires_at > now,
            Device.ended_at.is_(None),
            Patient.status == PatientStatus.ACTIVE,
        )
        .with_for_update(of=(DeviceToken, Device))
    )
    tokens = None
    with transaction() as session:
        found = session.execute(wanted).one_or_none()
        if found is not None:
            shown, on = found
            if shown.used_at is None or now <= shown.used_at + GRACE:
                shown.used_at = shown.used_at or now
                on.seen_at = now
                tokens = device.issue_next(session, on, token, now)
            else:
                on.ended_at = now
                holder = access.patient(on.pain_service_id, on.patient_id, f"api {address}")
                audit.record(session, holder, "sign-in.stolen", on.id, now, patient_id=on.patient_id)
    if tokens is None:
        raise NotSignedInError(NOT_IN)
    return tokens


def listed(actor: Actor, now: datetime) -> Sequence[Device]:
    """Where the patient is signed in, the latest first."""
    require(actor, Permission.OWN_RECORD)
    with reading() as session:
        open_ones = scoped(Device, actor).where(Device.ended_at.is_(None), Device.expires_at > now)
        found = session.scalars(open_ones.order_by(Device.created_at.desc(), Device.id)).all()
    audit.seen(actor, "sign-in.devices", now, *(each.patient_id for each in found[:1]))
    return found


def end(actor: Actor, device_id: UUID, now: datetime) -> None:
    """Sign the patient out on one of their devices, at once.

    Raises:
        NotFoundError: they are not signed in on such a device.
    """
    require(actor, Permission.OWN_RECORD)
    with transaction() as session:
        wanted = scoped(Device, actor).where(Device.id == device_id, Device.ended_at.is_(None), Device.expires_at > now)
        found = session.scalar(wanted.with_for_update())
        if found is None:
            raise NotFoundError("That device is not signed in.")
        _end(session, actor, found, now)


def end_all(actor: Actor, now: datetime) -> None:
    """Sign the patient out everywhere, at once."""
    require(actor, Permission.OWN_RECORD)
    with transaction() as session:
        wanted = scoped(Device, actor).where(Device.ended_at.is_(None)).order_by(Device.id)
        for found in session.scalars(wanted.with_for_update()):
            _end(session, actor, found, now)


def _end(session: Session, actor: Actor, found: Device, now: datetime) -> None:
    found.ended_at = now
    audit.record(session, actor, "sign-in.end", found.id, now, patient_id=found.patient_id)
