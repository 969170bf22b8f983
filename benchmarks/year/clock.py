"""What time is it in the virtual world, for every process in it?"""

import mmap
import struct
import time
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

_OFFSET = struct.Struct("d")
# Rows keep microseconds; a setting and its note are moments apart.
BLINK = 0.005


class WorldClock:
    """One clock in a shared file. It flows as real time does and is set, or leaps, for everybody at once.

    What is shared is the difference between virtual and real seconds: eight bytes, so that nobody reads half of it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            file.write_bytes(_OFFSET.pack(0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _OFFSET.size)
        self._history: list[tuple[float, float]] = []
        self._lowest: list[float] = []

    def now(self) -> datetime:
        """The present instant of the virtual world, aware, in UTC."""
        return datetime.fromtimestamp(self.offset + time.monotonic(), UTC)

    @property
    def offset(self) -> float:
        """Virtual seconds since 1970 less this machine's monotonic seconds."""
        return float(_OFFSET.unpack_from(self._shared)[0])

    def set(self, at: datetime) -> None:
        """Make it this instant, forward or back."""
        _OFFSET.pack_into(self._shared, 0, at.timestamp() - time.monotonic())
        self.note()

    def leap(self, by: timedelta) -> None:
        """Jump ahead, or back, from wherever it stands."""
        _OFFSET.pack_into(self._shared, 0, self.offset + by.total_seconds())
        self.note()

    def note(self) -> None:
        """Remember how the clock was set, for `real`; whoever learns that another process set it notes it too."""
        self._history.append((time.monotonic(), self.offset))

    def real(self, at: datetime, before: float) -> float:
        """The monotonic second at which the clock showed `at`: the last such one that is not after `before`.

        A clock that was put back shows an instant twice; an instant that was leapt over is when it was leapt over.
        """
        wanted = at.timestamp()
        last = bisect_right(self._history, (before, float("inf")))
        if last == len(self._history):
            last = bisect_right(self._later_ones(), wanted + BLINK)
        for index in range(last - 1, -1, -1):
            began, offset = self._history[index]
            if began + offset <= wanted + BLINK:
                end = self._history[index + 1][0] if index + 1 < len(self._history) else before
                return min(wanted - offset, end, before)
        return self._history[0][0] if self._history else before

    def _later_ones(self) -> list[float]:
        """For each setting, the earliest instant that it or a later one began with: rising, so it can be searched."""
        if len(self._lowest) != len(self._history):
            begun = (began + offset for began, offset in reversed(self._history))
            self._lowest = [*accumulate(begun, min)][::-1]
        return self._lowest
