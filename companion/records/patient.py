"""Which patient is meant, and may their record be used?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion import keys
from companion.db import scoped
from companion.domain.access import Actor, ActorKind
from companion.domain.refusal import ForbiddenError, NotFoundError
from companion.models import Patient

RESTS = "This record is restricted: it is kept, but not used. To read it, give a reason or lift the restriction."


def owned(session: Session, actor: Actor, patient_id: UUID, *, lock: bool = False) -> Patient:
    """The patient, if they are of the actor's pain service; locked until the transaction ends where asked.

    Raises:
        NotFoundError: no such patient there.
        ForbiddenError: their record is restricted, and staff gave no reason for looking (UK GDPR article 18).
    """
    patient = known(session, actor, patient_id, lock=lock)
    require_in_use(actor, patient.restricted_at)
    return patient


def known(session: Session, actor: Actor, patient_id: UUID, *, lock: bool = False) -> Patient:
    """The same, whether or not the record rests: for what people ask about the record itself.

    Raises:
        NotFoundError: no such patient there, or, for a patient, anybody but themselves.
    """
    wanted = scoped(Patient, actor).where(Patient.id == patient_id)
    mine = actor.kind is not ActorKind.PATIENT or actor.id == patient_id
    patient = session.scalar(wanted.with_for_update(key_share=True) if lock else wanted) if mine else None
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient


def myself(actor: Actor) -> UUID:
    """The id of the patient who asks.

    Raises:
        NotFoundError: whoever asks is no patient.
    """
    if actor.kind is not ActorKind.PATIENT or actor.id is None:
        raise NotFoundError("There is no such patient.")
    return actor.id


def by_nhs_number(session: Session, actor: Actor, nhs_number: str) -> Patient:
    """The patient of the actor's pain service who has this NHS number, in its written-down form.

    Raises:
        NotFoundError: no such patient there.
    """
    index = Patient.nhs_number.find(keys.of(session), nhs_number)
    patient = session.scalar(scoped(Patient, actor).where(Patient.nhs_number_index == index))
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient


def require_in_use(actor: Actor, restricted_at: datetime | None) -> None:
    """Raise if the record has been restricted since then and staff gave no reason.

    Raises:
        ForbiddenError: the record is restricted, and staff gave no reason for looking.
    """
    if restricted_at is not None and actor.kind is ActorKind.STAFF and not actor.reason:
        raise ForbiddenError(RESTS)
