"""Is the clock alive?"""

from datetime import datetime

from sqlalchemy import select

from companion.db import reading, transaction
from companion.models import Heartbeat


def beat(name: str, worker: str, now: datetime) -> None:
    """Record that the beat of that name has just come round."""
    with transaction() as session:
        row = session.get(Heartbeat, name)
        if row is None:
            session.add(Heartbeat(beat=name, worker=worker, beaten_at=now))
        else:
            row.worker, row.beaten_at = worker, now


def beats() -> dict[str, datetime]:
    """When each beat last came round."""
    with reading() as session:
        return {row.beat: row.beaten_at for row in session.scalars(select(Heartbeat))}
