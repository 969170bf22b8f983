"""What time is it? The only asker of the machine's clock; everything else is told `now`."""

from collections.abc import Callable
from datetime import UTC, datetime

# For work that lasts long enough for the time to change: something that tells it, aware and in UTC.
Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)
