"""Which provider may be asked just now, and for how many texts? What all workers have seen of it is in the database.

Four brakes, from the gentlest to the hardest. An allowance keeps each sender under its rate. A hold lets everybody wait
when the provider says "too many". A failing provider is turned away from, where there is another, and otherwise asked
with one text at a time until it takes one. A fault of our account stops it all, with one alarm, and is tried likewise.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.bulk import insert_if_absent
from companion.db import reading, transaction
from companion.domain.alarm import AlarmKind
from companion.models import Allowance, Carrier
from companion.records import alarm
from nudges.providers.gateway import Fault, Gateway, RefusedError, Report, UnansweredError
from nudges.sending.outcomes import Outcome

log = logging.getLogger(__name__)

# How often a stopped or failing provider is tried with one text.
PROBE = timedelta(minutes=1)
# Failures are counted over this long, and judged when there have been so many of them, and such a share.
WINDOW = timedelta(minutes=5)
ENOUGH_FAILURES = 5
FAILING_SHARE = 0.5
# Turning back is slower than turning away, or a provider that comes and goes would take every second text with it.
AT_LEAST_AWAY = timedelta(minutes=10)
SHORTEST_HOLD, LONGEST_HOLD = 1.0, 60.0
CLOCKS_DIFFER = timedelta(seconds=5)
# A sender may send at once what it may send in this long.
BURST_SECONDS = 1.0


class Choice(NamedTuple):
    """A gateway that may be asked, for how many texts, whether there is any trouble of it to remember, and whether
    this is the one text that tries whether it is well again."""

    gateway: Gateway
    most: int
    troubled: bool
    probe: bool = False


def choose(gateways: Sequence[Gateway], now: datetime, most: int) -> Choice | None:
    """The first gateway that may be asked now, and for how many texts, up to `most`; None if all must wait.

    The gateways in order of preference. Taking a turn at trying a stopped or failing one uses that turn up.
    """
    with reading() as session:
        known = {carrier.name: carrier for carrier in session.scalars(select(Carrier))}
    for gateway in gateways:
        carrier = known.get(gateway.name)
        if carrier is None or _well(carrier):
            if carrier is None or carrier.held_until_at is None or carrier.held_until_at <= now:
                return Choice(gateway, most, carrier is not None and _remembers(carrier))
            return None  # it is well and busy: the others are for when it fails
    for gateway in gateways:
        if _take_turn(gateway, now):
            return Choice(gateway, 1, troubled=True, probe=True)
    return None


def _well(carrier: Carrier) -> bool:
    return carrier.stopped_at is None and carrier.failing_at is None


def _take_turn(gateway: Gateway, now: datetime) -> bool:
    with transaction() as session:
        carrier = session.get_one(Carrier, gateway.name, with_for_update=True)
        if carrier.ask_at is not None and carrier.ask_at > now:
            return False
        carrier.ask_at = now + PROBE
        return True


def allow(gateway: Gateway, sender: str | None, wanted: int, now: datetime) -> int:
    """How many of `wanted` texts this sender may hand over now. What is allowed is counted as sent."""
    rate = gateway.texts_per_second
    if rate is None:
        return wanted
    burst = max(1.0, rate * BURST_SECONDS)
    with transaction() as session:
        key = {"gateway": gateway.name, "sender": sender or ""}
        insert_if_absent(session, Allowance, [{**key, "tokens": burst, "counted_at": now}])
        bucket = session.get_one(Allowance, tuple(key.values()), with_for_update=True)
        passed = max(0.0, (now - bucket.counted_at).total_seconds())
        tokens = min(burst, bucket.tokens + passed * rate)
        allowed = min(wanted, int(tokens))
        # Clocks of two machines differ a little, and none may count the same second again; one that was put back may.
        ahead = timedelta(0) < bucket.counted_at - now < CLOCKS_DIFFER
        bucket.tokens, bucket.counted_at = tokens - allowed, bucket.counted_at if ahead else now
        return allowed


def give_back(gateway: Gateway, sender: str | None, unused: int) -> None:
    """Undo what was allowed and not needed."""
    if gateway.texts_per_second is None or unused <= 0:
        return
    with transaction() as session:
        bucket = session.get_one(Allowance, (gateway.name, sender or ""), with_for_update=True)
        bucket.tokens = min(max(1.0, gateway.texts_per_second * BURST_SECONDS), bucket.tokens + unused)


def note(gateway: Gateway, outcomes: Collection[Outcome], now: datetime, *, probe: bool = False) -> None:
    """What these answers say about the provider. Need not be told where all is well and was.

    probe: whether the one text is among them that tries whether it is well again. What was under way when it failed,
    and is taken a moment later, says nothing of that.
    """
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
    failed = sum(isinstance(outcome, UnansweredError) for outcome in outcomes)
    failed += sum(refusal.fault is Fault.PROVIDER for refusal in refused)
    faults = {refusal.fault for refusal in refused} - {Fault.TEXT, Fault.OURS}
    with reading() as session:
        before = session.get(Carrier, gateway.name)
    if not failed and not faults and (before is None or not _remembers(before)):
        return
    with transaction() as session:
        fresh = {"hold_seconds": 0.0, "window_at": now, "asked": 0, "failed": 0}
        insert_if_absent(session, Carrier, [{"name": gateway.name, **fresh}])
        carrier = session.get_one(Carrier, gateway.name, with_for_update=True)
        taken = any(isinstance(outcome, Report) or _is_of_text(outcome) for outcome in outcomes)
        account = next((refusal for refusal in refused if refusal.fault is Fault.ACCOUNT), None)
        _count(session, carrier, len(outcomes), failed, now)
        if Fault.PACE in faults:
            _hold(carrier, now)
        if account is not None:
            _stop(session, carrier, account.code, now)
        elif taken and (probe or _well(carrier)):
            _takes_texts(session, carrier, now)


def recover(gateways: Sequence[Gateway], now: datetime) -> None:
    """Turn back to a provider that was turned away from long enough ago and answers questions again."""
    with reading() as session:
        failing = {carrier.name for carrier in session.scalars(select(Carrier)) if _may_return(carrier, now)}
    for gateway in gateways:
        if gateway.name in failing and gateway.answers():
            with transaction() as session:
                carrier = session.get_one(Carrier, gateway.name, with_for_update=True)
                _return(session, carrier, now)


def _is_of_text(outcome: Outcome) -> bool:
    """Whether the provider looked at the text itself, and so would have taken another."""
    return isinstance(outcome, RefusedError) and outcome.fault is Fault.TEXT


def _remembers(carrier: Carrier) -> bool:
    return not _well(carrier) or carrier.hold_seconds > 0 or carrier.failed > 0


def _may_return(carrier: Carrier, now: datetime) -> bool:
    return carrier.failing_at is not None and now - carrier.failing_at >= AT_LEAST_AWAY


def _count(session: Session, carrier: Carrier, asked: int, failed: int, now: datetime) -> None:
    if not timedelta(0) <= now - carrier.window_at <= WINDOW:
        carrier.window_at, carrier.asked, carrier.failed = now, 0, 0
    carrier.asked += asked
    carrier.failed += failed
    many = carrier.failed >= ENOUGH_FAILURES and carrier.failed >= carrier.asked * FAILING_SHARE
    if failed and many and carrier.failing_at is None:
        carrier.failing_at, carrier.ask_at = now, now + PROBE
        alarm.raise_once(session, AlarmKind.PROVIDER_FAILING, carrier.name, None, now)


def _hold(carrier: Carrier, now: datetime) -> None:
    """Everybody waits: a second, then two, then four … and from the beginning when it has been quiet."""
    if carrier.held_until_at is not None and carrier.held_until_at > now:
        return  # those were under way already
    carrier.hold_seconds = min(max(SHORTEST_HOLD, carrier.hold_seconds * 2), LONGEST_HOLD)
    carrier.held_until_at = now + timedelta(seconds=carrier.hold_seconds)


def _stop(session: Session, carrier: Carrier, code: str | None, now: datetime) -> None:
    if carrier.stopped_at is None:
        carrier.stopped_at, carrier.ask_at = now, now + PROBE
    carrier.stopped_code = code
    alarm.raise_once(session, AlarmKind.ACCOUNT_FAULT, carrier.name, code, now)


def _takes_texts(session: Session, carrier: Carrier, now: datetime) -> None:
    """It took a text: our account is mended, it need not be slowed down for, and it is well, if it has been so long."""
    if carrier.stopped_at is not None:
        carrier.stopped_at, carrier.stopped_code = None, None
        alarm.clear(session, AlarmKind.ACCOUNT_FAULT, carrier.name, now)
    if carrier.held_until_at is not None and now > carrier.held_until_at + timedelta(seconds=carrier.hold_seconds):
        carrier.hold_seconds, carrier.held_until_at = 0.0, None
    if carrier.failing_at is not None:
        _return(session, carrier, now)  # nobody else was there to take the one text that tried it


def _return(session: Session, carrier: Carrier, now: datetime) -> None:
    carrier.failing_at, carrier.window_at, carrier.asked, carrier.failed = None, now, 0, 0
    alarm.clear(session, AlarmKind.PROVIDER_FAILING, carrier.name, now)
