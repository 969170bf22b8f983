"""How does a patient's sign-in begin, and how are its secrets made?"""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from companion import keys
from companion.db import scoped
from companion.domain.access import Actor
from companion.domain.device import ACCESS_LASTS, APP_LASTS, PAGE_LASTS, REFRESH_LASTS, DeviceKind, TokenKind
from companion.models import Device, DeviceToken, Patient
from companion.records.token import hash_of


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an app shows from now on. It is told this once; only hashes of the two are kept."""

    device_id: UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


def begin(session: Session, patient: Patient, kind: DeviceKind, name: str | None, now: datetime) -> Device:
    """Sign the patient in, on one more phone or page."""
    device = Device(
        id=uuid4(),
        pain_service_id=patient.pain_service_id,
        patient_id=patient.id,
        kind=kind,
        name=name,
        created_at=now,
        seen_at=now,
        expires_at=now + (APP_LASTS if kind is DeviceKind.APP else PAGE_LASTS),
    )
    session.add(device)
    session.flush()
    return device


def issue(
    session: Session, device: Device, kind: TokenKind, now: datetime, token: str | None = None
) -> tuple[str, datetime]:
    """A secret of the device, and until when it holds: a new one, or this one, which may have been given out before."""
    lasts = {TokenKind.ACCESS: ACCESS_LASTS, TokenKind.REFRESH: REFRESH_LASTS, TokenKind.PAGE: PAGE_LASTS}[kind]
    given = session.get(DeviceToken, hash_of(token)) if token else None
    if token and given is not None:
        return token, given.expires_at
    token, expires_at = token or secrets.token_urlsafe(32), min(now + lasts, device.expires_at)
    session.add(DeviceToken(hash=hash_of(token), device_id=device.id, kind=kind, issued_at=now, expires_at=expires_at))
    return token, expires_at


def issue_pair(session: Session, device: Device, now: datetime) -> Tokens:
    """The next two secrets of an app."""
    access = issue(session, device, TokenKind.ACCESS, now)
    return Tokens(device.id, *access, *issue(session, device, TokenKind.REFRESH, now))


def issue_next(session: Session, device: Device, refresh: str, now: datetime) -> Tokens:
    """The two secrets that follow this refresh token: the same ones whenever it is asked, so that an answer that was
    lost can be given again and there is one line of tokens, whoever asks."""

    def following(kind: TokenKind) -> str:
        return urlsafe_b64encode(keys.of(session).mac(f"{kind}-token", refresh.encode())).decode().rstrip("=")

    access = issue(session, device, TokenKind.ACCESS, now, following(TokenKind.ACCESS))
    return Tokens(device.id, *access, *issue(session, device, TokenKind.REFRESH, now, following(TokenKind.REFRESH)))


def end_every(session: Session, actor: Actor, patient_id: UUID, now: datetime) -> None:
    """Sign the patient out wherever they are signed in: their number is another now, and who has the old phone?"""
    wanted = scoped(Device, actor).where(Device.patient_id == patient_id, Device.ended_at.is_(None))
    for device in session.scalars(wanted.order_by(Device.id).with_for_update()):
        device.ended_at = now
