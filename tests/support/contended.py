"""Who waits while somebody else holds a row, and what did they come to?"""

from collections.abc import Callable
from concurrent.futures import Future, wait

from flask import Flask
from sqlalchemy import text

from companion.db import db
from companion.domain.refusal import RefusalError


def trying(app: Flask, act: Callable[[], object]) -> Callable[[], str]:
    """What comes of it, in a thread of its own: 'done', or the kind of refusal."""

    def begin() -> str:
        with app.app_context():
            try:
                act()
            except RefusalError as refusal:
                return type(refusal).__name__
            return "done"

    return begin


def wait_for(told: Future[str]) -> None:
    """Until it waits for us, or has gone on without."""
    while not told.done():
        # On SQLite there is one write lock, and we have it.
        if db.engine.dialect.name != "postgresql":
            return
        with db.engine.connect() as connection:
            waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name")
            if connection.scalar(waiting, {"name": db.engine.url.database}):
                return
        wait([told], 0.02)
