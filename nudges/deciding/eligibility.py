"""The gate: decides whether a text may go now, when it comes due and again just before it is sent. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from companion.domain.care_plan import CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind
from companion.domain.nudge import Reason
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours, next_opening


@dataclass(frozen=True, slots=True)
class Send:
    """It may go now."""


@dataclass(frozen=True, slots=True)
class Skip:
    """It will not go, though its moment has not passed."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Lapse:
    """It will not go, because it is too late for it (P6)."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Postpone:
    """Not now; ask again at `until` (aware UTC), which is before its expiry."""

    until: datetime
    reason: Reason


Decision = Send | Skip | Lapse | Postpone


@dataclass(frozen=True, slots=True)
class NudgeFacts:
    """What a nudge must be asked besides what every text is asked.

    `hours` are the patient's, `outer_hours` the pain service's; a moment must lie in both, on the wall clock
    of `zone_name`. `texted_today` and `texted_week` count the patient's other nudges decided to go on this
    local day, and on it and the six before (P5). `draw` is a number from 0 up to 1 of the nudge's own, always the
    same. `catching_up`: its moment passed in an interruption, and it has been given another; `caught_up`: another
    such went on this local day.
    """

    plan_status: CarePlanStatus
    current_revision: int
    agreed_revision: int | None
    revision: int
    wording_approved: bool
    urgent_waits: bool
    paused_until_at: datetime | None
    hours: Hours
    outer_hours: Hours
    zone_name: str
    bank_holidays: frozenset[date]
    ceilings: Ceilings
    texted_today: int
    texted_week: int
    due_at: datetime
    draw: float = 0.0
    catching_up: bool = False
    caught_up: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What every text is asked. `nudge` is there exactly when the text is a nudge.

    `restricted`: the person's record is kept but not used (UK GDPR article 18). Nudges rest; an answer to what they
    wrote, or a word about their safety, may go: it is what they asked for, or protects them.
    """

    kind: MessageKind
    consent: ConsentStatus
    patient_active: bool
    expires_at: datetime
    nudge: NudgeFacts | None = None
    restricted: bool = False

    def __post_init__(self) -> None:
        # Without its own facts a nudge would be asked no more than a reply is, and go.
        if (self.kind is MessageKind.NUDGE) is not (self.nudge is not None):
            raise ValueError("A nudge is decided about with a nudge's facts, and nothing else is.")


# What is later than this was held up by an interruption: of the service, of the provider, of the network.
LATE = timedelta(minutes=15)
# Left free at the end of what remains, so that the last ones do not come too late.
SPREAD_OVER = 0.9
# These alone may go to somebody who has not agreed, or who said stop (P1); the last goes to a phone of our own.
NEEDS_NO_CONSENT = frozenset({MessageKind.SAFETY, MessageKind.SIGN_IN, MessageKind.CHECK})


def decide(facts: Facts, now: datetime) -> Decision:
    """Whether the text may go at `now`, and if not, why not.

    Consent comes first (P1), then whether the text still means anything (P10), then time (P6, P2), then
    how much there has been (P5).
    """
    if facts.kind not in NEEDS_NO_CONSENT:
        if facts.consent is ConsentStatus.WITHDRAWN:
            return Skip(Reason.CONSENT_WITHDRAWN)
        if facts.consent is not ConsentStatus.GIVEN:
            return Skip(Reason.CONSENT_NOT_GIVEN)
    if facts.kind is MessageKind.SIGN_IN and not facts.patient_active:
        return Skip(Reason.PATIENT_INACTIVE)
    if facts.nudge is not None:
        if facts.restricted:
            return Skip(Reason.RESTRICTED)
        if not facts.patient_active:
            return Skip(Reason.PATIENT_INACTIVE)
        stale = _out_of_date(facts.nudge)
        if stale is not None:
            return Skip(stale)
    if now >= facts.expires_at:
        return Lapse(Reason.EXPIRED)
    if facts.nudge is None:
        return Send()
    return _at_this_moment(facts.nudge, facts.expires_at, now)


def _out_of_date(nudge: NudgeFacts) -> Reason | None:
    if nudge.plan_status is not CarePlanStatus.ACTIVE:
        return Reason.PLAN_NOT_ACTIVE
    if nudge.revision != nudge.current_revision:
        return Reason.REVISION_STALE
    if nudge.agreed_revision != nudge.current_revision:
        return Reason.REVISION_NOT_AGREED
    if not nudge.wording_approved:
        return Reason.WORDING_NOT_APPROVED
    return None


def _at_this_moment(nudge: NudgeFacts, expires_at: datetime, now: datetime) -> Decision:
    if nudge.urgent_waits:
        return Skip(Reason.SAFETY_HOLD)
    if nudge.paused_until_at is not None and now < nudge.paused_until_at:
        return Skip(Reason.PAUSED)
    opening = _opening(now, nudge.hours, nudge.outer_hours, nudge.zone_name, nudge.bank_holidays)
    if opening is None or opening >= expires_at:
        return Lapse(Reason.OUTSIDE_HOURS)
    if opening > now:
        return Postpone(opening, Reason.OUTSIDE_HOURS)
    if nudge.texted_today >= nudge.ceilings.daily:
        return Skip(Reason.DAILY_CEILING)
    if nudge.texted_week >= nudge.ceilings.weekly:
        return Skip(Reason.WEEKLY_CEILING)
    if nudge.catching_up or now - nudge.due_at > LATE:
        return _catch_up(nudge, expires_at, now)
    return Send()


def _catch_up(nudge: NudgeFacts, expires_at: datetime, now: datetime) -> Decision:
    """What an interruption held up does not go all at once when it is over, nor twice to the same person (P6)."""
    if nudge.caught_up:
        return Lapse(Reason.CAUGHT_UP)
    if now - nudge.due_at <= LATE:
        return Send()  # its new moment; if that has passed in the same interruption it gets another
    closes = nudge.outer_hours.closes_at(local(now, nudge.zone_name).date(), nudge.zone_name)
    left = min(expires_at, closes) - now
    return Postpone(now + left * SPREAD_OVER * nudge.draw, Reason.CATCH_UP)


# Those of one batch are asked about at one moment, and hundreds of them keep the same hours in the same zone.
@lru_cache(maxsize=1024)
def _opening(
    now: datetime, hours: Hours, outer_hours: Hours, zone_name: str, bank_holidays: frozenset[date]
) -> datetime | None:
    """The next moment that lies in both the patient's hours and the pain service's; `now` itself if it does."""
    moment = now
    for _ in range(8):
        inner = next_opening(moment, hours, zone_name, bank_holidays)
        if inner is None:
            return None
        outer = next_opening(inner, outer_hours, zone_name, bank_holidays)
        if outer is None or outer == inner:
            return outer
        moment = outer
    return None
