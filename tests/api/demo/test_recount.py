"""Would the recount see a broken promise? The same rows are held against others, and each breach must be counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from api.demo.recount import Broken, recount
from api.demo.stage import Promise
from companion.domain.consent import ConsentStatus
from companion.domain.preference import Ceilings
from tests.api.demo.played import Played


def held_against(story: Played, change: Callable[[Promise], Promise]) -> Broken:
    """The same texts, and other promises."""
    promises = {
        patient_id: [change(promise) for promise in given] for patient_id, given in story.stage.main.promises.items()
    }
    return recount(story.rows, promises, story.arrivals, story.ends_at)


def test_a_text_on_the_phone_twice(story: Played) -> None:
    again = [*story.arrivals, story.arrivals[7]]
    assert story.recount(arrivals=again).sent_twice == 1


def test_two_tries_that_may_both_have_gone(story: Played) -> None:
    message_id, tries = next((one, tries) for one, tries in story.rows.attempts.items() if len(tries) == 1)
    attempts = {**story.rows.attempts, message_id: [*tries, *tries]}
    assert story.recount(replace(story.rows, attempts=attempts)).sent_twice == 1


def test_nobody_had_agreed(story: Played) -> None:
    assert story.recount(replace(story.rows, consents=[])).after_stop > 40


def test_a_stop_that_no_start_undid(story: Played) -> None:
    as_if_last = sorted(story.rows.consents, key=lambda event: event.status is ConsentStatus.WITHDRAWN)
    assert story.recount(replace(story.rows, consents=as_if_last)).after_stop >= 2


@pytest.mark.parametrize(
    "hours",
    [{"local_start": time(11)}, {"local_end": time(11)}, {"days_of_week": frozenset()}],
    ids=["too early", "too late", "not that day"],
)
def test_outside_hours(hours: dict[str, object], story: Played) -> None:
    broken = held_against(story, lambda promise: replace(promise, hours=replace(promise.hours, **hours)))  # type: ignore[arg-type]
    assert broken.outside_hours > 5
    assert replace(broken, outside_hours=0).nothing


def test_hours_in_another_zone(story: Played) -> None:
    assert held_against(story, lambda promise: replace(promise, zone_name="Asia/Tokyo")).outside_hours > 5


@pytest.mark.parametrize("ceilings", [Ceilings(0, 21), Ceilings(3, 2)], ids=["daily", "weekly"])
def test_over_a_ceiling(ceilings: Ceilings, story: Played) -> None:
    broken = held_against(story, lambda promise: replace(promise, ceilings=ceilings))
    assert broken.over_a_ceiling > 5
    assert replace(broken, over_a_ceiling=0).nothing


def test_while_paused(story: Played) -> None:
    broken = held_against(story, lambda promise: replace(promise, paused_until_at=story.ends_at))
    assert broken.while_paused > 40
    assert replace(broken, while_paused=0).nothing


def test_a_plan_that_nobody_agreed_to(story: Played) -> None:
    rows = replace(story.rows, nudges=[replace(row, agreed_at=None) for row in story.rows.nudges])
    assert story.recount(rows).from_an_old_plan > 40


def test_words_that_reached_nobody(story: Played) -> None:
    rows = replace(story.rows, tasks=[], answers=[])
    assert story.recount(rows).unheard > 10


def test_a_planned_nudge_that_was_forgotten(story: Played) -> None:
    far_on = story.ends_at + timedelta(days=30)
    assert recount(story.rows, story.stage.main.promises, story.arrivals, far_on).lost > 10


def test_texts_that_no_row_tells_of_and_rows_that_no_phone_got(story: Played) -> None:
    assert story.recount(replace(story.rows, messages=[])).missing == len(story.arrivals)
    assert story.recount(arrivals=story.arrivals[1:]).missing == 1
