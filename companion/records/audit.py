"""How does a use case leave its trace?"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.domain.access import Actor
from companion.models import AuditEntry


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
    """Write the one audit entry of a use case, in its own transaction.

    `fields` are the names of what was touched, never their contents.
    """
    session.add(
        AuditEntry(
            pain_service_id=actor.pain_service_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            patient_id=patient_id,
            entity_id=str(entity_id),
            fields=sorted(fields),
            recorded_at=now,
        )
    )
