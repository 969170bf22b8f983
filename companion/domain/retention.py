"""How long is each kind of record kept, what happens then, and who says so?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from companion.domain.calendar import months_after


class RecordKind(StrEnum):
    """The kinds that the schedule tells apart."""

    HEALTH_RECORD = "health-record"
    STRANGER_TEXT = "stranger-text"
    ATTEMPT = "attempt"
    SIGN_IN = "sign-in"
    LOOP_CHECK = "loop-check"
    ALARM = "alarm"
    ERASURE_CERTIFICATE = "erasure-certificate"
    RETENTION_RUN = "retention-run"
    DEVICE = "device"


class AtTheEnd(StrEnum):
    """What happens when the time is over."""

    PROPOSED = "proposed"
    REMOVED = "removed"


END_WORDS: dict[AtTheEnd, str] = {
    AtTheEnd.PROPOSED: "an erasure is proposed and a member of staff decides",
    AtTheEnd.REMOVED: "removed",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule. `what` and `since` are for readers; `months` are months of the calendar."""

    kind: RecordKind
    what: str
    months: int
    since: str
    end: AtTheEnd
    source: str


_CODE = "NHS Records Management Code of Practice, appendix II"
_OURS = "UK GDPR article 5(1)(e): no longer than needed; a draft of ours, to be agreed by the deploying organisation"
SCHEDULE: tuple[Rule, ...] = (
    Rule(
        RecordKind.HEALTH_RECORD,
        "Everything about one patient: identity, plans, nudges, texts, answers, tasks, consents, corrections, pathway",
        96,
        "the last contact, of a person who has left",
        AtTheEnd.PROPOSED,
        f"{_CODE}: adult health records, 8 years",
    ),
    Rule(
        RecordKind.STRANGER_TEXT,
        "Texts with a number that no patient has, and our fixed answers to them",
        12,
        "the text, once a person has read it and the provider has forgotten its words",
        AtTheEnd.REMOVED,
        _OURS,
    ),
    Rule(RecordKind.ATTEMPT, "Each attempt to send a text", 24, "the try", AtTheEnd.REMOVED, _OURS),
    Rule(RecordKind.SIGN_IN, "Staff's sign-ins (a hash)", 3, "their end", AtTheEnd.REMOVED, _OURS),
    Rule(RecordKind.DEVICE, "Patients' sign-ins", 3, "their end", AtTheEnd.REMOVED, _OURS),
    Rule(RecordKind.LOOP_CHECK, "Nightly texts to our own phone", 3, "the text", AtTheEnd.REMOVED, _OURS),
    Rule(RecordKind.ALARM, "System alarms that have cleared", 12, "their end", AtTheEnd.REMOVED, _OURS),
    Rule(
        RecordKind.ERASURE_CERTIFICATE,
        "Certificates of completed erasures",
        240,
        "completion",
        AtTheEnd.REMOVED,
        f"{_CODE}: destruction certificates, 20 years",
    ),
    Rule(RecordKind.RETENTION_RUN, "What this schedule did each night", 24, "the night", AtTheEnd.REMOVED, _OURS),
)
RULES: dict[RecordKind, Rule] = {rule.kind: rule for rule in SCHEDULE}

# Kept as long as the pain service is there, and why.
KEPT: dict[str, str] = {
    "The audit trail": "It proves who looked and who did not; it holds no names and no words.",
    "Counts by month of people who were erased": "They are no longer linked to a person, and keep past figures true.",
    "Approved wordings": "Every text names the wording that it came from (P7).",
    "Templates of plans": "Plans name the version that they began with; it names no patient.",
    "The directory of resources": "Public facts about groups and services, and who checked them; it names no patient.",
    "Staff": "What they did stands in records that are kept.",
}

# A dry run is as good as nothing once it is older: other records have come of age since.
DRY_RUN_HOLDS = timedelta(days=7)
# UTC. In Great Britain it is night, whatever the season.
NIGHT_BEGINS, NIGHT_ENDS = time(1), time(4)


def older_than(rule: Rule, now: datetime) -> datetime:
    """What is dated before this moment is past its time."""
    day: date = months_after(now.date(), -rule.months)
    return datetime.combine(day, time(0), now.tzinfo)


def may_begin(last_dry_run_at: datetime | None, ever_run_at: datetime | None, now: datetime) -> bool:
    """Whether a kind may be run for real: it has been before, or somebody saw just now what would happen."""
    if ever_run_at is not None:
        return True
    return last_dry_run_at is not None and timedelta(0) <= now - last_dry_run_at <= DRY_RUN_HOLDS


def is_night(now: datetime) -> bool:
    """Whether it is the time of day for it."""
    return NIGHT_BEGINS <= now.time() < NIGHT_ENDS
