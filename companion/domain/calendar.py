"""Which day is so many months or years after another?"""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day of the month, so many months on (or back, if negative); the month's last if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 28 February where there is no 29th."""
    return months_after(day, 12 * years)


def first_of_month(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def whole_months(from_on: date, to_on: date) -> list[date]:
    """The first days of the months that lie wholly from `from_on` to `to_on`, both in."""
    numbers = range(from_on.year * 12 + from_on.month - 1, to_on.year * 12 + to_on.month)
    months = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [month for month in months if month >= from_on and _last_of_month(month) <= to_on]


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
