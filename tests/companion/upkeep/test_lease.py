"""Does one worker at a time have the work, and the next one soon after that one is gone?"""

import threading
from datetime import UTC, datetime, timedelta

from flask import Flask

from companion.upkeep import lease
from tests.support.databases import both

pytestmark = both

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LENGTH = timedelta(seconds=12)
SECOND = timedelta(seconds=1)


def hold(holder: str, now: datetime) -> bool:
    return lease.hold("leader", holder, now, LENGTH)


def test_who_has_it_keeps_it_and_nobody_else_gets_it(app: Flask) -> None:
    assert hold("one", NOW)
    assert not hold("two", NOW)
    assert hold("one", NOW + 4 * SECOND)
    assert not hold("two", NOW + 15 * SECOND)
    assert lease.hold("other work", "two", NOW, LENGTH)


def test_what_is_not_renewed_is_taken_over_and_is_not_taken_back(app: Flask) -> None:
    assert hold("one", NOW)
    assert not hold("two", NOW + LENGTH - SECOND)
    assert hold("two", NOW + LENGTH)
    assert not hold("one", NOW + LENGTH), "who was paused and wakes up has lost it"


def test_what_is_given_back_is_free_at_once(app: Flask) -> None:
    assert hold("one", NOW)
    lease.give_back("leader", "two", NOW)
    assert not hold("two", NOW), "nobody gives back what is another's"
    lease.give_back("leader", "one", NOW)
    assert hold("two", NOW)


def test_clocks_that_differ_a_little_do_not_quarrel_and_one_that_is_wrong_binds_nobody(app: Flask) -> None:
    assert hold("ahead", NOW + 10 * SECOND)
    assert not hold("two", NOW)
    assert hold("in another year", NOW + timedelta(days=365))
    assert hold("two", NOW + SECOND)


def test_of_many_who_ask_at_once_one_has_it(app: Flask) -> None:
    found: list[bool] = []

    def ask(holder: str) -> None:
        with app.app_context():
            found.append(hold(holder, NOW))

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 5 + [True]
