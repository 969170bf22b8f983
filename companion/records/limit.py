"""Has this been tried too often? Counted in rows, so that it holds across workers, hosts and restarts."""

import math
from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from companion import keys
from companion.domain.limit import ALLOWED, DAY, LimitKind
from companion.domain.refusal import TooManyError
from companion.models import LimitUse


def take(session: Session, what: LimitKind, key: str, now: datetime) -> None:
    """Count one more try by `key`, which is kept as a mac alone. Two at once wait for each other on its row.

    Raises:
        TooManyError: there were too many; this one is not counted if the caller lets its transaction fail.
    """
    mac = _mac(session, what, key)
    waits = [0.0]
    for allowance in ALLOWED[what]:
        seconds = int(allowance.within.total_seconds())
        tries, until_at = _counted(session, what, mac, seconds, now)
        if tries > allowance.tries:
            waits.append((until_at - now).total_seconds())
    if len(waits) > 1:
        raise TooManyError("There were too many attempts. Wait a few minutes, then try again.", math.ceil(max(waits)))


def give_back(session: Session, what: LimitKind, key: str) -> None:
    """Count one try less: it came to something."""
    mine = (LimitUse.kind == what, LimitUse.mac == _mac(session, what, key))
    session.execute(delete(LimitUse).where(*mine, LimitUse.tries == 1))
    session.execute(update(LimitUse).where(*mine, LimitUse.tries > 1).values(tries=LimitUse.tries - 1))


def forget(session: Session, what: LimitKind, key: str) -> None:
    """Reset the count after a successful sign-in."""
    session.execute(delete(LimitUse).where(LimitUse.kind == what, LimitUse.mac == _mac(session, what, key)))


def sweep(session: Session, now: datetime) -> None:
    """Remove what counts no more, past what others are counting in."""
    key = (LimitUse.kind, LimitUse.mac, LimitUse.seconds)
    over = select(*key).where(LimitUse.until_at < now - DAY).limit(1_000).with_for_update(skip_locked=True)
    session.execute(delete(LimitUse).where(tuple_(*key).in_(over)))


def _counted(session: Session, what: LimitKind, mac: str, seconds: int, now: datetime) -> tuple[int, datetime]:
    """The tries so far with this one, and until when they count."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    until_at = now + timedelta(seconds=seconds)
    first = insert(LimitUse).values(kind=what, mac=mac, seconds=seconds, tries=1, until_at=until_at)
    # Also if the row's end lies further off than it could: somebody set the clock.
    counts = and_(LimitUse.until_at > now, LimitUse.until_at <= until_at)
    again = first.on_conflict_do_update(
        index_elements=[LimitUse.kind, LimitUse.mac, LimitUse.seconds],
        set_={
            "tries": case((counts, LimitUse.tries + 1), else_=1),
            "until_at": case((counts, LimitUse.until_at), else_=first.excluded.until_at),
        },
    )
    tries, until = session.execute(again.returning(LimitUse.tries, LimitUse.until_at)).one()
    return tries, until


def _mac(session: Session, what: LimitKind, key: str) -> str:
    return keys.of(session).mac(f"limit/{what}", key.encode()).hex()
