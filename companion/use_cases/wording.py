"""Which words does the pain service say, and who approved them?"""

from datetime import datetime
from uuid import UUID

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.refusal import ConflictError, NotFoundError
from companion.models import Wording
from companion.records import audit


def listed(actor: Actor) -> list[Wording]:
    """Every wording of the pain service, drafts included, by purpose and version."""
    require(actor, Permission.SEE_WORDING)
    with reading() as session:
        return list(session.scalars(scoped(Wording, actor).order_by(Wording.purpose, Wording.version)))


def approve(actor: Actor, wording_id: UUID, now: datetime) -> Wording:
    """A named clinician approves a draft: from now on it may be said to patients.

    Raises:
        NotFoundError: no such wording in the actor's pain service.
        ConflictError: it is approved already.
    """
    require(actor, Permission.APPROVE_WORDING)
    with transaction() as session:
        wording = session.scalar(scoped(Wording, actor).where(Wording.id == wording_id).with_for_update())
        if wording is None:
            raise NotFoundError("There is no such wording.")
        if wording.approved_at is not None:
            raise ConflictError("This wording is already approved.")
        wording.approved_by = actor.id
        wording.approved_at = now
        audit.record(session, actor, "wording.approve", wording_id, now)
        return wording
