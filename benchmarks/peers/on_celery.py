"""Celery on Redis: one task for each nudge, no results kept.

celery --app benchmarks.peers.on_celery worker …
"""

import os
import time
from typing import Any

from celery import Celery  # type: ignore[import-not-found, import-untyped, unused-ignore]

from benchmarks.child import ready_then_go, say
from benchmarks.peers import work

app = Celery("benchmark", broker=os.environ[work.BROKER])
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)


def _send(nudge_id: str, number: str) -> None:
    work.send(nudge_id, number)


send: Any = app.task(_send, name="send")


def main() -> None:
    """Enqueue every nudge; the workers are started by Celery's own command."""
    due, began = work.due(), time.monotonic()
    for nudge_id, number in due:
        send.delay(nudge_id, number)
    say({"scheduling_seconds": time.monotonic() - began})
    ready_then_go()


if __name__ == "__main__":
    main()
