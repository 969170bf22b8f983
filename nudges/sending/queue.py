"""The queue of sending jobs, in procrastinate's tables in our database. The only adapter of procrastinate.

An optional package (requirements-queue.txt), for PostgreSQL alone. A job is put into the queue by the transaction that
marks its texts: both are committed, or neither.
"""

import asyncio
from collections.abc import Callable, Collection
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from companion.db import db, reading, transaction
from companion.lazy import lazy

procrastinate = lazy("procrastinate")
exceptions = lazy("procrastinate.exceptions")
jobs = lazy("procrastinate.jobs")
INSTALLED = find_spec("procrastinate") is not None

QUEUE = "texts"
TASK = "send"
# A worker that is told of no new job looks for one this often.
LOOK_SECONDS = 1.0
# Between our threads and the database: one job at a time, its end, heartbeats, and an ear for new jobs.
CONNECTIONS = 4

Take = Callable[[Collection[UUID]], object]


class QueueError(Exception):
    """The queue does not take a job: its tables are missing, or of another release."""


def set_up() -> bool:
    """Make procrastinate's tables in the current app's database. Returns False if they are there already."""
    if is_set_up():
        return False
    with transaction() as session:
        # Through the driver itself, because the file holds percent signs and many statements.
        _driver(session).execute(procrastinate.schema.SchemaManager.get_schema())
    return True


def is_set_up() -> bool:
    """Whether the current app's database has procrastinate's tables."""
    with reading() as session:
        return session.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is not None


def put(session: Session, message_ids: Collection[UUID], priority: int) -> None:
    """Queue one job for these texts, in the session's own transaction.

    priority: of its first text, so that a low number goes first.

    Raises:
        QueueError: the queue does not take it; the transaction can only be rolled back.
    """
    # Never opened: whatever it does it does on the connection that it is given.
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    job = app.configure_task(TASK, queue=QUEUE, priority=-priority, connection=_driver(session))
    try:
        job.defer(message_ids=[str(message_id) for message_id in message_ids])
    except exceptions.ConnectorException as error:
        raise QueueError("The queue takes no job: 'flask --app wsgi queue-set-up' makes its tables.") from error


def waiting(session: Session, most: int) -> int:
    """How many jobs nobody has begun, counted up to `most`."""
    todo = text(
        "SELECT count(*) FROM"
        " (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :queue LIMIT :most) AS todo"
    )
    return int(session.execute(todo, {"queue": QUEUE, "most": most}).scalar_one())


def work(name: str, take: Take, wait: bool = True) -> None:
    """Do jobs, one at a time, until SIGTERM or Ctrl-C, which let the one under way come to its end.

    take: what is done with a job's texts, in a thread of its own. wait: go on when the queue is empty.
    """
    asyncio.run(_work(name, take, wait))


async def _work(name: str, take: Take, wait: bool) -> None:
    connector = procrastinate.PsycopgConnector(kwargs=_address(), min_size=1, max_size=CONNECTIONS)
    app = procrastinate.App(connector=connector)

    def send(message_ids: list[str]) -> None:
        take([UUID(message_id) for message_id in message_ids])

    app.task(name=TASK, queue=QUEUE)(send)
    async with app.open_async():
        # Jobs of workers that were killed. Their texts have been, or will be, queued again.
        for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
            await app.job_manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
        await app.run_worker_async(
            name=name,
            queues=[QUEUE],
            concurrency=1,
            wait=wait,
            fetch_job_polling_interval=LOOK_SECONDS,
            delete_jobs="always",
        )


def _driver(session: Session) -> Any:
    """The driver's own connection beneath the session's transaction."""
    return session.connection().connection.driver_connection


def _address() -> dict[str, Any]:
    """How our own engine reaches the database, as the driver takes it."""
    _, address = db.engine.dialect.create_connect_args(db.engine.url)
    return {name: value for name, value in address.items() if name != "context"}
