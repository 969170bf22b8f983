"""Recurrence rules in plain words."""

from datetime import date

from companion.domain.local_words import day_words, listed

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_WHICH = {"-1": "the last", "1": "the first", "2": "the second", "3": "the third", "4": "the fourth", "": "every"}
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
# Every month has this many days; a later day is missing from some.
_SHORTEST = 28
_LEAP_DAY = (2, 29)


def words(rule: str, starts_on: date | None = None) -> str:
    """Return a sound rule in words: 'every 2 weeks, on Monday and Thursday, 10 times'.

    A day that some months do not have is left out in those months, and the words say so. starts_on: the day that the
    rule is counted from; a monthly or yearly rule without days of its own takes its day from it.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    unit = _UNITS[frequency]
    said = [f"every {unit}" if interval == 1 else f"every {interval} {unit}s"]
    if "BYDAY" in parts:
        days = [_weekday(day, frequency) for day in parts["BYDAY"].split(",")]
        said.append(f"on {listed(days)}")
    elif "BYMONTHDAY" in parts:
        said.append(_month_days([int(day) for day in parts["BYMONTHDAY"].split(",")]))
    elif frequency == "MONTHLY" and starts_on is not None:
        said.append(_month_days([starts_on.day]))
    elif frequency == "YEARLY" and starts_on is not None and (starts_on.month, starts_on.day) == _LEAP_DAY:
        said.append("on 29 February (years without that day are left out)")
    if "COUNT" in parts:
        said.append("once" if parts["COUNT"] == "1" else f"{parts['COUNT']} times")
    if "UNTIL" in parts:
        said.append(f"until {day_words(date.fromisoformat(parts['UNTIL']))}")
    return ", ".join(said)


def _weekday(day: str, frequency: str) -> str:
    name = _DAYS[day[-2:]]
    return name if frequency == "WEEKLY" else f"{_WHICH[day[:-2]]} {name}"


def _month_days(days: list[int]) -> str:
    named = listed(["the last day" if day == -1 else f"the {day}{_ENDINGS.get(day, 'th')}" for day in days])
    return f"on {named} (months without that day are left out)" if max(days) > _SHORTEST else f"on {named}"
