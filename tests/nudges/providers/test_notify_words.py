"""Do GOV.UK Notify's statuses and errors come out in the words that staff and figures use?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.message import MessageStatus
from nudges.providers.gateway import Fault, RefusedError, UnansweredError
from nudges.providers.notify_words import LONGEST_CODE, delivery_status, failure, failure_code

S = MessageStatus
TRIAL = (
    "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial"
)


@pytest.mark.parametrize(
    ("notify", "ours", "code"),
    [
        ("created", S.SENT, None),
        ("sending", S.SENT, None),
        ("pending", S.SENT, None),
        ("sent", S.SENT, None),
        ("delivered", S.DELIVERED, None),
        ("permanent-failure", S.PERMANENT_FAILURE, "permanent-failure"),
        ("temporary-failure", S.TEMPORARY_FAILURE, "temporary-failure"),
        ("technical-failure", S.TECHNICAL_FAILURE, "technical-failure"),
    ],
)
def test_a_status(notify: str, ours: MessageStatus, code: str | None) -> None:
    assert delivery_status(notify) is ours
    assert failure_code(ours) == code
    assert len(code or "") <= LONGEST_CODE


# Of letters and e-mails, of our own ledger, and of next year.
@pytest.mark.parametrize("other", ["", "Delivered", "received", "unknown", "cancelled", "pending-virus-check", "read"])
def test_a_status_that_is_none_of_a_texts(other: str) -> None:
    assert delivery_status(other) is None


@pytest.mark.parametrize(
    ("status", "error", "words", "code", "ends_as"),
    [
        (400, "ValidationError", "phone_number Not a UK mobile number", "ValidationError", S.PERMANENT_FAILURE),
        (400, "ValidationError", "phone_number Not enough digits", "ValidationError", S.PERMANENT_FAILURE),
        (400, "InvalidPhoneError", "Too many digits", "InvalidPhoneError", S.PERMANENT_FAILURE),
        (400, "BadRequestError", "Cannot send to international mobile numbers", "international", S.TECHNICAL_FAILURE),
    ],
)
def test_refused_for_good(status: int, error: str, words: str, code: str, ends_as: MessageStatus) -> None:
    found = failure(status, error, words)
    assert isinstance(found, RefusedError)
    assert (found.code, found.permanent, found.status, found.fault) == (code, True, ends_as, Fault.TEXT)


@pytest.mark.parametrize(
    ("status", "error", "words", "code", "fault"),
    [
        (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000", "RateLimitError", Fault.PACE),
        (429, "TooManyRequestsError", "Exceeded send limits (250000)", "TooManyRequestsError", Fault.PACE),
        (429, None, "", "429", Fault.PACE),
        (403, "AuthError", "Invalid token: API key not found", "AuthError", Fault.ACCOUNT),
        (403, "AuthError", "Error: Your system clock must be accurate", "AuthError", Fault.ACCOUNT),
        (403, "BadRequestError", "", "BadRequestError", Fault.ACCOUNT),
        (403, "ValidationError", "phone_number", "ValidationError", Fault.ACCOUNT),
        (401, "AuthError", "Unauthorized", "AuthError", Fault.ACCOUNT),
        (400, "BadRequestError", TRIAL, "BadRequestError", Fault.ACCOUNT),
        (400, "BadRequestError", "Can’t send using a team-only API key", "BadRequestError", Fault.ACCOUNT),
        (400, "BadRequestError", "Template not found", "BadRequestError", Fault.ACCOUNT),
        (400, "BadRequestError", "Missing personalisation: name", "BadRequestError", Fault.ACCOUNT),
        (400, "ValidationError", "template_id is not a valid UUID", "ValidationError", Fault.ACCOUNT),
        (400, "ValidationError", "", "ValidationError", Fault.ACCOUNT),
        (400, "SomethingQuiteNewOfNextYear", "", "SomethingQuiteNewOfN", Fault.ACCOUNT),
    ],
)
def test_refused_for_now(status: int, error: str | None, words: str, code: str, fault: Fault) -> None:
    found = failure(status, error, words)
    assert isinstance(found, RefusedError)
    assert (found.code, found.permanent, found.fault) == (code, False, fault)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, "Exception"),
        (500, None),
        (502, None),
        (503, "BadRequestError"),
        (504, None),
        # Not in Notify's words: from somebody on the way, who knows what they passed on.
        (400, None),
        (401, None),
        (403, None),
        (404, None),
        (408, None),
        # In Notify's words, but nothing that it documents for a text handed over.
        (404, "NoResultFound"),
        (409, "BadRequestError"),
        (302, None),
    ],
)
def test_nobody_knows(status: int, error: str | None) -> None:
    found = failure(status, error, "phone_number")
    assert isinstance(found, UnansweredError)
    assert found.reason == f"HTTP {status}"


@given(
    status=st.sampled_from([302, 400, 401, 403, 404, 429, 500, 503]),
    error=st.sampled_from([None, "ValidationError", "InvalidPhoneError", "BadRequestError", "AuthError", "Exception"]),
    words=st.sampled_from(["{}", "phone_number {}", "{} international"]),
)
def test_what_notify_says_is_not_repeated(status: int, error: str | None, words: str) -> None:
    found = failure(status, error, words.format("+447700900123"))
    assert "7700900" not in f"{found!r} {found} {vars(found)}"
    # A text is given up only when Notify itself says so, of the text.
    if isinstance(found, RefusedError) and found.permanent:
        assert status == 400
        assert error is not None
