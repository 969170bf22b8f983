"""How are the counts kept short?"""

from datetime import datetime

from companion.db import transaction
from companion.records import limit


def sweep(now: datetime) -> None:
    """Remove the counts that count no more."""
    with transaction() as session:
        limit.sweep(session, now)
