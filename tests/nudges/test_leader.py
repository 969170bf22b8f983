"""When the leading worker dies, does another one plan before the next planning beat would have come? On a clock of
the test's own, at every moment of the beats."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from companion.upkeep import lease
from nudges import worker
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.worker import EVERY, LEADER, LED, Turn
from tests.support import cast

SECOND = timedelta(seconds=1)


class Metronome:
    """One worker's beats that lead or are led, each at its time. `planned` are the moments at which it did plan."""

    def __init__(self, name: str, starts_at: datetime) -> None:
        self.name, self.now = name, starts_at
        self.planned: list[datetime] = []
        found = worker.beats([SimulatorGateway()], name, lambda: self.now)
        self._work: dict[str, Callable[[], object]] = {beat: found[beat] for beat in LED}
        self._work["lead"] = worker.on_taking_over(found["lead"], self._begin)
        self._next = dict.fromkeys(self._work, starts_at)

    def _begin(self, beat: str) -> None:
        self._next[beat] = self.now

    def tick(self, now: datetime) -> None:
        """Do what has come round; a beat that leading has moved to now comes in this very tick."""
        self.now = now
        for beat in ("lead", *LED):
            if self._next[beat] > now:
                continue
            self._next[beat] = now + EVERY[beat]
            if self._work[beat]() is not Turn.ANOTHER_S and beat == "plan":
                self.planned.append(now)


@pytest.mark.parametrize("offset", range(0, 30, 7))
def test_another_plans_before_the_next_beat_whenever_the_leader_is_killed(app: Flask, offset: int) -> None:
    for killed_after in (0, 1, 3, 4, 8, 29):
        start = cast.MONDAY + timedelta(hours=killed_after)
        first, second = Metronome("one", start), Metronome("two", start + offset * SECOND)
        if offset:
            first.tick(start)  # whoever starts first leads
        for seconds in range(killed_after + 1):
            now = start + seconds * SECOND
            first.tick(now)
            if seconds >= offset:
                second.tick(now)
        assert first.planned
        assert not second.planned, "one plans at a time"
        killed_at = start + killed_after * SECOND
        now = max(killed_at, start + offset * SECOND)
        while not second.planned and now < killed_at + timedelta(minutes=2):
            now += SECOND
            second.tick(now)
        assert second.planned[0] - max(killed_at, start + offset * SECOND) <= EVERY["plan"]


def test_an_orderly_stop_hands_over_at_once(app: Flask) -> None:
    first, second = Metronome("one", cast.MONDAY), Metronome("two", cast.MONDAY)
    first.tick(cast.MONDAY)
    second.tick(cast.MONDAY)
    lease.give_back(LEADER, "one", cast.MONDAY + SECOND)
    for seconds in range(1, 5):
        second.tick(cast.MONDAY + seconds * SECOND)
    assert second.planned == [cast.MONDAY + EVERY["lead"]]


def test_a_leader_plans_at_every_beat_and_a_pause_costs_it_no_more_than_the_lead(app: Flask) -> None:
    first, second = Metronome("one", cast.MONDAY), Metronome("two", cast.MONDAY)
    for seconds in range(91):
        first.tick(cast.MONDAY + seconds * SECOND)
        second.tick(cast.MONDAY + seconds * SECOND)
    assert first.planned == [cast.MONDAY + turn * EVERY["plan"] for turn in range(4)]
    assert second.planned == []
    later = cast.MONDAY + timedelta(minutes=3)
    second.tick(later)
    first.tick(later)
    assert second.planned == [later]
    assert first.planned[-1] < later, "it woke up, and another one leads"


def test_followers_do_not_hide_that_nobody_plans(app: Flask) -> None:
    """A heartbeat is of a beat that came round: a follower's `plan` is none."""
    assert lease.hold(LEADER, "one", cast.MONDAY, worker.LEASE)
    theirs = worker.beats([SimulatorGateway()], "two", lambda: cast.MONDAY)
    assert [theirs[beat]() for beat in ("lead", *LED)] == [Turn.ANOTHER_S] * (1 + len(LED))
    ours = worker.beats([SimulatorGateway()], "one", lambda: cast.MONDAY)
    assert Turn.ANOTHER_S not in [ours[beat]() for beat in ("lead", *LED)]
