"""What does a log line look like, and what never stands in one?"""

import logging
import re
import time
import traceback
from collections.abc import Iterator
from types import TracebackType

# An NHS number has 10 digits, a mobile 12; nothing that helps to mend a fault is a longer row of digits.
_NUMBER = re.compile(r"\d{10,}")
# What would begin a line that looks like one of ours, or move a terminal's cursor.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A beat that is still busy when its next time comes is no fault: the next one does its work.
_QUIET = {"apscheduler": logging.ERROR}

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up() -> None:
    """Send warnings and worse to the error stream, a line each. Does nothing where somebody has set up logging."""
    root = logging.getLogger()
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    if root.handlers:
        return
    # The standard library's own last resort: warnings and worse, to whatever the error stream is at that moment. Hung
    # onto the root, because Flask brings a format of its own where it finds nothing there.
    handler = logging.lastResort or logging.StreamHandler()
    handler.setFormatter(Plain())
    root.addHandler(handler)


class Plain(logging.Formatter):
    """Time in UTC, level, where, what. An error brings its frames, but of its own words the first line only.

    PostgreSQL's second line (DETAIL) repeats the row, and with it what a patient wrote; SQLAlchemy's repeat the query.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The line, with every long row of digits struck out."""
        return _NUMBER.sub("[number]", super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """One line, whatever somebody put into an address to make it two."""
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", super().formatMessage(record))

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 (logging's own name)
        """The error with what led to it, oldest first."""
        return "".join(_told(ei[1])).rstrip() if ei[1] is not None else ""


def _told(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _told(earlier)
        yield "which led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    words = str(error).splitlines() or [""]
    yield f"{type(error).__module__}.{type(error).__qualname__}: {words[0]}\n"
