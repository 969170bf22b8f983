"""APScheduler 3: one date job for each nudge, in its SQLAlchemy store on PostgreSQL, run by a pool of threads.

One process: two schedulers on one store run every job twice (apscheduler.readthedocs.io, FAQ).
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.child import ready_then_go, say
from benchmarks.peers import work


def main() -> None:
    """Schedule every nudge; then, when told, let the scheduler run until nobody needs it any more."""
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=os.environ[work.DATABASE])},
        executors={"default": ThreadPoolExecutor(int(os.environ[work.THREADS]))},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due, began = work.due(), time.monotonic()
    now = datetime.now(UTC) - timedelta(seconds=1)
    for nudge_id, number in due:
        scheduler.add_job(work.send, "date", run_date=now, args=[nudge_id, number], misfire_grace_time=None)
    say({"scheduling_seconds": time.monotonic() - began})
    work.job()
    ready_then_go()
    scheduler.resume()
    threading.Event().wait()


if __name__ == "__main__":
    main()
