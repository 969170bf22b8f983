"""Are the days on which the country is closed those that gov.uk lists?"""

from datetime import date, timedelta

import pytest

from companion.domain.bank_holiday import REGIONS, around, of_year

# gov.uk/bank-holidays, for 2026, Mondays to Fridays. Good Friday, both May days and the August one differ by region.
ENGLAND = {"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"}
OFFICIAL = {
    "ENG": ENGLAND,
    "WLS": ENGLAND,
    "SCT": {"01-01", "01-02", "04-03", "05-04", "05-25", "06-15", "08-03", "11-30", "12-25", "12-28"},
    "NIR": ENGLAND | {"03-17", "07-13"},
}


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_the_working_days_of_2026_that_are_free(region: str) -> None:
    free = {f"{day:%m-%d}" for day in of_year(region, 2026) if day.weekday() < 5}
    assert free == OFFICIAL[region]


def test_a_saturday_boxing_day_is_kept_beside_its_monday() -> None:
    assert {date(2026, 12, 26), date(2026, 12, 28)} <= of_year("ENG", 2026)


def test_the_days_around_reach_over_the_new_year() -> None:
    found = around("ENG", date(2026, 12, 25))
    assert {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)} <= found
    assert date(2026, 8, 31) not in found


@pytest.mark.parametrize(
    ("today", "days", "inside"),
    [
        ("2026-05-05", 40, True),  # yesterday, for who lives west of here
        ("2026-05-06", 40, False),
        ("2026-05-04", 0, True),
        ("2026-05-03", 0, False),
        ("2026-05-03", 1, True),
        ("2026-03-25", 40, True),
        ("2026-03-24", 40, False),
    ],
)
def test_from_yesterday_to_so_many_days_ahead(today: str, days: int, inside: bool) -> None:
    assert (date(2026, 5, 4) in around("ENG", date.fromisoformat(today), days)) is inside


def test_no_day_outside_is_among_those_around() -> None:
    for month in range(1, 13):
        today = date(2026, month, 15)
        assert all(today - timedelta(days=1) <= day <= today + timedelta(days=40) for day in around("SCT", today))
