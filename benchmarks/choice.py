"""Which set-up of each peer suits it best on this machine? Each is tried, and the fastest is the one that counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks import dispatch
from benchmarks.child import FailedError
from benchmarks.dispatch import Contender, Ground

Setup = Callable[[str], Contender]
"""Takes the kind of job (work.DECIDE, work.POST), so that what suits the one is used for the other."""


def _apscheduler(threads: int) -> Setup:
    return lambda kind: dispatch.apscheduler(threads, kind)


def _celery(pool: str, size: int, prefetch: int) -> Setup:
    return lambda kind: dispatch.celery(pool, size, prefetch, kind)


def _procrastinate(processes: int, concurrency: int) -> Setup:
    return lambda kind: dispatch.procrastinate(processes, concurrency, kind)


Setups = Mapping[str, Mapping[str, Setup]]

AT_ONCE: Setups = {
    "apscheduler": {"10 threads": _apscheduler(10), "20 threads": _apscheduler(20)},
    "celery": {
        "prefork 2, prefetch 4": _celery("prefork", 2, 4),
        "prefork 4, prefetch 4": _celery("prefork", 4, 4),
        "prefork 4, prefetch 32": _celery("prefork", 4, 32),
        "16 threads, prefetch 4": _celery("threads", 16, 4),
    },
    "procrastinate": {
        "1 process, 4 at once": _procrastinate(1, 4),
        "2 processes, 4 at once": _procrastinate(2, 4),
        "2 processes, 10 at once": _procrastinate(2, 10),
        "3 processes, 4 at once": _procrastinate(3, 4),
    },
}
# Where the provider takes its time, it is how much is under way at once that decides.
SLOWLY: Setups = {
    "apscheduler": {"32 threads": _apscheduler(32), "64 threads": _apscheduler(64)},
    "celery": {
        "prefork 16, prefetch 4": _celery("prefork", 16, 4),
        "32 threads, prefetch 4": _celery("threads", 32, 4),
    },
    "procrastinate": {
        "2 processes, 16 at once": _procrastinate(2, 16),
        "2 processes, 32 at once": _procrastinate(2, 32),
    },
}


@dataclass
class Choice:
    """What was tried of each peer, in texts a second, and what was chosen; or why nothing of it runs."""

    chosen: dict[str, Setup] = field(default_factory=dict)
    tried: dict[str, dict[str, float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def best(self, name: str) -> str | None:
        """The set-up that was the fastest."""
        tried = self.tried.get(name)
        return max(tried, key=lambda label: tried[label]) if tried else None


def choose(setups: Setups, kind: str, ground: Ground, texts: int, delay: float, tell: Callable[[str], None]) -> Choice:
    """Try every set-up of every peer once, with so many texts."""
    choice = Choice()
    for name, ways in setups.items():
        for label, setup in ways.items():
            try:
                run = setup(kind)(ground, texts, delay)
            except (FailedError, OSError) as error:
                choice.missing[name] = str(error)
                tell(f"trying {name}, {label}: does not run: {error}")
                continue
            choice.tried.setdefault(name, {})[label] = round(run.texts_a_second, 1)
            tell(f"trying {name}, {label}: {run.texts_a_second:,.0f} texts a second")
        if best := choice.best(name):
            choice.chosen[name] = ways[best]
            choice.missing.pop(name, None)
    return choice
