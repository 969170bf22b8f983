"""Recurrence rules in plain words."""

from collections.abc import Sequence
from datetime import date

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


def words(rule: str) -> str:
    """A sound rule in words: 'every 2 weeks, on Monday and Thursday, 10 times'. See recurrence.py for what is sound."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit, interval = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    said = [f"every {unit}" if interval == 1 else f"every {interval} {unit}s"]
    if "BYDAY" in parts:
        days = [_weekday(day, parts["FREQ"]) for day in parts["BYDAY"].split(",")]
        said.append(f"on {_listed(days)}")
    if "BYMONTHDAY" in parts:
        said.append(f"on {_listed([_day_of_month(int(day)) for day in parts['BYMONTHDAY'].split(',')])}")
    if "COUNT" in parts:
        said.append("once" if parts["COUNT"] == "1" else f"{parts['COUNT']} times")
    if "UNTIL" in parts:
        said.append(f"until {day_words(date.fromisoformat(parts['UNTIL']))}")
    return ", ".join(said)


def day_words(day: date) -> str:
    """A day as people here write it: '3 March 2026'."""
    return f"{day.day} {day:%B %Y}"


def _weekday(day: str, frequency: str) -> str:
    name = _DAYS[day[-2:]]
    return name if frequency == "WEEKLY" else f"{_WHICH[day[:-2]]} {name}"


def _day_of_month(day: int) -> str:
    return "the last day" if day == -1 else f"the {day}{_ENDINGS.get(day, 'th')}"


def _listed(several: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(several[:-1]), several[-1]]))
