"""procrastinate: one job for each nudge, deferred in one batch, on the same PostgreSQL.

python -m benchmarks.peers.on_procrastinate enqueue | CONCURRENCY
"""

import asyncio
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found, unused-ignore]
from sqlalchemy.engine import make_url

from benchmarks.child import ready_then_go, say
from benchmarks.peers import work


def _app() -> tuple[App, Any]:
    address = make_url(os.environ[work.DATABASE])
    kwargs: dict[str, Any] = {"dbname": address.database, "user": address.username, **address.query}
    app = App(connector=PsycopgConnector(kwargs=kwargs))
    # A plain function is run in a thread, so that the stock client and session do not hold up the event loop.
    return app, app.task(name="send")(work.send)


async def _enqueue() -> None:
    app, send = _app()
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        due, began = work.due(), time.monotonic()
        await send.batch_defer_async(*({"nudge_id": nudge_id, "number": number} for nudge_id, number in due))
        say({"scheduling_seconds": time.monotonic() - began})


async def _work(concurrency: int) -> None:
    app, _ = _app()
    work.job()
    # The event loop's own pool of threads is too small for that on a small machine.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency))
    async with app.open_async():
        ready_then_go()
        await app.run_worker_async(concurrency=concurrency, install_signal_handlers=False)


if __name__ == "__main__":
    asyncio.run(_enqueue() if sys.argv[1] == "enqueue" else _work(int(sys.argv[1])))
