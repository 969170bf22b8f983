"""Who needs a person today, and what was done about it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, require
from companion.domain.refusal import ConflictError, NotFoundError
from companion.domain.task import TaskKind, TaskPriority, TaskStatus
from companion.models import Message, Patient, Task
from companion.records import audit


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with the text it is about and the patient it concerns, if any: an unknown number has none."""

    task: Task
    message: Message | None
    patient: Patient | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[TaskView]
    total: int


def inbox(actor: Actor, status: TaskStatus, offset: int, limit: int, now: datetime) -> Page:
    """The pain service's tasks of one status: urgent ones first, then the oldest promise first."""
    require(actor, Permission.ANSWER_INBOX)
    with reading() as session:
        wanted = scoped(Task, actor).where(Task.status == status)
        counted = wanted.with_only_columns(func.count())
        urgent_first = case((Task.priority == TaskPriority.URGENT, 0), else_=1)
        rows = session.execute(
            wanted.outerjoin(Message, Message.id == Task.message_id)
            .outerjoin(Patient, Patient.id == Task.patient_id)
            .add_columns(Message, Patient, counted.scalar_subquery())
            .order_by(urgent_first, Task.due_at, Task.created_at, Task.id)
            .offset(offset)
            .limit(limit)
        ).all()
        # Beyond the end of the list there is no row to say how long it is.
        total = rows[0][3] if rows else session.scalar(counted) or 0
        page = Page([TaskView(*row[:3]) for row in rows], total)
    audit.seen(actor, "task.list", now, *(view.patient.id for view in page.items if view.patient is not None))
    return page


def complete(actor: Actor, task_id: UUID, outcome: str, now: datetime) -> TaskView:
    """A person dealt with the task and says what came of it.

    Raises:
        NotFoundError: no such task in the actor's pain service.
        ConflictError: it is completed already, or is completed by what it asks for.
    """
    require(actor, Permission.ANSWER_INBOX)
    with transaction() as session:
        task = session.scalar(scoped(Task, actor).where(Task.id == task_id).with_for_update())
        if task is None:
            raise NotFoundError("There is no such task.")
        if task.status is TaskStatus.COMPLETED:
            raise ConflictError("This task has already been completed.")
        if task.kind is TaskKind.SUGGESTION:
            # Otherwise it would leave the list without an answer.
            raise ConflictError("Add the suggestion to the plan, or say why not. That completes this task.")
        if task.kind is TaskKind.SECOND_OPINION:
            raise ConflictError("Give the second opinion, or withdraw the request. That completes this task.")
        task.status = TaskStatus.COMPLETED
        task.completed_at = now
        task.completed_by = actor.id
        task.outcome = outcome
        audit.record(session, actor, "task.complete", task_id, now, patient_id=task.patient_id)
        message = session.scalar(scoped(Message, actor).where(Message.id == task.message_id))
        patient = session.scalar(scoped(Patient, actor).where(Patient.id == task.patient_id))
        return TaskView(task, message, patient)
