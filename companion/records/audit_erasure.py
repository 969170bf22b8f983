"""How do an erased person's words leave an audit trail that nobody can change?

The entry stays, with who, what and when. What staff typed as its reason goes, and so does the network address of the
person's own requests. A later entry of the same chain names each place and has the digest of what is left there: the
chain accepts an emptied entry only where such an entry vouches for it (audit_chain.verify).
"""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from companion.domain.access import ActorKind, system
from companion.domain.audit import REDACT, canonical, place
from companion.models import AuditEntry, Erasure, Patient
from companion.records import audit, audit_chain

# Places that one entry names: few enough to be read as one line of a log.
NAMED = 200


def take_words(session: Session, erasure: Erasure, patient: Patient, now: datetime) -> int:
    """Empty the reasons of every entry about the patient, and the network addresses of their own. Returns how many
    entries had any. The erasure is approved: without that the schema refuses."""
    own = and_(AuditEntry.actor_kind == ActorKind.PATIENT, AuditEntry.origin.is_not(None))
    wanted = select(AuditEntry).where(
        AuditEntry.pain_service_id == patient.pain_service_id,
        AuditEntry.seq.is_not(None),
        _about(patient),
        or_(AuditEntry.reason_sealed.is_not(None), own),
    )
    places = []
    for entry in session.scalars(wanted.order_by(AuditEntry.seq)).all():
        left = {"reason": None, "origin": None if entry.actor_kind is ActorKind.PATIENT else entry.origin}
        row = audit_chain.as_row(entry) | left
        places.append(place(row["seq"], sha256(canonical(row)).hexdigest()))
        session.expunge(entry)
    for values, which in (({"reason_sealed": None}, AuditEntry.reason_sealed.is_not(None)), ({"origin": None}, own)):
        mine = (AuditEntry.pain_service_id == patient.pain_service_id, AuditEntry.seq.is_not(None), _about(patient))
        session.execute(update(AuditEntry.__table__).where(*mine, which).values(values))  # type: ignore[arg-type]
    for first in range(0, len(places), NAMED):
        some = places[first : first + NAMED]
        audit.record(session, system(patient.pain_service_id), REDACT, erasure.id, now, fields=some)
    return len(places)


def _about(patient: Patient) -> ColumnElement[bool]:
    return or_(
        AuditEntry.patient_id == patient.id, AuditEntry.actor_id == patient.id, AuditEntry.entity_id == str(patient.id)
    )
