"""Does a count of tries hold, however many try at once, and does it end when it says?"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.db import reading, transaction
from companion.domain.limit import ALLOWED, DAY, HOUR, MINUTE, Allowance, LimitKind
from companion.domain.refusal import TooManyError
from companion.models import LimitUse
from companion.records import limit
from companion.upkeep import limit as limits
from tests.api.caller import at_once
from tests.support.cast import MONDAY
from tests.support.databases import both

pytestmark = both

NUMBER = "+447700900101"


def take(now: datetime = MONDAY, key: str = NUMBER, what: LimitKind = LimitKind.CODE_NUMBER) -> int:
    """One try: 0, or for how many seconds to wait."""
    try:
        with transaction() as session:
            limit.take(session, what, key, now)
    except TooManyError as refusal:
        return refusal.retry_after
    return 0


def kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(LimitUse)) or 0


def test_every_kind_has_limits_that_grow() -> None:
    assert set(ALLOWED) == set(LimitKind)
    for allowed in ALLOWED.values():
        assert list(allowed) == sorted(allowed, key=lambda each: each.within)
        assert [each.tries for each in allowed] == sorted({each.tries for each in allowed})


def test_so_many_and_no_more_until_the_time_is_over(app: Flask) -> None:
    first, second = ALLOWED[LimitKind.CODE_NUMBER]
    assert (first, second) == (Allowance(3, 15 * MINUTE), Allowance(10, DAY))
    assert [take(MONDAY + timedelta(minutes=minute)) for minute in range(3)] == [0, 0, 0]
    assert take(MONDAY + timedelta(minutes=3)) == 12 * 60
    assert take(MONDAY + timedelta(minutes=15)) == 0


def test_the_longer_limit_holds_though_the_shorter_one_is_over(app: Flask) -> None:
    assert [take(MONDAY + hour * HOUR) for hour in range(10)] == [0] * 10
    assert take(MONDAY + 10 * HOUR) == 14 * 60 * 60
    assert take(MONDAY + DAY) == 0


def test_one_key_and_one_kind_do_not_count_for_another(app: Flask) -> None:
    assert [take() for _ in range(3)] == [0, 0, 0]
    assert take() > 0
    assert take(key="+447700900102") == 0
    assert take(what=LimitKind.LINK_PATIENT) == 0


def test_a_clock_that_was_set_back_keeps_nobody_out_for_long(app: Flask) -> None:
    assert [take(MONDAY + 300 * DAY) for _ in range(3)] == [0, 0, 0]
    assert take(MONDAY) == 0


def test_of_the_key_nothing_can_be_read(app: Flask) -> None:
    take()
    with reading() as session:
        for row in session.scalars(select(LimitUse)):
            assert NUMBER not in row.mac
            assert len(row.mac) == 64


def test_many_at_once_get_no_more_than_one_after_the_other(app: Flask) -> None:
    def inside() -> Callable[[], int]:
        def call() -> int:
            with app.app_context():
                return take()

        return call

    waits = at_once(*[inside() for _ in range(12)])
    assert sorted(waits)[:4] == [0, 0, 0, 15 * 60]


def test_it_can_begin_anew(app: Flask) -> None:
    while not take():
        pass
    with transaction() as session:
        limit.forget(session, LimitKind.CODE_NUMBER, NUMBER)
    assert take() == 0


def test_what_is_over_is_swept_away_and_the_rest_stays(app: Flask) -> None:
    with suppress(TooManyError):
        take()
    assert kept() == 2
    limits.sweep(MONDAY + DAY + HOUR)
    assert kept() == 1
    limits.sweep(MONDAY + 2 * DAY + HOUR)
    assert kept() == 0


@pytest.mark.parametrize("what", LimitKind)
def test_every_kind_ends(app: Flask, what: LimitKind) -> None:
    tries = ALLOWED[what][0].tries
    assert [take(what=what) for _ in range(tries)] == [0] * tries
    assert take(what=what) == ALLOWED[what][0].within.total_seconds()
