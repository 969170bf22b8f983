"""On what machine was this measured, and how quiet was it?"""

import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

ROUNDS = 2_000_000


class Machine:
    """Times one fixed loop again and again, between the parts: where that varies, so does everything else."""

    def __init__(self) -> None:
        self._loops: list[float] = []
        self._loads: list[float] = []

    def look(self) -> None:
        """Time the loop once, and note how many processes want to run."""
        began, total = time.perf_counter(), 0
        for number in range(ROUNDS):
            total += number & 7
        self._loops.append(time.perf_counter() - began)
        self._loads.append(os.getloadavg()[0])

    def as_json(self) -> Mapping[str, object]:
        """`noise`: by what share the slowest loop took longer than the fastest."""
        return {
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            "processor": _processor(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
            "loop_seconds": round(median(self._loops), 4),
            "noise": round(max(self._loops) / min(self._loops) - 1, 3),
            "load_average": {"least": round(min(self._loads), 2), "most": round(max(self._loads), 2)},
        }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
