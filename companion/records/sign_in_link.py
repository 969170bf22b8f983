"""How is a link texted that opens a patient's page, together with what the phone does not tell?"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from companion import keys
from companion.domain.access import Actor
from companion.domain.alarm import AlarmKind
from companion.domain.consent import ConsentStatus
from companion.domain.device import LINK_LASTS
from companion.domain.limit import LimitKind
from companion.domain.patient import PatientStatus
from companion.domain.refusal import ConflictError
from companion.models import PainService, Patient, SignInLink
from companion.records import alarm, limit
from companion.records import sign_in_text as texts

OVER = "Far more sign-in texts are going out than usual, so this one was not sent. Try again later."


def text(
    session: Session, actor: Actor, patient: Patient, door: str, words: Callable[[str, str], str], now: datetime
) -> bool:
    """Put the text into the outbox, with a link for half an hour that ends the one before. `patient` is locked.

    door: the address that the link's id is put behind. words: what it says, by the pain service's short name and the
    link. Returns whether it goes. If not, an alarm is struck, which must be committed before anybody is told (OVER).

    Raises:
        ConflictError: they get no texts.
        TooManyError: they were sent too many links.
    """
    if patient.status is not PatientStatus.ACTIVE or patient.text_consent is not ConsentStatus.GIVEN:
        raise ConflictError("This patient gets no texts. They can ask for a code for themselves.")
    limit.take(session, LimitKind.LINK_PATIENT, str(patient.id), now)
    over = texts.over_limit(session, patient, now)
    if over is not None:
        alarm.strike(session, AlarmKind.CODES_PUMPED, "", over, now)
        return False
    link_id = uuid4()
    session.execute(delete(SignInLink).where(SignInLink.patient_id == patient.id))
    session.add(
        SignInLink(
            mac=mac(session, link_id),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
    )
    service = session.get_one(PainService, patient.pain_service_id)
    body = words(service.short_name, f"{door}/{link_id}")
    texts.send(session, patient, body, LINK_LASTS, now, author_id=actor.id)
    return True


def mac(session: Session, link_id: UUID) -> str:
    """What is kept of a link."""
    return keys.of(session).mac("sign-in-link", link_id.bytes).hex()
