"""What does the provider know, and what becomes of each text it took? Twilio's rules on the virtual clock.

Every look-up is by sid or by number, so that the year's last text costs no more than its first. Keeps for the
recount what it would never tell the product: every try that reached it, and when.
"""

import heapq
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count
from threading import RLock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.year.clock import WorldClock
from tests.support.twilio_account import ACCOUNT_SID, MESSAGING_SERVICE_SID, SENDER, Reply, opt_out_type, refusal

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
LISTED_WITHIN = timedelta(minutes=20)
LEAVES_AFTER = timedelta(seconds=30)
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled"})
# What a phone network says of a text, and how often in a thousand; all others arrive.
FAILURES = {30003: 10, 30008: 5, 30005: 1, 30006: 1}


@dataclass(slots=True)
class Arrival:
    """One try to send that reached the provider: when (virtual, and this machine's monotonic second), and its end."""

    at: datetime
    real: float
    to: str
    body: str
    message_id: str
    sid: str | None
    callback: str = ""
    status: str = "accepted"
    error_code: int | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    valid_until: datetime | None = None
    listed_at: datetime | None = None
    redacted: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "body": "" if self.redacted else self.body,
            "date_created": format_datetime(self.at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "date_updated": format_datetime(self.settled_at or self.sent_at or self.at),
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": SENDER,
            "messaging_service_sid": MESSAGING_SERVICE_SID,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{MESSAGES}/{self.sid}/Media.json"},
            "to": self.to,
            "uri": f"{MESSAGES}/{self.sid}.json",
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is to be posted to the product about one text."""

    text: Arrival
    status: str
    error_code: int | None


@dataclass
class Provider:
    """One Twilio account. `tries` is its log; `blocked` the numbers that said STOP, and when it first told us so."""

    clock: WorldClock
    seed: int
    tries: list[Arrival] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    told_blocked: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    lock: RLock = field(default_factory=RLock)
    by_sid: dict[str, Arrival] = field(default_factory=dict)
    by_number: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    _ahead: list[tuple[datetime, int, str, Arrival]] = field(default_factory=list)
    _post: list[tuple[datetime, int, Receipt]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def answer(self, method: str, path: str, fields: Mapping[str, str]) -> Reply:
        """`fields`: the query of a GET, the form of a POST."""
        with self.lock:
            if path == f"{MESSAGES}.json":
                return self._create(fields) if method == "POST" else self._list(fields)
            text = self.by_sid.get(path.removeprefix(f"{MESSAGES}/").removesuffix(".json"))
            if text is None:
                return refusal(20404, 404, "The requested resource was not found")
            if method == "POST":
                return self._update(text, fields)
            return 200, text.as_json()

    def hears(self, number: str, words: str) -> None:
        """A phone texts; STOP and START act on the account before the product hears of them."""
        word = opt_out_type(words)
        with self.lock:
            if word == "STOP":
                self.blocked.add(number)
            elif word == "START":
                self.blocked.discard(number)
                self.told_blocked.pop(number, None)

    def go_on(self, now: datetime) -> list[Receipt]:
        """Let the networks do their work up to `now`; the receipts that are to be posted by then, in order."""
        with self.lock:
            while self._ahead and self._ahead[0][0] <= now:
                at, _, status, text = heapq.heappop(self._ahead)
                if text.status not in FINAL:
                    self._move(text, status, at)
            due = []
            while self._post and self._post[0][0] <= now:
                due.append(heapq.heappop(self._post)[2])
            return due

    def hurry(self, number: str) -> list[Receipt]:
        """Let the newest text to a number arrive this very moment: the receipts, ahead of everything else."""
        with self.lock:
            texts = [text for text in self.by_number[number] if text.status not in FINAL]
            if not texts:
                return []
            text = texts[-1]
            text.sent_at = text.settled_at = self.clock.now()
            text.status = "delivered"
            return [Receipt(text, "delivered", None), Receipt(text, "sent", None)]

    def _create(self, form: Mapping[str, str]) -> Reply:
        to, body, callback = form["To"], form["Body"], form.get("StatusCallback", "")
        now = self.clock.now()
        message_id = parse_qs(urlsplit(callback).query).get("message", [""])[0]
        text = Arrival(now, time.monotonic(), to, body, message_id, None, callback)
        self.tries.append(text)
        if to in self.blocked:
            self.told_blocked.setdefault(to, (time.monotonic(), now))
            return refusal(21610, 400, f"Attempt to send to unsubscribed recipient {to}")
        dice = random.Random(f"{self.seed}/{to}/{len(self.by_number[to])}")
        text.sid = f"SM{len(self.tries):032x}"
        text.valid_until = now + timedelta(seconds=int(form.get("ValidityPeriod", "36000")))
        text.listed_at = now + LISTED_WITHIN * (dice.random() if dice.random() < 0.3 else 0)
        self.by_sid[text.sid] = text
        self.by_number[to].append(text)
        self._foretell(text, dice)
        return 201, text.as_json()

    def _foretell(self, text: Arrival, dice: random.Random) -> None:
        """Draw what the network will do: one phone in thirty is off for hours, some numbers are no good."""
        leaves = text.at + LEAVES_AFTER
        reached = leaves + timedelta(seconds=dice.expovariate(1 / 20))
        if dice.random() < 0.03:
            reached += timedelta(hours=dice.uniform(0.5, 12))
        drawn = dice.randrange(1000)
        status = "delivered"
        for code, share in FAILURES.items():
            if 0 <= drawn < share:
                status, text.error_code = "undelivered", code
            drawn -= share
        if text.valid_until is not None and reached >= text.valid_until:
            reached, status, text.error_code = max(leaves, text.valid_until), "undelivered", 30036
        heapq.heappush(self._ahead, (leaves, next(self._order), "sent", text))
        heapq.heappush(self._ahead, (reached, next(self._order), status, text))

    def _move(self, text: Arrival, status: str, at: datetime) -> None:
        text.status = status
        if status == "sent":
            text.sent_at = at
        else:
            text.settled_at = at
        code = text.error_code if status == "undelivered" else None
        for fate, delay in self._fates(text, status):
            self.faults[fate] += fate != "receipt"
            heapq.heappush(self._post, (at + delay, next(self._order), Receipt(text, status, code)))

    def _fates(self, text: Arrival, status: str) -> list[tuple[str, timedelta]]:
        """What becomes of one receipt: when each copy of it is posted; none is a dropped one."""
        dice = random.Random(f"{self.seed}/{text.sid}/{status}")
        drawn = dice.random()
        at_once = ("receipt", timedelta(0))
        if status == "sent":
            # Half of all texts bring this receipt; of those some come after the one that says `delivered`.
            if drawn < 0.5:
                return []
            return [("receipt reordered", timedelta(hours=1))] if drawn < 0.55 else [at_once]
        if drawn < 0.03:
            self.faults["receipt dropped"] += 1
            return []
        if drawn < 0.06:
            return [at_once, ("receipt repeated", timedelta(minutes=dice.uniform(0, 300)))]
        if drawn < 0.09:
            return [("receipt delayed", timedelta(hours=dice.uniform(0.2, 60)))]
        return [at_once]

    def _update(self, text: Arrival, form: Mapping[str, str]) -> Reply:
        if form.get("Status") == "canceled":
            if text.status not in {"accepted", "queued"}:
                return refusal(30409, 409, "The message can no longer be canceled.")
            text.status, text.settled_at = "canceled", self.clock.now()
        if form.get("Body") == "":
            text.redacted = True
        return 200, text.as_json()

    def _list(self, query: Mapping[str, str]) -> Reply:
        """One page holds all that one number can have in a year."""
        now, size = self.clock.now(), min(int(query.get("PageSize", "50")), 1000)
        found = self.by_number.get(query["To"], []) if "To" in query else []
        shown = [text for text in reversed(found) if text.listed_at is None or text.listed_at <= now]
        page = {"page": 0, "page_size": size, "start": 0, "end": max(len(shown) - 1, 0), "uri": f"{MESSAGES}.json"}
        links = {"first_page_uri": f"{MESSAGES}.json", "next_page_uri": None, "previous_page_uri": None}
        return 200, {**page, **links, "messages": [text.as_json() for text in shown[:size]]}
