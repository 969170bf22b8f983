"""On which days is something done that recurs, and which rules are none that we take?"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.recurrence import RuleError, happens, local_days
from companion.domain.working_hours import WEEK, Weekday
from tests.support.cast import day

MONDAY = day("2026-11-23")
ALL = frozenset(WEEK)


def days(rule: str | None, start: date | None = MONDAY, due: date | None = None, length: int = 28) -> list[str]:
    """The days of four weeks from Monday on."""
    found = local_days(rule, start, due, MONDAY, MONDAY + timedelta(days=length - 1))
    return [each.isoformat()[5:] for each in sorted(found)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=10", "11-23 12-03 12-13"),
        ("FREQ=WEEKLY", "11-23 11-30 12-07 12-14"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR", "11-24 11-27 12-08 12-11"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "11-23 11-30"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261207", "11-23 11-30 12-07"),
        ("FREQ=MONTHLY;BYDAY=1TU", "12-01"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "11-27"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "11-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ""),
        ("FREQ=YEARLY", "11-23"),
    ],
)
def test_a_rule_has_these_days(rule: str, expected: str) -> None:
    assert days(rule) == expected.split()


def test_it_begins_with_its_start_and_ends_with_the_day_by_which() -> None:
    start, due = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    assert days("FREQ=DAILY", start, due) == days(None, start, due) == ["11-25", "11-26", "11-27"]
    assert days(None, None, due, 14) == ["11-23", "11-24", "11-25", "11-26", "11-27"]
    assert days("FREQ=DAILY", MONDAY, MONDAY - timedelta(days=1)) == []
    assert days("FREQ=DAILY;COUNT=3", MONDAY - timedelta(days=2)) == ["11-23"]


rules = st.one_of(
    st.integers(1, 299).map(lambda every: f"FREQ=DAILY;INTERVAL={every}"),
    st.builds(
        lambda every, on: f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(sorted(on))}",
        st.integers(1, 52),
        st.sets(st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")), min_size=1),
    ),
    st.integers(1, 28).map(lambda on: f"FREQ=MONTHLY;BYMONTHDAY={on}"),
)


@given(rule=rules, start=st.dates(day("2026-01-01"), day("2027-01-01")), ahead=st.integers(0, 900))
@settings(max_examples=150, deadline=None)
def test_a_window_far_ahead_has_the_days_that_counting_from_the_start_gives(rule: str, start: date, ahead: int) -> None:
    first, last = start + timedelta(days=ahead), start + timedelta(days=ahead + 13)
    whole = local_days(rule, start, None, start, last)
    assert local_days(rule, start, None, first, last) == {each for each in whole if each >= first}


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "every day",
        "FREQ=DAILY;",
        "freq=daily",
        "RRULE:FREQ=DAILY",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=300",
        "FREQ=MONTHLY;INTERVAL=13",
        "FREQ=DAILY;INTERVAL=\u0661",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270231",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=MO TU",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2",
        "FREQ=DAILY\nEXDATE:20270101",
        "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 100),
    ],
)
def test_other_rules_are_refused_in_words_of_our_own(rule: str) -> None:
    with pytest.raises(RuleError) as refused:
        happens(rule, MONDAY, None, ALL)
    assert rule == "" or rule not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "start", "due", "on", "expected"),
    [
        ("FREQ=DAILY", "2026-11-23", None, ALL, True),
        ("FREQ=DAILY;INTERVAL=7", "2026-11-23", None, {Weekday.TUE}, False),
        ("FREQ=WEEKLY;BYDAY=SU", "2026-11-23", "2026-11-28", ALL, False),
        ("FREQ=WEEKLY;BYDAY=SU", "2026-11-23", "2026-11-29", ALL, True),
        ("FREQ=DAILY;UNTIL=20261122", "2026-11-23", None, ALL, False),
        ("FREQ=YEARLY", "2028-02-29", None, ALL, True),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29", "2027-02-01", None, ALL, True),
        ("FREQ=DAILY", "9999-12-30", None, ALL, True),
    ],
)
def test_whether_it_ever_happens(rule: str, start: str, due: str | None, on: set[Weekday], expected: bool) -> None:
    assert happens(rule, day(start), due and day(due), frozenset(on)) is expected  # type: ignore[arg-type]


def test_a_day_that_no_month_has_is_refused() -> None:
    for rule, start in (
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", "2027-02-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12", "2027-04-01"),
    ):
        with pytest.raises(RuleError, match="never happens"):
            happens(rule, day(start), None, ALL)
