"""How does something come to wait for a person?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

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
