"""What really happened? A recount that asks nothing of the product's rules.

It believes the provider's log (every try that reached it, and when), the people's diaries (what had been answered, and
when) and, read as they stand, the ledger's rows. A text is judged by what held when its attempt began: that is the last
moment at which the product could look. What changed between then and the provider's door has crossed it on the way, and
is counted apart, unless the way took longer than a call may take.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from benchmarks.year.clock import WorldClock
from benchmarks.year.database import rows
from benchmarks.year.people import Change, Person
from benchmarks.year.provider import Arrival, Provider

MUST_BE_ZERO = ("sent_twice", "lost", "out_of_hours", "after_stop", "over_ceiling", "stale_revision")
# A call that lasts longer than this (virtual time) was begun on what is no longer known to hold.
LONGEST_CALL = timedelta(minutes=2)
# As gov.uk/bank-holidays has them, for England and Wales.
BANK_HOLIDAYS = frozenset(
    date(year, month, day)
    for year, month, day in (
        *((2026, 1, 1), (2026, 4, 3), (2026, 4, 6), (2026, 5, 4), (2026, 5, 25), (2026, 8, 31), (2026, 12, 25)),
        *((2026, 12, 28), (2027, 1, 1), (2027, 3, 26), (2027, 3, 29), (2027, 5, 3), (2027, 5, 31), (2027, 8, 30)),
    )
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARK = re.compile(r"\((\w+)/(\d+)\)")
WENT = frozenset({"sent", "delivered"})
FAILED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})


NUDGES = "SELECT id, status, reason, due_at, expires_at FROM nudge"
TEXTS = "SELECT id, kind, status, nudge_id, created_at FROM message WHERE kind <> 'inbound'"


@dataclass(slots=True)
class Sent:
    """One nudge's text that the provider took and did not give back, beside the person whose it is."""

    text: Arrival
    person: Person
    claimed: float
    claimed_at: datetime

    @property
    def swift(self) -> bool:
        """Whether the way from the claim to the provider's door was no longer than a call."""
        return abs(self.text.at - self.claimed_at) <= LONGEST_CALL


@dataclass
class Recount:
    """The figures, and for each one that must be zero what the first few culprits are."""

    provider: Provider
    clock: WorldClock
    people: Sequence[Person]
    url: str
    figures: dict[str, Any] = field(default_factory=dict)
    culprits: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, sent_in: Sequence[str]) -> dict[str, Any]:
        """Count everything. `sent_in`: the ids of the texts from phones that the product said it had."""
        now = self.clock.now()
        nudges = {UUID(str(row.id)): row for row in rows(self.url, NUDGES)}
        messages = {UUID(str(row.id)): row for row in rows(self.url, TEXTS)}
        self._attempts = defaultdict(list)
        for row in rows(self.url, "SELECT message_id, number, started_at FROM attempt ORDER BY number"):
            self._attempts[UUID(str(row.message_id))].append(instant(row.started_at))
        taken = [text for text in self.provider.tries if text.sid is not None and text.status != "canceled"]
        mine = {person.number: person for person in self.people}
        sent = [self._sent(text, mine[text.to], messages) for text in taken if MARK.search(text.body)]
        self._twice(taken, mine)
        self._stopped(messages, mine)
        for one in sent:
            self._stale(one)
            self._hours(one)
        self._ceilings(sent)
        self._lost(nudges, messages, taken, sent_in, now)
        recalled = sum(text.status == "canceled" for text in self.provider.tries)
        late = sorted(self._lateness(sent, messages, nudges))
        return {
            **_outcomes(nudges, messages, sent),
            **{name: self.counts[name] for name in MUST_BE_ZERO},
            "unknown_left": sum(row.status == "unknown" for row in messages.values()),
            "lateness_seconds": {f"p{share}": _percentile(late, share) for share in (50, 95, 99)},
            "crossed": {name.removeprefix("crossed "): n for name, n in self.counts.items() if name.startswith("cro")},
            "lost_how": {name.removeprefix("lost "): n for name, n in self.counts.items() if name.startswith("lost ")},
            "recalled": recalled,
            "texts_of_any_kind": len(taken),
            "culprits": {name: told[:5] for name, told in self.culprits.items()},
        }

    def _blame(self, figure: str, text: Arrival, why: str) -> None:
        self.counts[figure] += 1
        self.culprits[figure].append(f"{text.at:%Y-%m-%d %H:%M:%S} UTC to {text.to}, message {text.message_id}: {why}")

    def _sent(self, text: Arrival, person: Person, messages: Mapping[UUID, Any]) -> Sent:
        begun = self._attempts.get(UUID(text.message_id), [])
        claims = [(self.clock.real(at, text.real), at) for at in begun]
        if len(claims) > 1:
            later = [self.clock.real(at, float("inf")) <= text.real for at in begun]
            claims = [claim for claim, before in zip(claims, later, strict=True) if before] or claims[:1]
        claimed, at = max(claims, default=(text.real, text.at))
        return Sent(text, person, claimed, at)

    def _twice(self, taken: Sequence[Arrival], mine: Mapping[str, Person]) -> None:
        """By our id in the receipt's address; and, whatever our id says, one line to one person on a day of theirs."""
        ids: set[str] = set()
        slots: set[tuple[str, str, date]] = set()
        for text in taken:
            mark = MARK.search(text.body)
            if text.message_id in ids:
                self._blame("sent_twice", text, "the same message")
            elif mark and (text.to, mark[1], mine[text.to].wall(text.at).date()) in slots:
                self._blame("sent_twice", text, f"the same line of the plan on the same day: {mark[1]}")
            ids.add(text.message_id)
            if mark:
                slots.add((text.to, mark[1], mine[text.to].wall(text.at).date()))

    def _stopped(self, messages: Mapping[UUID, Any], mine: Mapping[str, Person]) -> None:
        """Every try counts here, also one that the network's own block kept from the phone."""
        for text in self.provider.tries:
            row = messages.get(UUID(text.message_id)) if text.message_id else None
            person = mine.get(text.to)
            if person is None or text.status == "canceled" or (row is not None and row.kind in ("safety", "sign-in")):
                continue
            one = self._sent(text, person, messages)
            if not _held(person.consent_log, one.claimed):
                self._blame("after_stop", text, f"claimed at {one.claimed_at:%H:%M:%S}")
            elif not _held(person.consent_log, text.real):
                if one.swift:
                    self.counts["crossed a stop"] += 1
                else:
                    self._blame("after_stop", text, f"claimed as long ago as {one.claimed_at:%H:%M:%S}")

    def _stale(self, one: Sent) -> None:
        mark = MARK.search(one.text.body)
        said = (int(mark[2]) if mark else 0, True)
        if _held(one.person.revision_log, one.claimed) != said:
            self._blame("stale_revision", one.text, f"revision {said[0]}")
        elif _held(one.person.revision_log, one.text.real) != said:
            if one.swift:
                self.counts["crossed a revision"] += 1
            else:
                self._blame("stale_revision", one.text, f"claimed as long ago as {one.claimed_at:%H:%M:%S}")

    def _hours(self, one: Sent) -> None:
        """Both the moment it left and the moment it came to the phone."""
        for at, what in ((one.text.at, "left"), (one.text.settled_at, "came")):
            if at is None or (what == "came" and one.text.status != "delivered"):
                continue
            if _open(one.person, _held(one.person.preference_log, one.claimed)[0], at):
                continue
            self._blame("out_of_hours", one.text, f"it {what} at {one.person.wall(at):%a %d %b %H:%M:%S} their time")
            return

    def _ceilings(self, sent: Sequence[Sent]) -> None:
        days: dict[str, Counter[date]] = defaultdict(Counter)
        for one in sorted(sent, key=lambda each: each.text.real):
            ceilings = _held(one.person.preference_log, one.claimed)[1]
            had, today = days[one.text.to], one.person.wall(one.text.at).date()
            had[today] += 1
            week = sum(had[today - timedelta(days=back)] for back in range(7))
            if had[today] > ceilings.daily or week > ceilings.weekly:
                self._blame("over_ceiling", one.text, f"{had[today]} that day, {week} that week, of {ceilings}")

    def _lost(
        self,
        nudges: Mapping[UUID, Any],
        messages: Mapping[UUID, Any],
        taken: Sequence[Arrival],
        sent_in: Sequence[str],
        now: datetime,
    ) -> None:
        """Whatever has no final state, or one that the provider's log does not bear out."""
        has = {UUID(text.message_id): text for text in taken if text.message_id}
        stored = {row.provider_id for row in rows(self.url, "SELECT provider_id FROM message WHERE kind = 'inbound'")}
        recent = now - timedelta(days=1)
        faults: list[tuple[str, Any]] = [
            *(("nudge without an end", row.id) for row in nudges.values() if _endless(row, recent)),
            *(
                ("text without an end", key)
                for key, row in messages.items()
                if row.status in ("created", "sending", "sent") and instant(row.created_at) < recent
            ),
            *(
                ("said to have gone, but never taken", k)
                for k, r in messages.items()
                if r.status in WENT and k not in has
            ),
            *(("taken, but not in the ledger", key) for key in has if key not in messages),
            *(("taken, and misfiled", k) for k, text in has.items() if k in messages and _misfiled(messages[k], text)),
            *(("text from a phone", sid) for sid in set(sent_in) - stored),
        ]
        for how, which in faults:
            self.counts["lost"] += 1
            self.counts[f"lost {how}"] += 1
            self.culprits["lost"].append(f"{how}: {which}")

    def _lateness(
        self, sent: Sequence[Sent], messages: Mapping[UUID, Any], nudges: Mapping[UUID, Any]
    ) -> Iterator[float]:
        for one in sent:
            row = messages.get(UUID(one.text.message_id))
            nudge = nudges.get(UUID(str(row.nudge_id))) if row is not None and row.nudge_id else None
            if nudge is not None:
                yield max(0.0, (one.text.at - instant(nudge.due_at)).total_seconds())


def _outcomes(nudges: Mapping[UUID, Any], messages: Mapping[UUID, Any], sent: Sequence[Sent]) -> dict[str, Any]:
    ends = Counter(row.status for row in messages.values() if row.kind == "nudge" and row.status not in ("cancelled",))
    held = Counter(row.reason for row in nudges.values() if row.status in ("skipped", "cancelled"))
    return {
        "planned": len(nudges),
        "sent": len(sent),
        "delivered": ends["delivered"],
        "lapsed": sum(row.status == "lapsed" for row in nudges.values()),
        "skipped": dict(held.most_common()),
        "failed": sum(ends[status] for status in FAILED),
        "lapsed_why": dict(Counter(row.reason for row in nudges.values() if row.status == "lapsed").most_common()),
        "still_ahead": sum(row.status == "planned" for row in nudges.values()),
    }


def _held(diary: Sequence[Change], real: float) -> Any:
    """What stood in the diary at that second; None before its first page."""
    found = bisect_right(diary, real, key=lambda change: change.real)
    return diary[found - 1].value if found else None


def _open(person: Person, hours: Any, at: datetime) -> bool:
    wall = person.wall(at)
    within = hours.local_start <= wall.time() and (hours.local_end == time(0) or wall.time() < hours.local_end)
    if DAYS[wall.weekday()] not in {str(day) for day in hours.days_of_week}:
        return False
    return within and (hours.on_bank_holidays or wall.date() not in BANK_HOLIDAYS)


def _endless(nudge: Any, recent: datetime) -> bool:
    return nudge.status == "claimed" or (nudge.status == "planned" and instant(nudge.expires_at) < recent)


def _misfiled(row: Any, text: Arrival) -> bool:
    """The ledger says something else than became of it; that it does not know is another figure."""
    if row.status == "unknown":
        return False
    wanted = {"delivered": {"delivered"}, "undelivered": FAILED}.get(text.status, WENT)
    return row.status not in wanted


def _percentile(ordered: Sequence[float], share: int) -> float | None:
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1) if ordered else None


def instant(value: Any) -> datetime:
    """A moment as a plain SQL question brings it: SQLite gives text, in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    found: datetime = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return found
