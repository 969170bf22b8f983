"""How do the fates of nudges add up, by behaviour?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from companion.domain.behaviour import Behaviour
from companion.domain.message import MessageStatus
from companion.domain.nudge import NudgeStatus, Reason


@dataclass(frozen=True, slots=True)
class Fate:
    """How many nudges ended, or stand, in the same way."""

    behaviour: Behaviour
    status: NudgeStatus
    reason: Reason | None
    message_status: MessageStatus | None
    answered: bool
    count: int


@dataclass(slots=True)
class Tally:
    """Counts of nudges. planned = waiting + sent + skipped + lapsed: what was replaced by a newer plan is apart.

    sent: the provider was asked; delivered and answered are among those. held_back names the reasons of
    skipped and lapsed ones.
    """

    planned: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    answered: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    lapsed: int = 0
    replaced: int = 0
    held_back: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """The manager's figures for slots from `from_on` to `to_on`; `people` is how many persons were texted."""

    from_on: date
    to_on: date
    people: int
    behaviours: dict[Behaviour, Tally]
    total: Tally
    counted_at: datetime


FAILED = frozenset({MessageStatus.PERMANENT_FAILURE, MessageStatus.TEMPORARY_FAILURE, MessageStatus.TECHNICAL_FAILURE})


def figures(fates: Iterable[Fate], from_on: date, to_on: date, people: int, now: datetime) -> Figures:
    """Add the fates up, by behaviour and in all."""
    behaviours = {behaviour: Tally() for behaviour in Behaviour}
    total = Tally()
    for fate in fates:
        for tally in (behaviours[fate.behaviour], total):
            _count(tally, fate)
    return Figures(from_on, to_on, people, behaviours, total, now)


def _count(tally: Tally, fate: Fate) -> None:
    if fate.status is NudgeStatus.CANCELLED:
        tally.replaced += fate.count
        return
    tally.planned += fate.count
    if fate.answered:
        tally.answered += fate.count
    match fate.status:
        case NudgeStatus.PLANNED | NudgeStatus.CLAIMED:
            tally.waiting += fate.count
        case NudgeStatus.SKIPPED:
            tally.skipped += fate.count
        case NudgeStatus.LAPSED:
            tally.lapsed += fate.count
        case NudgeStatus.SENT:
            tally.sent += fate.count
            tally.delivered += fate.count * (fate.message_status is MessageStatus.DELIVERED)
            tally.failed += fate.count * (fate.message_status in FAILED)
            tally.unknown += fate.count * (fate.message_status is MessageStatus.UNKNOWN)
    if fate.reason is not None:
        tally.held_back[fate.reason] = tally.held_back.get(fate.reason, 0) + fate.count
