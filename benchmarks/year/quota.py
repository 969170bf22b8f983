"""Did everything strike that is there to strike, and often enough to prove something?"""

from collections import Counter
from collections.abc import Iterable, Mapping

from benchmarks.year.weather import CLOCKS_CHANGE, EVERY_FAULT, IN_FLIGHT, LEAPS, SPELLS, Weather

# A run proves nothing with fewer texts, nor of a fault that struck less often.
TEXTS, STRIKES = 1_000, 10
# London's clocks change twice a year; each change reaches everybody at once.
LEAST: Mapping[str, int] = {**dict.fromkeys(EVERY_FAULT, STRIKES), CLOCKS_CHANGE: 1}
# A file is no server: it does not come back from a restart.
ONLY_OF_SERVERS = frozenset({"database restart"})
# What has to stand in a schedule before anything is lived through: the rest is drawn text by text.
ON_A_DAY: Mapping[str, int] = dict.fromkeys(("kill", *LEAPS, *(f"{kind} in flight" for kind in IN_FLIGHT)), STRIKES)


def least(database: str) -> dict[str, int]:
    """How often each kind of fault must strike on that kind of database."""
    return {kind: times for kind, times in LEAST.items() if database == "postgresql" or kind not in ONLY_OF_SERVERS}


def owed(wanted: Mapping[str, int], struck: Mapping[str, int]) -> dict[str, int]:
    """How many times more each kind has to strike; those alone that have to."""
    return {kind: times - struck.get(kind, 0) for kind, times in wanted.items() if struck.get(kind, 0) < times}


def lacking(schedule: Weather) -> dict[str, int]:
    """What a schedule has too little of."""
    planned = Counter(happening.kind for happening in schedule.happenings)
    spells = Counter(spell.kind for spell in schedule.spells)
    return owed(ON_A_DAY, planned) | owed(dict.fromkeys(SPELLS, 1), spells)


def complaints(wanted: Mapping[str, int], struck: Mapping[str, int], texts: int) -> Iterable[str]:
    """Why a run proves too little, a line each; nothing if it does not."""
    if texts < TEXTS:
        yield f"only {texts:,} texts went, and {TEXTS:,} are the least"
    for kind in owed(wanted, struck):
        yield f"{kind} struck {struck.get(kind, 0)} times, and {wanted[kind]} are the least"
