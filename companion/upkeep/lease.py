"""Whose turn is it with the work that one worker at a time shall do?"""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, or_, update

from companion.bulk import insert_if_absent
from companion.db import transaction
from companion.models import Lease


def hold(name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Take the work of that name, or keep it, for `length` from now. False if somebody else has it.

    One conditional update in a short transaction, and no lock that belongs to a session: it works through a pooler that
    gives each transaction another one. `now` is the asker's own clock, so the machines' clocks must agree to within
    `length`. A lease that reaches further than anybody may take it comes from a clock that was wrong, and binds nobody.
    """
    free = or_(Lease.holder == holder, Lease.until_at <= now, Lease.until_at > now + 2 * length)
    with transaction() as session:
        insert_if_absent(session, Lease, [{"name": name, "holder": holder, "until_at": now}])
        taken = session.execute(
            update(Lease).where(Lease.name == name, free).values(holder=holder, until_at=now + length)
        )
        return isinstance(taken, CursorResult) and taken.rowcount == 1


def give_back(name: str, holder: str, now: datetime) -> None:
    """Let somebody else have the work from `now` on. Does nothing if it is not the holder's any more."""
    with transaction() as session:
        session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder, Lease.until_at > now))
