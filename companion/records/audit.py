"""How does whoever sees or changes a record leave a trace? (P11)"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import at_the_end, transaction
from companion.domain.access import Actor
from companion.records import audit_chain

LONGEST_ORIGIN, LONGEST_REASON = 80, 500
_ENTRIES = "audit"


def record(
    session: Session,
    actor: Actor,
    action: str,
    entity_id: object,
    now: datetime,
    *,
    patient_id: UUID | None = None,
    fields: Iterable[str] = (),
) -> None:
    """Write the one audit entry of a use case, in its own transaction; it is written when that commits.

    `fields` are the names of what was touched, never their contents.
    """
    entries: list[audit_chain.Row] = session.info.setdefault(_ENTRIES, [])
    entries.append(
        {
            "pain_service_id": actor.pain_service_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "action": action,
            "patient_id": patient_id,
            "entity_id": str(entity_id),
            "fields": sorted(fields),
            "recorded_at": now,
            "origin": actor.origin[:LONGEST_ORIGIN] or None,
            # What staff typed is about a person: it stands where their erasure finds it, or nowhere.
            "reason": (patient_id and actor.reason[:LONGEST_REASON]) or None,
        }
    )
    at_the_end(session, _write)


def seen(actor: Actor, action: str, now: datetime, *patient_ids: UUID, entity_id: object = None) -> None:
    """Write down that these patients' records were looked at, an entry for each of them, before anybody is shown what
    was found: what cannot be written down is not shown."""
    if not patient_ids:
        return
    with transaction() as session:
        for patient_id in dict.fromkeys(patient_ids):
            record(session, actor, action, entity_id or patient_id, now, patient_id=patient_id)


def _write(session: Session) -> None:
    audit_chain.append(session, session.info.pop(_ENTRIES))
