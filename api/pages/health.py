"""The service status in plain words. It shows no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DatabaseError

from companion.upkeep import alarm, heartbeat
from companion.upkeep.alarm import OpenAlarm
from companion.upkeep.heartbeat import Beat
from nudges.worker import DEAD_AFTER, EVERY, LATE_AFTER

# What each beat does, as somebody says it who does not know our words.
BEAT_WORDS = {
    "lead": "One worker leads",
    "plan": "Plans texts",
    "send": "Sends texts",
    "ask": "Asks the provider about unknown texts",
    "watch": "Checks whether a failed provider works again",
    "receipts": "Records what became of texts",
    "take-up": "Acts on what patients answer",
    "check": "Sends and receives a test text each night",
    "audit": "Verifies the audit trail each day",
}


@dataclass(frozen=True, slots=True)
class BeatHealth:
    """One beat. `age` is None if it has never come round, or nobody can tell."""

    name: str
    words: str
    well: bool
    beaten_at: datetime | None
    age: timedelta | None
    lag: timedelta

    @property
    def said(self) -> str:
        """How it stands, in words."""
        if self.age is None:
            return "has not come round"
        late = f", {length(self.lag)} late" if self.lag >= timedelta(seconds=1) else ", on time"
        return f"{length(self.age)} ago{late}"


@dataclass(frozen=True, slots=True)
class Health:
    """The whole service. It is well if the database answers, every beat is alive and in time, and no alarm is open."""

    database: bool
    beats: Sequence[BeatHealth]
    alarms: Sequence[OpenAlarm]

    @property
    def well(self) -> bool:
        """Whether nothing needs attention."""
        return self.database and not self.alarms and all(beat.well for beat in self.beats)

    @property
    def faults(self) -> list[str]:
        """What is wrong, a sentence each, the widest first."""
        if not self.database:
            return ["The database is not responding. No texts go out, and incoming texts are not stored."]
        dead = [beat.words for beat in self.beats if not beat.well and not _is_late(beat)]
        late = [length(beat.lag) for beat in self.beats if not beat.well and _is_late(beat)]
        return [
            *([f"These have stopped: {', '.join(dead)}. Is a worker running?"] if dead else []),
            *(f"Texts are going out late. The oldest has waited for {each}." for each in late),
            *(raised.words for raised in self.alarms),
        ]

    def as_json(self) -> dict[str, Any]:
        """For a machine that watches."""
        return {
            "status": _status(self.well),
            "database": _status(self.database),
            "beats": {
                beat.name: {
                    "status": _status(beat.well),
                    "beaten_at": beat.beaten_at and beat.beaten_at.isoformat(),
                    "age_seconds": None if beat.age is None else round(beat.age.total_seconds(), 1),
                    "lag_seconds": round(beat.lag.total_seconds(), 1),
                }
                for beat in self.beats
            },
            "alarms": [
                {"kind": each.kind, "gateway": each.gateway, "code": each.code, "raised_at": each.raised_at.isoformat()}
                for each in self.alarms
            ],
        }


def look(now: datetime) -> Health:
    """How the service is at `now`. A database that does not answer is found out, and raises nothing."""
    try:
        beaten, alarms, answers = heartbeat.beats(), alarm.still_open(), True
    except DatabaseError:
        beaten, alarms, answers = {}, [], False
    return Health(answers, [_of(name, beaten.get(name), now) for name in EVERY], alarms)


def _of(name: str, beat: Beat | None, now: datetime) -> BeatHealth:
    if beat is None:
        return BeatHealth(name, BEAT_WORDS[name], False, None, None, timedelta(0))
    age = max(timedelta(0), now - beat.beaten_at)
    alive = age < DEAD_AFTER + EVERY[name]
    in_time = name != "send" or beat.lag < LATE_AFTER
    return BeatHealth(name, BEAT_WORDS[name], alive and in_time, beat.beaten_at, age, beat.lag)


def _is_late(beat: BeatHealth) -> bool:
    return beat.age is not None and beat.age < DEAD_AFTER + EVERY[beat.name]


def length(time: timedelta) -> str:
    """'4 seconds', '12 minutes', '3 hours', '2 days': the largest whole unit alone."""
    seconds = int(time.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return _counted(seconds // size, unit)
    return _counted(seconds, "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _status(well: bool) -> str:
    return "pass" if well else "fail"
