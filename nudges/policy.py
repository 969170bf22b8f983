"""Of all the slots there could be, which shall be planned?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from companion.domain.behaviour import Behaviour
from companion.domain.preference import Ceilings
from nudges.schedule import Slot

# Stored with every nudge: which rule chose it, and with what probability (P7). Rotation leaves nothing to chance.
ROTATION = "rotation/1"
CERTAIN = 1.0

Past = tuple[date, Behaviour]


def rotation(candidates: Iterable[Slot], ceilings: Ceilings, past: Iterable[Past]) -> list[Slot]:
    """Take the behaviours in turn, spread over the week, within the person's ceilings.

    `past` are the local days and behaviours of nudges that went or stand planned already. On each day the
    behaviour that was nudged longest ago comes first. Days with texts lie as far apart as the weekly ceiling
    allows (three a week: every other day); only what then is left over fills the days between. Any seven days
    in a row, those planned already included, stay within the weekly ceiling.
    """
    per_day: Counter[date] = Counter()
    last_on: dict[Behaviour, date] = {}
    for day, behaviour in past:
        per_day[day] += 1
        last_on[behaviour] = max(day, last_on.get(behaviour, day))
    waiting: dict[date, list[Slot]] = {}
    for slot in candidates:
        waiting.setdefault(slot.slot_on, []).append(slot)

    def turn(slot: Slot) -> tuple[date, datetime, str]:
        return last_on.get(slot.behaviour, date.min), slot.due_at, slot.line

    chosen = []
    # The days first, the behaviours after, from day to day: a day filled in between would come out of turn.
    for day, texts in sorted(_spread({day: len(waiting[day]) for day in waiting}, ceilings, per_day).items()):
        for _ in range(texts):
            slot = min(waiting[day], key=turn)
            waiting[day].remove(slot)
            chosen.append(slot)
            last_on[slot.behaviour] = max(day, last_on.get(slot.behaviour, day))
    return sorted(chosen, key=lambda slot: (slot.due_at, slot.line))


def _spread(available: Mapping[date, int], ceilings: Ceilings, standing: Counter[date]) -> Counter[date]:
    """How many texts more each day gets, of those that it has `available`, beside those that stand already."""
    more: Counter[date] = Counter()
    per_day = standing.copy()
    apart = 7 // ceilings.weekly if ceilings.weekly else 0
    for gap in (apart, 0):
        for day in sorted(available):
            while (
                more[day] < available[day]
                and per_day[day] < ceilings.daily
                and _room_in_every_week(per_day, day, ceilings.weekly)
                and not _near_another(per_day, day, gap)
            ):
                more[day] += 1
                per_day[day] += 1
    return more


def _near_another(per_day: Counter[date], day: date, gap: int) -> bool:
    """Whether a day with texts lies less than `gap` days before or after; texts on `day` itself do not count."""
    around = (timedelta(days=distance) for distance in range(1, gap))
    return any(per_day[day - off] or per_day[day + off] for off in around)


def _room_in_every_week(per_day: Counter[date], day: date, weekly: int) -> bool:
    """Whether one more on `day` leaves every run of seven days that holds it within the ceiling."""
    for start in (day - timedelta(days=back) for back in range(7)):
        if sum(per_day[start + timedelta(days=ahead)] for ahead in range(7)) >= weekly:
            return False
    return True
