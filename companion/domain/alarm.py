"""What is so wrong that sending stops, or that somebody must look at it today?"""

from enum import StrEnum


class AlarmKind(StrEnum):
    """account-fault: the provider refuses everything, because of our account; all sending through it waits.
    content-filtered: a network takes our words for spam. provider-failing: it does not answer or cannot take texts,
    and another one carries them meanwhile. loop-broken: the nightly text to our own phone did not come back.
    audit-broken: an entry of the audit trail was changed or removed. codes-pumped: far more sign-in texts are
    asked for than people sign in; what is above the limit does not go. records-taken: one member of staff took
    copies of many whole records within an hour."""

    ACCOUNT_FAULT = "account-fault"
    CONTENT_FILTERED = "content-filtered"
    PROVIDER_FAILING = "provider-failing"
    LOOP_BROKEN = "loop-broken"
    AUDIT_BROKEN = "audit-broken"
    CODES_PUMPED = "codes-pumped"
    RECORDS_TAKEN = "records-taken"


ALARM_WORDS: dict[AlarmKind, str] = {
    AlarmKind.ACCOUNT_FAULT: "The text provider refuses our account. No texts go out until that is fixed.",
    AlarmKind.CONTENT_FILTERED: "A phone network blocked a text as spam. Check its wording and its sender.",
    AlarmKind.PROVIDER_FAILING: "A text provider is failing. If a second provider is set up, it is sending the texts.",
    AlarmKind.LOOP_BROKEN: "The nightly test text did not go out and come back.",
    AlarmKind.AUDIT_BROKEN: "The audit trail has been altered. Run 'flask --app wsgi audit verify' to see where.",
    AlarmKind.CODES_PUMPED: "Far more sign-in texts are requested than used. Texts above the limit are not sent.",
    AlarmKind.RECORDS_TAKEN: "A member of staff took copies of many records within an hour. The audit trail says who.",
}
