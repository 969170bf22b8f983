"""Do Twilio's statuses and codes come out in the words that staff and figures use?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.message import MessageStatus
from nudges.providers.twilio_words import Verdict, delivery_status, verdict

S = MessageStatus


@pytest.mark.parametrize(
    ("twilio", "code", "ours"),
    [
        ("accepted", None, S.SENT),
        ("scheduled", None, S.SENT),
        ("queued", None, S.SENT),
        ("sending", None, S.SENT),
        ("sent", None, S.SENT),
        ("delivered", None, S.DELIVERED),
        ("read", None, S.DELIVERED),
        ("canceled", None, S.CANCELLED),
        # The phone.
        ("undelivered", "30003", S.TEMPORARY_FAILURE),
        ("undelivered", "30008", S.TEMPORARY_FAILURE),
        ("undelivered", "30017", S.TEMPORARY_FAILURE),
        ("failed", "30036", S.TEMPORARY_FAILURE),
        # The number.
        ("undelivered", "30004", S.PERMANENT_FAILURE),
        ("undelivered", "30005", S.PERMANENT_FAILURE),
        ("undelivered", "30006", S.PERMANENT_FAILURE),
        ("failed", "21610", S.PERMANENT_FAILURE),
        ("failed", "21211", S.PERMANENT_FAILURE),
        ("failed", "21614", S.PERMANENT_FAILURE),
        # Between us and the provider.
        ("failed", "30001", S.TECHNICAL_FAILURE),
        ("failed", "30002", S.TECHNICAL_FAILURE),
        ("undelivered", "30007", S.TECHNICAL_FAILURE),
        ("undelivered", "39999", S.TECHNICAL_FAILURE),
        # Without a reason.
        ("undelivered", None, S.TEMPORARY_FAILURE),
        ("undelivered", "", S.TEMPORARY_FAILURE),
        ("failed", None, S.TECHNICAL_FAILURE),
        # A code does not make a failure of what is none.
        ("delivered", "30003", S.DELIVERED),
        # Inbound, and whatever comes next year.
        ("received", None, None),
        ("partially_delivered", None, None),
        ("DELIVERED", None, None),
        ("", None, None),
    ],
)
def test_statuses(twilio: str, code: str | None, ours: MessageStatus | None) -> None:
    assert delivery_status(twilio, code) is ours


@pytest.mark.parametrize(
    ("http_status", "code", "said"),
    [
        (429, 20429, Verdict.TRANSIENT),
        (429, None, Verdict.TRANSIENT),
        (400, 21611, Verdict.TRANSIENT),
        (400, 30001, Verdict.TRANSIENT),
        (400, 21610, Verdict.PERMANENT),
        (401, 20003, Verdict.ACCOUNT),
        (400, 21703, Verdict.ACCOUNT),
        (403, 20403, Verdict.PERMANENT),
        (404, 20404, Verdict.PERMANENT),
        (400, 400, Verdict.UNANSWERED),
        (403, None, Verdict.UNANSWERED),
        (408, 408, Verdict.UNANSWERED),
        (307, 307, Verdict.UNANSWERED),
        (100, 21610, Verdict.UNANSWERED),
        (429, 20500, Verdict.UNANSWERED),
        (503, 20429, Verdict.UNANSWERED),
        (500, 30001, Verdict.UNANSWERED),
    ],
)
def test_verdicts(http_status: int, code: int | None, said: Verdict) -> None:
    assert verdict(http_status, code) is said


@given(http_status=st.integers(500, 599), code=st.none() | st.integers(0, 99_999))
def test_no_code_makes_a_server_error_certain(http_status: int, code: int | None) -> None:
    assert verdict(http_status, code) is Verdict.UNANSWERED
