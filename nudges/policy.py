"""Of all the slots there could be, which shall be planned?"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from companion.domain.behaviour import Behaviour
from companion.domain.preference import Ceilings
from nudges.schedule import Slot

# Stored with every nudge: which rule chose it, and with what probability (P7). Rotation leaves nothing to chance.
ROTATION = "rotation/1"
CERTAIN = 1.0

Past = tuple[date, Behaviour]


def rotation(candidates: Iterable[Slot], ceilings: Ceilings, past: Iterable[Past]) -> list[Slot]:
    """Take the behaviours in turn, within the person's ceilings.

    `past` are the local days and behaviours of nudges that went or stand planned already. On each day the
    behaviour that was nudged longest ago comes first. Any seven days in a row, those planned already
    included, stay within the weekly ceiling.
    """
    per_day: Counter[date] = Counter()
    last_on: dict[Behaviour, date] = {}
    for day, behaviour in past:
        per_day[day] += 1
        last_on[behaviour] = max(day, last_on.get(behaviour, day))
    chosen = []
    by_day: dict[date, list[Slot]] = {}
    for slot in candidates:
        by_day.setdefault(slot.slot_on, []).append(slot)
    for day in sorted(by_day):
        waiting = by_day[day]
        while waiting and per_day[day] < ceilings.daily and _room_in_every_week(per_day, day, ceilings.weekly):
            slot = min(waiting, key=lambda item: (last_on.get(item.behaviour, date.min), item.due_at, item.line))
            waiting.remove(slot)
            chosen.append(slot)
            per_day[day] += 1
            last_on[slot.behaviour] = day
    return chosen


def _room_in_every_week(per_day: Counter[date], day: date, weekly: int) -> bool:
    """Whether one more on `day` leaves every run of seven days that holds it within the ceiling."""
    for start in (day - timedelta(days=back) for back in range(7)):
        if sum(per_day[start + timedelta(days=ahead)] for ahead in range(7)) >= weekly:
            return False
    return True
