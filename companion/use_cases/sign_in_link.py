"""How does a patient come in by a link in a text? The link alone opens nothing: a phone is often in other hands."""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from companion.db import transaction
from companion.domain import access, sign_in_text
from companion.domain.access import Actor, Permission, require
from companion.domain.device import MOST_TRIES, DeviceKind, TokenKind
from companion.domain.limit import LimitKind
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError, NotSignedInError
from companion.domain.second_fact import NOBODY_S, Fact, sides
from companion.models import Patient, SignInLink
from companion.records import audit, device, limit
from companion.records import patient as patients
from companion.records import sign_in_link as links

WRONG = "Your details do not match this link, or the link has expired. Ask for a new link."


def send(actor: Actor, patient_id: UUID, door: str, now: datetime) -> None:
    """Staff have a link texted to a patient, for half an hour. It ends the one before. `door`: the address that the
    link's id is put behind.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: they get no texts, or far too many such texts are going out.
        TooManyError: they were sent too many links.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id, lock=True)
        goes = links.text(session, actor, patient, door, sign_in_text.with_link, now)
        if goes:
            audit.record(session, actor, "sign-in.link", patient.id, now, patient_id=patient.id)
    if not goes:
        raise ConflictError(links.OVER)


def use(link_id: UUID, fact: Fact, address: str, now: datetime) -> str:
    """Open a patient's page by a link, and by what the phone does not tell. Returns the page's secret.

    Raises:
        NotSignedInError: they do not belong together, or no longer; never which.
        TooManyError: too many were tried from this address, or about this patient.
    """
    token: str | None = None
    with transaction() as session:
        limit.take(session, LimitKind.PATIENT_ADDRESS, address, now)
        kept = session.scalar(select(SignInLink).where(SignInLink.mac == links.mac(session, link_id)).with_for_update())
        patient = session.get_one(Patient, kept.patient_id) if kept is not None else None
        if patient is not None:
            limit.take(session, LimitKind.PATIENT_FACT, str(patient.id), now)
        right = hmac.compare_digest(
            *sides(fact, patient.birth_date if patient else None, patient.nhs_number if patient else NOBODY_S)
        )
        if kept is not None and patient is not None:
            counts = kept.tries < MOST_TRIES and now < kept.expires_at
            if right and counts and patient.status is PatientStatus.ACTIVE:
                session.delete(kept)
                limit.forget(session, LimitKind.PATIENT_FACT, str(patient.id))
                begun = device.begin(session, patient, DeviceKind.PAGE, None, now)
                token, _ = device.issue(session, begun, TokenKind.PAGE, now)
                asker = access.patient(patient.pain_service_id, patient.id, f"page {address}")
                audit.record(session, asker, "sign-in.begin", begun.id, now, patient_id=patient.id)
            else:
                kept.tries = min(kept.tries + 1, MOST_TRIES)
                asker = access.patient(patient.pain_service_id, patient.id, f"page {address}")
                audit.record(session, asker, "sign-in.wrong-fact", patient.id, now, patient_id=patient.id)
    if token is None:
        raise NotSignedInError(WRONG)
    return token
