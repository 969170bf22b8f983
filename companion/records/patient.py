"""Which patient is meant?"""

from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor
from companion.domain.refusal import NotFoundError
from companion.models import Patient


def owned(session: Session, actor: Actor, patient_id: UUID, *, lock: bool = False) -> Patient:
    """The patient, if they are of the actor's pain service; locked until the transaction ends where asked.

    Raises:
        NotFoundError: no such patient there.
    """
    wanted = scoped(Patient, actor).where(Patient.id == patient_id)
    patient = session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient


def by_nhs_number(session: Session, actor: Actor, nhs_number: str) -> Patient:
    """The patient of the actor's pain service who has this NHS number, in its written-down form.

    Raises:
        NotFoundError: no such patient there.
    """
    patient = session.scalar(scoped(Patient, actor).where(Patient.nhs_number == nhs_number))
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient
