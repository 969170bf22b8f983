"""Were the promises kept? Counted again, from the rows and the phones, by other code than that which keeps them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from api.demo.stage import REGION, Promise
from api.demo.weather import Arrival
from companion.domain import bank_holiday
from companion.domain.consent import ConsentStatus
from companion.domain.message import MessageKind, MessageStatus
from companion.domain.nudge import NudgeStatus
from companion.domain.task import TaskPriority
from companion.domain.working_hours import WEEK
from companion.use_cases.ledger import Ledger, NudgeRow

# An attempt with one of these outcomes, or with none at all, may have put a text onto a phone.
SURELY_NOT_TAKEN = frozenset({MessageStatus.TEMPORARY_FAILURE, MessageStatus.PERMANENT_FAILURE})
WENT = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED})
NEED_CONSENT = frozenset({MessageKind.NUDGE, MessageKind.REPLY})
UNSETTLED = frozenset({NudgeStatus.PLANNED, NudgeStatus.CLAIMED})


@dataclass(frozen=True, slots=True)
class Broken:
    """How often each promise was broken. All zero is what was promised.

    missing: texts on the phones that no row tells of, and texts of the rows that no phone got.
    """

    sent_twice: int
    after_stop: int
    outside_hours: int
    over_a_ceiling: int
    while_paused: int
    while_something_urgent_waited: int
    from_an_old_plan: int
    too_late: int
    lost: int
    unheard: int
    missing: int

    @property
    def nothing(self) -> bool:
        """Whether every promise was kept."""
        return not any(astuple(self))


@dataclass(frozen=True, slots=True)
class _Went:
    """A nudge that went, at the moment at which the provider was asked."""

    row: NudgeRow
    at: datetime
    promise: Promise

    @property
    def wall(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.promise.zone_name))

    @property
    def patient_id(self) -> UUID:
        return self.row.nudge.patient_id


def recount(
    ledger: Ledger, promises: Mapping[UUID, Sequence[Promise]], arrivals: Sequence[Arrival], until: datetime
) -> Broken:
    """Count every breach up to the instant `until`. `promises` are each patient's, oldest first, as given to them;
    `arrivals` are what the phones of this pain service got."""
    went = sorted(_nudges_that_went(ledger, promises), key=lambda one: one.at)
    return Broken(
        sent_twice=_sent_twice(ledger, arrivals),
        after_stop=_after_stop(ledger),
        outside_hours=sum(_outside_hours(one) for one in went),
        over_a_ceiling=sum(_over_a_ceiling(one, went[: index + 1]) for index, one in enumerate(went)),
        while_paused=sum(
            one.promise.paused_until_at is not None and one.at < one.promise.paused_until_at for one in went
        ),
        while_something_urgent_waited=sum(_urgent_waited(ledger, one) for one in went),
        from_an_old_plan=sum(_from_an_old_plan(ledger, one) for one in went),
        too_late=sum(one.at >= one.row.nudge.expires_at for one in went),
        lost=sum(row.nudge.status in UNSETTLED and row.nudge.expires_at < until for row in ledger.nudges),
        unheard=_unheard(ledger),
        missing=_missing(ledger, arrivals),
    )


def _taken_at(ledger: Ledger, message_id: UUID) -> list[datetime]:
    """When the provider was asked to take a text and did not surely refuse."""
    tries = ledger.attempts.get(message_id, ())
    return [attempt.started_at for attempt in tries if attempt.outcome not in SURELY_NOT_TAKEN]


def _nudges_that_went(ledger: Ledger, promises: Mapping[UUID, Sequence[Promise]]) -> Iterator[_Went]:
    for row in ledger.nudges:
        for at in _taken_at(ledger, row.message.id) if row.message else ():
            given = [promise for promise in promises[row.nudge.patient_id] if promise.from_at <= at]
            yield _Went(row, at, given[-1])


def _sent_twice(ledger: Ledger, arrivals: Sequence[Arrival]) -> int:
    tries = Counter({message.id: len(_taken_at(ledger, message.id)) for message in ledger.messages})
    phones = Counter(arrival.text.message_id for arrival in arrivals)
    slots = Counter(
        (row.nudge.care_plan_id, row.nudge.line, row.nudge.slot_on)
        for row in ledger.nudges
        if row.message is not None and _taken_at(ledger, row.message.id)
    )
    return sum(count - 1 for counted in (tries, phones, slots) for count in counted.values() if count > 1)


def _after_stop(ledger: Ledger) -> int:
    found = 0
    for message in ledger.messages:
        for at in _taken_at(ledger, message.id) if message.kind in NEED_CONSENT else ():
            said = [
                event.status
                for event in ledger.consents
                if event.patient_id == message.patient_id and event.effective_at <= at
            ]
            found += not said or said[-1] is not ConsentStatus.GIVEN
    return found


def _outside_hours(one: _Went) -> bool:
    wall, hours = one.wall, one.promise.hours
    closed = wall.date() in bank_holiday.of_year(REGION, wall.year) and not hours.on_bank_holidays
    minute, start = wall.hour * 60 + wall.minute, hours.local_start.hour * 60 + hours.local_start.minute
    end = (hours.local_end.hour * 60 + hours.local_end.minute) or 24 * 60
    return closed or WEEK[wall.weekday()] not in hours.days_of_week or not start <= minute < end


def _over_a_ceiling(one: _Went, up_to_it: Sequence[_Went]) -> bool:
    days = [other.wall.date() for other in up_to_it if other.patient_id == one.patient_id]
    today = one.wall.date()
    in_week = sum(today - timedelta(days=6) <= day <= today for day in days)
    return days.count(today) > one.promise.ceilings.daily or in_week > one.promise.ceilings.weekly


def _urgent_waited(ledger: Ledger, one: _Went) -> bool:
    return any(
        task.priority is TaskPriority.URGENT
        and task.patient_id == one.patient_id
        and task.created_at <= one.at
        and (task.completed_at is None or one.at < task.completed_at)
        for task in ledger.tasks
    )


def _from_an_old_plan(ledger: Ledger, one: _Went) -> bool:
    nudge = one.row.nudge
    written = [
        revision.number
        for revision in ledger.revisions
        if revision.care_plan_id == nudge.care_plan_id and revision.recorded_at <= one.at
    ]
    agreed = one.row.agreed_at is not None and one.row.agreed_at <= one.at
    return not agreed or max(written) != nudge.revision_number


def _unheard(ledger: Ledger) -> int:
    """Texts to us after which nothing happened: no answer kept, no consent changed, nothing said, nobody asked."""
    heard = {answer.message_id for answer in ledger.answers}
    heard |= {task.message_id for task in ledger.tasks if task.message_id is not None}
    heard |= {event.message_id for event in ledger.consents if event.message_id is not None}
    heard |= {message.in_reply_to for message in ledger.messages if message.in_reply_to is not None}
    return sum(message.kind is MessageKind.INBOUND and message.id not in heard for message in ledger.messages)


def _missing(ledger: Ledger, arrivals: Sequence[Arrival]) -> int:
    arrived = {arrival.text.message_id for arrival in arrivals}
    possible = {message.id for message in ledger.messages if _taken_at(ledger, message.id)}
    certain = {message.id for message in ledger.messages if message.status in WENT}
    return len(certain - arrived) + len(arrived - possible)
