"""Is the clock alive, and is it in time?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from companion.bulk import insert_if_absent
from companion.db import reading, transaction
from companion.models import Heartbeat


@dataclass(frozen=True, slots=True)
class Beat:
    """When a beat last came round, in whichever worker, and how late it then was."""

    beaten_at: datetime
    lag: timedelta


def beat(name: str, worker: str, now: datetime, lag: timedelta = timedelta(0)) -> None:
    """Record that the beat of that name has just come round, and how late it was."""
    values = {"worker": worker, "beaten_at": now, "lag_seconds": max(0.0, lag.total_seconds())}
    with transaction() as session:
        known = session.scalar(update(Heartbeat).where(Heartbeat.beat == name).values(values).returning(Heartbeat.beat))
        if known is None:
            insert_if_absent(session, Heartbeat, [{"beat": name, **values}])


def beats() -> dict[str, Beat]:
    """Each beat that has ever come round."""
    with reading() as session:
        rows = session.scalars(select(Heartbeat))
        return {row.beat: Beat(row.beaten_at, timedelta(seconds=row.lag_seconds)) for row in rows}


def overdue(name: str, every: timedelta, now: datetime) -> timedelta:
    """How much longer than `every` the beat has been away; nothing if it comes in time, or for the first time."""
    with reading() as session:
        row = session.get(Heartbeat, name)
    return max(timedelta(0), now - row.beaten_at - every) if row is not None else timedelta(0)
