"""Asks each pain service to check its directory of local groups and services before it grows old."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from companion.db import reading, scoped, transaction
from companion.domain import resource as rules
from companion.domain.access import system
from companion.domain.resource import ResourceStatus
from companion.domain.task import TaskKind, TaskStatus
from companion.models import PainService, Resource, Task
from companion.records import audit, task

CHECK = "Some directory entries have not been checked for six months. Check that they are still correct."


def ask_for_checks(now: datetime) -> int:
    """Put one task into the inbox of each pain service whose directory grows old, while none waits there.

    Returns how many were put there. An entry that was never checked counts from when it came.
    """
    before = now - rules.STALE_AFTER
    looked = func.coalesce(Resource.checked_at, Resource.created_at)
    old = select(Resource.pain_service_id).where(Resource.status == ResourceStatus.LISTED, looked < before)
    waits = select(Task.pain_service_id).where(
        Task.kind == TaskKind.CHECK_DIRECTORY, Task.status == TaskStatus.REQUESTED
    )
    with reading() as session:
        due = session.scalars(select(PainService.id).where(PainService.id.in_(old), PainService.id.not_in(waits))).all()
    return sum(_ask(service_id, now) for service_id in due)


def _ask(service_id: UUID, now: datetime) -> int:
    with transaction() as session:
        # Held, and asked again: two beats may run at once, and one task is enough.
        service = session.get_one(PainService, service_id, with_for_update={"key_share": True})
        waits = scoped(Task, system(service_id)).where(
            Task.kind == TaskKind.CHECK_DIRECTORY, Task.status == TaskStatus.REQUESTED
        )
        if session.scalar(waits.limit(1)) is not None:
            return 0
        asked = task.ask(session, service, TaskKind.CHECK_DIRECTORY, CHECK, now)
        session.flush()
        audit.record(session, system(service_id, "worker"), "resource.ask-for-checks", asked.id, now)
    return 1
