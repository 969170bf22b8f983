"""How does a patient get in by NHS login? Sent there, come back once, and known by the NHS number that was proved."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from companion import keys
from companion.db import transaction
from companion.domain import access, nhs_login
from companion.domain.device import DeviceKind, TokenKind
from companion.domain.limit import LimitKind
from companion.domain.nhs_login import AWAY, Errand
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError, NotFoundError, NotSignedInError
from companion.models import NhsLoginErrand, Patient
from companion.records import audit, device, limit

NOT_ASKED = "Signing in took too long, or this page was opened twice. Start again."
UNKNOWN = (
    "NHS login recognises you, but no pain service here does. "
    "Call your pain service: they may have a different NHS number for you."
)
SEVERAL = "You are with more than one pain service here. Sign in with a code by text: each service sends its own."


def set_out(address: str, now: datetime) -> Errand:
    """Somebody at `address` is sent to NHS login.

    Raises:
        TooManyError: that was asked too often from there.
    """
    state = secrets.token_urlsafe(32)
    with transaction() as session:
        limit.take(session, LimitKind.PATIENT_ADDRESS, address, now)
        session.execute(delete(NhsLoginErrand).where(NhsLoginErrand.expires_at < now - AWAY))
        session.add(NhsLoginErrand(mac=_mac(session, state), expires_at=now + AWAY))
        return _errand(session, state)


def resume(state: str, now: datetime) -> Errand:
    """The errand on which they were sent. It is over with that, whatever comes of it.

    Raises:
        NotSignedInError: nobody was sent with it, it is over, or too long ago.
    """
    with transaction() as session:
        same = NhsLoginErrand.mac == _mac(session, state)
        gone = delete(NhsLoginErrand).where(same).returning(NhsLoginErrand.expires_at)
        expires_at = session.scalar(gone)
        errand = _errand(session, state)
    if expires_at is None or now >= expires_at:
        raise NotSignedInError(NOT_ASKED)
    return errand


def come_in(claims: Mapping[str, object], address: str, now: datetime) -> str:
    """Sign in, on a browser, the patient whose NHS number NHS login proved. Returns the page's secret.

    claims: what it signed, or said over a connection of our own.

    Raises:
        ForbiddenError: they have not proved there who they are.
        NotSignedInError: it names no NHS number.
        NotFoundError: no patient who is cared for has it.
        ConflictError: several pain services care for them.
    """
    number = nhs_login.nhs_number(claims)
    with transaction() as session:
        index = Patient.nhs_number.find(keys.of(session), number)
        wanted = select(Patient).where(Patient.nhs_number_index == index, Patient.status == PatientStatus.ACTIVE)
        found = session.scalars(wanted.limit(2)).all()
        if not found:
            raise NotFoundError(UNKNOWN)
        if len(found) > 1:
            raise ConflictError(SEVERAL)
        patient = found[0]
        begun = device.begin(session, patient, DeviceKind.PAGE, None, now)
        secret, _ = device.issue(session, begun, TokenKind.PAGE, now)
        asker = access.patient(patient.pain_service_id, patient.id, f"page {address}")
        audit.record(session, asker, "sign-in.nhs-login", begun.id, now, patient_id=patient.id)
        return secret


def _mac(session: Session, state: str) -> str:
    return keys.of(session).mac("nhs-login/state", state.encode(errors="replace")).hex()


def _errand(session: Session, state: str) -> Errand:
    """Nonce and verifier are worked out from the state with our own key: nothing of them is kept anywhere."""

    def made(what: str) -> str:
        told = keys.of(session).mac(f"nhs-login/{what}", state.encode(errors="replace"))
        return urlsafe_b64encode(told).rstrip(b"=").decode()

    return Errand(state, made("nonce"), made("verifier"))
