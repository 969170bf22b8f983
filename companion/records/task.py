"""How does something come to wait for a person, and how is it dealt with by what they did elsewhere?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain.access import Actor, ActorKind
from companion.domain.task import TaskKind, TaskPriority, TaskStatus, due_at
from companion.models import PainService, Task
from companion.records.pain_service import desk


def ask(
    session: Session,
    service: PainService,
    kind: TaskKind,
    why: str,
    now: datetime,
    *,
    priority: TaskPriority = TaskPriority.ROUTINE,
    patient_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Task:
    """Put a task into the pain service's inbox, due by its promise. `why` is ours: never a patient's words."""
    task = Task(
        pain_service_id=service.id,
        patient_id=patient_id,
        message_id=message_id,
        kind=kind,
        priority=priority,
        status=TaskStatus.REQUESTED,
        why=why,
        created_at=now,
        due_at=due_at(now, priority, desk(service, now)),
    )
    session.add(task)
    return task


def finish(session: Session, actor: Actor, task_id: UUID | None, outcome: str, now: datetime) -> None:
    """What waited on account of something is dealt with by what was done, if it is not yet. `outcome` is ours."""
    waits = session.scalar(scoped(Task, actor).where(Task.id == task_id).with_for_update())
    if waits is not None and waits.status is not TaskStatus.COMPLETED:
        waits.status, waits.completed_at, waits.outcome = TaskStatus.COMPLETED, now, outcome
        waits.completed_by = actor.id if actor.kind is ActorKind.STAFF else None
