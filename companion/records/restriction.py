"""How does a record come to rest, and to be used again? Inside a transaction that has locked the patient's row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor, ActorKind
from companion.domain.restriction import RestrictionGround
from companion.models import Patient, Preference, Restriction


def standing(session: Session, actor: Actor, patient: Patient) -> Restriction | None:
    """The restriction that holds, if one does."""
    wanted = scoped(Restriction, actor).where(Restriction.patient_id == patient.id, Restriction.lifted_at.is_(None))
    return session.scalar(wanted)


def impose(session: Session, actor: Actor, patient: Patient, ground: RestrictionGround, now: datetime) -> Restriction:
    """Let the record rest from now on. Nothing of it is planned or sent any more, from the commit on."""
    row = Restriction(
        pain_service_id=patient.pain_service_id,
        patient_id=patient.id,
        ground=ground,
        asked_by=actor.kind,
        began_at=now,
        began_by=_staff(actor),
    )
    session.add(row)
    patient.restricted_at = now
    patient.version += 1
    return row


def end(session: Session, actor: Actor, patient: Patient, row: Restriction, now: datetime) -> None:
    """Let the record be used again. Nudges are planned again, so the preferences get a new version."""
    row.lifted_at, row.lifted_by = now, _staff(actor)
    patient.restricted_at = None
    patient.version += 1
    session.scalars(scoped(Preference, actor).where(Preference.patient_id == patient.id)).one().version += 1


def _staff(actor: Actor) -> UUID | None:
    return actor.id if actor.kind is ActorKind.STAFF else None
