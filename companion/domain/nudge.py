"""What states can a nudge be in, and for which reasons does one not go?"""

from enum import StrEnum


class NudgeStatus(StrEnum):
    """planned: has a slot. claimed: decided to go, its text is in the outbox. sent: the provider was asked to
    send it, and what came of it is its message's status. skipped, lapsed, cancelled: final, with a reason (P4)."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a nudge did not go, or not yet."""

    CONSENT_NOT_GIVEN = "consent-not-given"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    PATIENT_INACTIVE = "patient-inactive"
    NUMBER_CHANGED = "number-changed"
    PLAN_NOT_ACTIVE = "plan-not-active"
    REVISION_STALE = "revision-stale"
    PREFERENCES_CHANGED = "preferences-changed"
    REVISION_NOT_AGREED = "revision-not-agreed"
    WORDING_NOT_APPROVED = "wording-not-approved"
    WORDING_UNUSABLE = "wording-unusable"
    SAFETY_HOLD = "safety-hold"
    PAUSED = "paused"
    DAILY_CEILING = "daily-ceiling"
    WEEKLY_CEILING = "weekly-ceiling"
    OUTSIDE_HOURS = "outside-hours"
    EXPIRED = "expired"
    ANOTHER_FIRST = "another-first"
    CATCH_UP = "catch-up"
    CAUGHT_UP = "caught-up"
    UNDECIDABLE = "undecidable"
    SEND_FAILED = "send-failed"
    RESTRICTED = "restricted"


REASON_WORDS: dict[Reason, str] = {
    Reason.CONSENT_NOT_GIVEN: "the person has not agreed to texts",
    Reason.CONSENT_WITHDRAWN: "texts were stopped",
    Reason.PATIENT_INACTIVE: "the person is no longer with the pain service",
    Reason.NUMBER_CHANGED: "the person's number has changed since the text was written",
    Reason.PLAN_NOT_ACTIVE: "the care plan is not active",
    Reason.REVISION_STALE: "the care plan has changed since this was planned",
    Reason.PREFERENCES_CHANGED: "the person's hours, days or number of texts have changed since this was planned",
    Reason.REVISION_NOT_AGREED: "the newest care plan is not yet agreed with the person",
    Reason.WORDING_NOT_APPROVED: "no clinician has approved the wording",
    Reason.WORDING_UNUSABLE: "the text could not be put together",
    Reason.SAFETY_HOLD: "an urgent message from the person is waiting for an answer",
    Reason.PAUSED: "the person paused texts",
    Reason.DAILY_CEILING: "the person has had as many texts as they want in a day",
    Reason.WEEKLY_CEILING: "the person has had as many texts as they want in a week",
    Reason.OUTSIDE_HOURS: "it would fall outside the person's hours",
    Reason.EXPIRED: "it was too late to send",
    Reason.ANOTHER_FIRST: "another text to the same phone is on its way",
    Reason.CATCH_UP: "an interruption made it late, and late texts are spread over the remaining hours",
    Reason.CAUGHT_UP: "an interruption made it late, and one late text a day is enough",
    Reason.UNDECIDABLE: "an error prevented a decision",
    Reason.SEND_FAILED: "the text provider would not take it",
    Reason.RESTRICTED: "the person's record is restricted: kept, but not used",
}
