"""When, and how often, may this person be nudged?"""

from dataclasses import dataclass
from datetime import time

from companion.domain.refusal import Fault
from companion.domain.working_hours import MIDNIGHT, WEEK, Hours

# NHS Notify sends texts between 8am and 6pm on weekdays only (its delivery times page).
DEFAULT_HOURS = Hours(time(8), time(18), frozenset(WEEK[:5]))
DEFAULT_DAILY_CEILING = 1
DEFAULT_WEEKLY_CEILING = 3


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most nudges for one person in one local day, and in any seven local days in a row (P5)."""

    daily: int = DEFAULT_DAILY_CEILING
    weekly: int = DEFAULT_WEEKLY_CEILING


def faults(hours: Hours, ceilings: Ceilings, outer: Hours, most: Ceilings) -> list[Fault]:
    """What is wrong with a person's preferences, measured against what their pain service allows at most."""
    found = []
    if hours.local_end != MIDNIGHT and hours.local_start >= hours.local_end:
        found.append(Fault("local_end", "The end time must be after the start time."))
    elif not hours.within(outer):
        words = f"The pain service sends texts from {outer.local_start:%H:%M} to {outer.local_end:%H:%M} only"
        days = " ".join(day for day in WEEK if day in outer.days_of_week)
        found.append(Fault("local_start", f"{words}, on {days}. Choose hours and days within that."))
    if not hours.days_of_week:
        found.append(Fault("days_of_week", "Choose at least one day, or pause the texts instead."))
    if not 0 <= ceilings.daily <= most.daily:
        found.append(Fault("daily_ceiling", f"Choose a number from 0 to {most.daily}."))
    if not 0 <= ceilings.weekly <= most.weekly:
        found.append(Fault("weekly_ceiling", f"Choose a number from 0 to {most.weekly}."))
    return found
