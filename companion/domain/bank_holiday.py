"""On which days is the pain service closed because the country is?"""

from datetime import date, timedelta
from functools import cache

from companion.lazy import lazy

holidays = lazy("holidays")

REGIONS = frozenset({"ENG", "WLS", "SCT", "NIR"})


@cache
def of_year(region: str, year: int) -> frozenset[date]:
    """The bank holidays of a UK country ('ENG', 'WLS', 'SCT', 'NIR') in a year."""
    return frozenset(holidays.country_holidays("GB", subdiv=region, years=year))


@cache
def around(region: str, day: date, days: int = 40) -> frozenset[date]:
    """The bank holidays of the region from the day before `day` to `days` after it."""
    first, last = day - timedelta(days=1), day + timedelta(days=days)
    years = range(first.year, last.year + 1)
    return frozenset(held for year in years for held in of_year(region, year) if first <= held <= last)
