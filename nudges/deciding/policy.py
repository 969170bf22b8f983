"""Of all the slots there could be, which shall be planned?"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from companion.domain.behaviour import Behaviour
from companion.domain.preference import Ceilings
from nudges.deciding.schedule import Slot, by_due_time

# Stored with every nudge: which rule chose it, and with what probability (P7). Rotation leaves nothing to chance.
ROTATION = "rotation/1"
CERTAIN = 1.0

Past = tuple[date, Behaviour]
PerDay = tuple[tuple[date, int], ...]


def rotation(candidates: Iterable[Slot], ceilings: Ceilings, past: Iterable[Past]) -> list[Slot]:
    """Take the behaviours in turn, spread over the week, within the person's ceilings.

    `past` are the local days and behaviours of nudges that went or stand planned already. On each day the
    behaviour that was nudged longest ago comes first. Days with texts lie as far apart as the weekly ceiling
    allows (three a week: every other day); only what then is left over fills the days between. Any seven days
    in a row, those planned already included, stay within the weekly ceiling.
    """
    per_day: dict[date, int] = {}
    last_on: dict[Behaviour, date] = {}
    for day, behaviour in past:
        per_day[day] = per_day.get(day, 0) + 1
        last_on[behaviour] = max(day, last_on.get(behaviour, day))
    waiting: dict[date, list[Slot]] = {}
    for slot in candidates:
        waiting.setdefault(slot.slot_on, []).append(slot)
    # More than a day may have makes no difference; and most people's days look alike, so that few are worked out.
    available = tuple((day, min(len(waiting[day]), ceilings.daily)) for day in sorted(waiting))

    def turn(slot: Slot) -> tuple[date, datetime, str]:
        return last_on.get(slot.behaviour, date.min), slot.due_at, slot.line

    chosen = []
    # The days first, the behaviours after, from day to day: a day filled in between would come out of turn.
    for day, texts in _spread(available, ceilings, tuple(sorted(per_day.items()))):
        for _ in range(texts):
            left = waiting[day]
            slot = min(left, key=turn) if len(left) > 1 else left[0]
            left.remove(slot)
            chosen.append(slot)
            last_on[slot.behaviour] = max(day, last_on.get(slot.behaviour, day))
    return sorted(chosen, key=by_due_time)


@lru_cache(maxsize=4096)
def _spread(available: PerDay, ceilings: Ceilings, standing: PerDay) -> PerDay:
    """How many texts more each day gets, of those that it has `available`, beside those that stand already.

    Days come and go in their order.
    """
    if not available:
        return ()
    more = dict.fromkeys((day for day, _ in available), 0)
    calendar = _Calendar(available[0][0], available[-1][0], standing)
    apart = 7 // ceilings.weekly if ceilings.weekly else 0
    for gap in (apart, 0):
        for day, texts in available:
            while more[day] < texts and calendar.has_room(day, ceilings, gap):
                more[day] += 1
                calendar.add(day, 1)
    return tuple(more.items())


class _Calendar:
    """How many texts each day has, and each seven days in a row. Updated incrementally: a plan asks hundreds of times.

    It holds the days from the first to the last one asked about, and six more at either end: whatever shares a week.
    """

    def __init__(self, first: date, last: date, standing: PerDay) -> None:
        self._first = first.toordinal() - 6
        self._days = [0] * (last.toordinal() - first.toordinal() + 13)
        self._weeks = [0] * len(self._days)  # the seven days that begin with this one
        for day, texts in standing:
            if 0 <= day.toordinal() - self._first < len(self._days):
                self.add(day, texts)

    def add(self, day: date, texts: int) -> None:
        """Count so many texts more on that day."""
        at = day.toordinal() - self._first
        self._days[at] += texts
        for start in range(max(0, at - 6), at + 1):
            self._weeks[start] += texts

    def has_room(self, day: date, ceilings: Ceilings, gap: int) -> bool:
        """Whether one more on `day` keeps the day, and every seven days in a row that hold it, within the ceilings,
        and no other day with texts lies less than `gap` days before or after."""
        at = day.toordinal() - self._first
        return (
            self._days[at] < ceilings.daily
            and max(self._weeks[at - 6 : at + 1]) < ceilings.weekly
            and not any(self._days[at - gap + 1 : at])
            and not any(self._days[at + 1 : at + gap])
        )
