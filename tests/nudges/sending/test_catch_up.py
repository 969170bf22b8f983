"""When an outage is over, is what is late spread out, at most one for each person, and what is stale let go?"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity
from companion.domain.local_time import local
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours
from companion.models import Message, Nudge, Patient
from companion.use_cases import patient
from nudges import planner
from tests.support import cast
from tests.support.providers import Provider, down
from tests.support.world import World

LATE = timedelta(minutes=15)
LONDON = "Europe/London"


@pytest.fixture
def gateway() -> Provider:
    """Phones, behind a provider that can be down."""
    return Provider()


def plan_at(*times: time) -> tuple[Activity, ...]:
    """A line of the plan at each of these times, every working day."""
    return tuple(
        Activity(Behaviour.CURIOUS, f"Notice {number}", cast.WORKING_DAYS, line=f"line-{number}", time_of_day=at)
        for number, at in enumerate(times)
    )


def join(world: World, people: int, times: tuple[time, ...], ceilings: Ceilings) -> list[Patient]:
    """So many people, from 9 to 5 on working days, and everything is planned."""
    joined = []
    for number in range(people):
        who = cast.enrolment(
            nhs_number=f"999003{number:04}",
            mobile=f"+447700900{200 + number}",
            hours=Hours(time(9), time(17), cast.WORKING_DAYS),
            ceilings=ceilings,
        )
        joined.append(patient.enrol(world.people.ben, who, world.now))
        world.people.agree_plan(cast.plan_content(activities=plan_at(*times)), of=joined[-1])
    planner.plan(world.now)
    return joined


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """On that Monday, or so many days after it."""
    return cast.MONDAY.replace(hour=hour, minute=minute) + timedelta(days=days)


def beat_until(world: World, end: datetime) -> None:
    """Send every five minutes."""
    while world.now < end:
        world.now += timedelta(minutes=5)
        world.send()


def sent(world: World) -> list[Message]:
    """What went, in order."""
    return sorted((text for text in world.messages() if text.sent_at), key=lambda text: text.sent_at or world.now)


def due(world: World) -> dict[UUID, Nudge]:
    """Every nudge by its id."""
    return {nudge.id: nudge for nudge in world.nudges()}


def assert_promises(world: World, before: dict[UUID, Nudge], ceilings: Ceilings) -> None:
    """Whatever happened: in hours, within the ceilings, one late text a day at most, and a reason for all the rest."""
    texts: dict[UUID, Counter[date]] = defaultdict(Counter)
    late: dict[UUID, Counter[date]] = defaultdict(Counter)
    for text in sent(world):
        assert text.patient_id is not None
        assert text.nudge_id is not None
        assert text.sent_at is not None
        there = local(text.sent_at, LONDON)
        assert time(9) <= there.time() < time(17)
        assert there.weekday() < 5
        assert text.sent_at < before[text.nudge_id].expires_at
        texts[text.patient_id][there.date()] += 1
        late[text.patient_id][there.date()] += text.sent_at - before[text.nudge_id].due_at > LATE
    for who, days in texts.items():
        assert max(days.values()) <= ceilings.daily
        assert max(late[who].values()) <= 1
        for day in days:
            assert sum(days[day - timedelta(back)] for back in range(7)) <= ceilings.weekly
    for nudge in world.nudges():
        if before[nudge.id].expires_at <= world.now:
            assert nudge.status in (NudgeStatus.SENT, NudgeStatus.LAPSED, NudgeStatus.SKIPPED)
            assert (nudge.reason is None) is (nudge.status is NudgeStatus.SENT)


CEILINGS = Ceilings(daily=3, weekly=9)
OFTEN = (time(10), time(11), time(12))


@pytest.mark.parametrize("worker_is_down", [True, False])
def test_after_hours_of_outage_each_gets_one_late_text_and_not_all_at_once(
    world: World, gateway: Provider, worker_is_down: bool
) -> None:
    people = join(world, 10, OFTEN, CEILINGS)
    before = due(world)
    if worker_is_down:
        world.now = at(12, 30)
    else:
        gateway.mood = down()
        world.now = at(9, 55)
        beat_until(world, at(12, 30))
        gateway.mood = None
    beat_until(world, at(17))
    today = [text for text in sent(world) if text.sent_at and text.sent_at < at(17)]
    late = [text for text in today if text.sent_at and text.sent_at - before[text.nudge_id].due_at > LATE]  # type: ignore[index]
    assert len({text.patient_id for text in late}) == len(late) == len(people)
    if worker_is_down:
        minutes = Counter(text.sent_at for text in late)
        assert max(minutes.values()) <= len(people) // 2
        assert len(minutes) >= 4
    reasons = {nudge.reason for nudge in world.nudges() if nudge.status is NudgeStatus.LAPSED}
    assert Reason.CAUGHT_UP in reasons
    assert reasons <= {Reason.CAUGHT_UP, Reason.EXPIRED, Reason.OUTSIDE_HOURS}
    assert_promises(world, before, CEILINGS)


def test_what_came_due_while_the_provider_was_down_does_not_go_all_at_once(world: World, gateway: Provider) -> None:
    # So many that chance alone cannot bring half of them into the last quarter of an hour, which is not late yet.
    people = join(world, 60, (time(10),), Ceilings(2, 9))
    gateway.mood = down()
    world.now = at(9, 55)
    beat_until(world, at(13, 30))
    gateway.mood = None
    while world.now < at(14):
        world.now += timedelta(minutes=1)
        world.send()
    minutes = Counter(text.sent_at for text in sent(world))
    assert sum(minutes.values()) > len(people) // 2
    assert max(minutes.values()) <= len(people) // 2


def test_what_is_too_old_lapses_and_says_so(world: World, gateway: Provider) -> None:
    join(world, 3, (time(9, 30),), Ceilings(2, 7))
    before = due(world)
    world.now = at(13, 30)
    world.send()
    gone = [nudge for nudge in world.nudges() if before[nudge.id].due_at < at(13)]
    assert {(nudge.status, nudge.reason) for nudge in gone} == {(NudgeStatus.LAPSED, Reason.EXPIRED)}
    assert gateway.heard == []


def test_one_late_text_does_not_take_the_place_of_one_in_time(world: World, gateway: Provider) -> None:
    join(world, 4, (time(10), time(15)), Ceilings(2, 9))
    before = due(world)
    world.now = at(10, 30)
    beat_until(world, at(17))
    assert Counter(text.patient_id for text in sent(world)).most_common()[-1][1] == 2
    assert_promises(world, before, Ceilings(2, 9))


def test_after_ten_days_only_todays_go(world: World, gateway: Provider) -> None:
    each = Ceilings(daily=2, weekly=10)
    people = join(world, 6, OFTEN, each)
    before = due(world)
    back = at(11, 30, days=10)
    world.now = back
    world.beat()
    before = due(world) | before
    beat_until(world, at(17, days=10))
    assert sent(world)
    assert {text.sent_at.date() for text in sent(world) if text.sent_at} == {back.date()}
    assert {before[text.nudge_id].due_at.date() for text in sent(world) if text.nudge_id} == {back.date()}
    old = [nudge for nudge in world.nudges() if before[nudge.id].due_at.date() < back.date()]
    assert old
    assert {(nudge.status, nudge.reason) for nudge in old} == {(NudgeStatus.LAPSED, Reason.EXPIRED)}
    assert len({text.patient_id for text in sent(world)}) == len(people)
    assert_promises(world, before, each)


def test_an_outage_that_ends_at_night_or_on_a_saturday_waits_for_nobodys_hours(world: World, gateway: Provider) -> None:
    join(world, 3, OFTEN, CEILINGS)
    for end in (at(23), at(11, days=5)):
        world.now = end
        world.send()
        assert gateway.heard == []
    assert {nudge.reason for nudge in world.nudges() if nudge.settled_at} <= {Reason.EXPIRED, Reason.OUTSIDE_HOURS}


def test_an_interruption_of_minutes_is_none(world: World, gateway: Provider) -> None:
    join(world, 3, (time(10),), Ceilings(1, 5))
    world.now = at(10, 14)
    world.send()
    assert len(gateway.kept) == 3
