"""Does everything that the demonstration promises to show really happen in it, and is every promise kept?"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from api.demo.stage import ZONE
from api.demo.timeline import Sort
from companion.domain.answer import AnswerKind
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.task import TaskKind, TaskPriority, TaskStatus
from companion.use_cases import engagement
from tests.api.demo.conftest import Empty
from tests.api.demo.played import Played, play
from tests.support.databases import on_postgresql


def named(played: Played, name: str) -> list[str]:
    """What is told of one person, sort and words and notes in one line each."""
    return [f"{entry.sort.name} {entry.words} {' '.join(entry.notes)}" for entry in played.told if name in entry.who]


def reasons(played: Played, name: str) -> Counter[Reason | None]:
    """Why nudges of one person did not go."""
    mine = played.stage.main.patients[name].id
    return Counter(row.nudge.reason for row in played.rows.nudges if row.nudge.patient_id == mine)


def answers_of_every_kind(played: Played) -> bool:
    return {answer.kind for answer in played.rows.answers} == set(AnswerKind)


def a_stop_and_a_later_start(played: Played) -> bool:
    gwilym = played.stage.main.patients["Gwilym"].id
    said = [event.status for event in played.rows.consents if event.patient_id == gwilym]
    held = reasons(played, "Gwilym")[Reason.CONSENT_WITHDRAWN]
    return said == [ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN, ConsentStatus.GIVEN] and held >= 1


def a_stop_that_stays(played: Played) -> bool:
    bev = played.rows.patients[played.stage.main.patients["Bev"].id]
    return bev.text_consent is ConsentStatus.WITHDRAWN and reasons(played, "Bev")[Reason.CONSENT_WITHDRAWN] >= 3


def a_why_that_is_answered_from_the_plan(played: Played) -> bool:
    return any("TEXT_OUT" in told and "says: a short walk after lunch" in told for told in named(played, "Amina"))


def urgent_words_at_night(played: Played) -> bool:
    [urgent] = [task for task in played.rows.tasks if task.priority is TaskPriority.URGENT]
    [safety] = [message for message in played.rows.messages if message.kind is MessageKind.SAFETY]
    at_once = safety.sending_at is not None and safety.sending_at - urgent.created_at < timedelta(minutes=1)
    settled = urgent.completed_at is not None and urgent.completed_at <= urgent.due_at
    return (
        local(urgent.created_at, ZONE).hour == 2
        and at_once
        and settled
        and reasons(played, "Joan")[Reason.SAFETY_HOLD] >= 1
    )


def a_revision_that_takes_texts_back_and_plans_new_ones(played: Played) -> bool:
    joan = [row.nudge for row in played.rows.nudges if row.nudge.patient_id == played.stage.main.patients["Joan"].id]
    new = [nudge for nudge in joan if nudge.revision_number == 2 and nudge.status is NudgeStatus.SENT]
    return reasons(played, "Joan")[Reason.REVISION_STALE] >= 3 and len(new) >= 3


def an_outage_after_which_some_lapse_and_some_go_late_but_no_burst(played: Played) -> bool:
    [outage] = played.weather.forecast.outages
    lapsed = [row for row in played.rows.nudges if row.nudge.reason is Reason.EXPIRED]
    late = [row.nudge for row in played.rows.nudges if row.nudge.held_reason is Reason.CATCH_UP and row.nudge.texted_on]
    most = max(Counter(nudge.patient_id for nudge in late).values(), default=0)
    during = [arrival for arrival in played.arrivals if outage.starts_at <= arrival.at < outage.ends_at]
    return bool(lapsed) and most == 1 and not during


def a_lost_answer_that_is_settled_by_asking(played: Played) -> bool:
    unknown = [
        message
        for message in played.rows.messages
        if any(tried.outcome is MessageStatus.UNKNOWN for tried in played.rows.attempts[message.id])
    ]
    return [(message.status, message.attempts) for message in unknown] == [(MessageStatus.DELIVERED, 1)]


def a_stranger_who_is_heard(played: Played) -> bool:
    return [task.status for task in played.rows.tasks if task.kind is TaskKind.UNKNOWN_NUMBER] == [TaskStatus.COMPLETED]


def another_zone(played: Played) -> bool:
    return any(entry.who == "Pat (Madrid)" and entry.time == "8:20am" and entry.at.hour == 7 for entry in played.told)


def fewer_texts_for_who_asked(played: Played) -> bool:
    return reasons(played, "Dee")[Reason.PREFERENCES_CHANGED] >= 2


def later_texts_for_who_asked(played: Played) -> bool:
    return reasons(played, "Tomasz")[Reason.PREFERENCES_CHANGED] >= 2


def a_pause_that_ends(played: Played) -> bool:
    went = [told for told in named(played, "Farida") if told.startswith(Sort.NUDGE.name)]
    return reasons(played, "Farida")[Reason.PAUSED] >= 3 and bool(went)


def somebody_who_never_agreed(played: Played) -> bool:
    return not named(played, "Marlon") and not reasons(played, "Marlon")


def somebody_quiet(played: Played) -> bool:
    sorts = {told.split()[0] for told in named(played, "Pat")}
    return Sort.NUDGE.name in sorts and Sort.TEXT_IN.name not in sorts


def words_that_wait_for_a_person(played: Played) -> bool:
    waiting = [task for task in played.rows.tasks if task.status is TaskStatus.REQUESTED]
    return len(waiting) >= 2 and all(task.due_at > played.ends_at for task in waiting)


EVENTS: tuple[Callable[[Played], bool], ...] = (
    answers_of_every_kind,
    a_stop_and_a_later_start,
    a_stop_that_stays,
    a_why_that_is_answered_from_the_plan,
    urgent_words_at_night,
    a_revision_that_takes_texts_back_and_plans_new_ones,
    an_outage_after_which_some_lapse_and_some_go_late_but_no_burst,
    a_lost_answer_that_is_settled_by_asking,
    a_stranger_who_is_heard,
    another_zone,
    fewer_texts_for_who_asked,
    later_texts_for_who_asked,
    a_pause_that_ends,
    somebody_who_never_agreed,
    somebody_quiet,
    words_that_wait_for_a_person,
)


@pytest.mark.parametrize("happened", EVENTS, ids=lambda event: event.__name__)
def test_it_happens(happened: Callable[[Played], bool], story: Played) -> None:
    assert happened(story)


def test_every_promise_is_kept(story: Played) -> None:
    assert len(story.arrivals) > 40
    assert story.recount().nothing, story.recount()


@on_postgresql
@pytest.mark.usefixtures("app")
def test_postgresql_tells_the_same_story(story: Played) -> None:
    played = play()
    assert played.told == story.told
    assert played.recount().nothing, played.recount()
    figures = engagement.by_behaviour(played.stage.main.manager, played.first, played.ends_at.date(), played.ends_at)
    assert figures.total.sent == sum(row.nudge.status is NudgeStatus.SENT for row in played.rows.nudges)


# The last Sunday of March with Easter after it; the last of October. Another weekday and hour each.
ENDS = (
    datetime(2026, 4, 7, 2, 30, tzinfo=UTC),
    datetime(2026, 10, 28, 23, 59, tzinfo=UTC),
)


@pytest.mark.parametrize("ends_at", ENDS, ids=lambda moment: f"{moment:%d-%b}")
def test_the_promises_hold_on_odd_days_too(ends_at: datetime, empty: Empty) -> None:
    with empty():
        played = play((ends_at - timedelta(days=14)).date(), ends_at, chance=2)
    assert played.recount().nothing, played.recount()
    assert urgent_words_at_night(played)
    assert words_that_wait_for_a_person(played)
