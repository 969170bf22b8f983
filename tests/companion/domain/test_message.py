"""Do texts only ever move forward, and do the urgent ones go first?"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.message import FINAL, MOVES, MessageKind, MessageStatus, can_move, priority

S = MessageStatus

# Written out again, pair by pair, so that a change of the table has to be meant.
ALLOWED = {
    (S.CREATED, S.SENDING),
    (S.CREATED, S.CANCELLED),
    (S.CREATED, S.SENT),
    (S.CREATED, S.DELIVERED),
    (S.CREATED, S.PERMANENT_FAILURE),
    (S.CREATED, S.TEMPORARY_FAILURE),
    (S.CREATED, S.TECHNICAL_FAILURE),
    (S.SENDING, S.SENT),
    (S.SENDING, S.DELIVERED),
    (S.SENDING, S.PERMANENT_FAILURE),
    (S.SENDING, S.TEMPORARY_FAILURE),
    (S.SENDING, S.TECHNICAL_FAILURE),
    (S.SENDING, S.UNKNOWN),
    (S.SENDING, S.CREATED),
    (S.SENDING, S.CANCELLED),
    (S.UNKNOWN, S.CREATED),
    (S.UNKNOWN, S.CANCELLED),
    (S.UNKNOWN, S.SENT),
    (S.UNKNOWN, S.DELIVERED),
    (S.UNKNOWN, S.PERMANENT_FAILURE),
    (S.UNKNOWN, S.TEMPORARY_FAILURE),
    (S.UNKNOWN, S.TECHNICAL_FAILURE),
    (S.SENT, S.DELIVERED),
    (S.SENT, S.PERMANENT_FAILURE),
    (S.SENT, S.TEMPORARY_FAILURE),
    (S.SENT, S.TECHNICAL_FAILURE),
    (S.SENT, S.CANCELLED),
}

statuses = st.sampled_from(MessageStatus)


@pytest.mark.parametrize("new", MessageStatus)
@pytest.mark.parametrize("old", MessageStatus)
def test_a_text_moves_along_these_pairs_and_no_others(old: MessageStatus, new: MessageStatus) -> None:
    assert can_move(old, new) is ((old, new) in ALLOWED)


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(MessageStatus)


def test_the_values_are_the_published_ones() -> None:
    assert [status.value for status in MessageStatus] == [
        "created",
        "sending",
        "sent",
        "delivered",
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
        "unknown",
        "cancelled",
        "received",
    ]
    assert [kind.value for kind in MessageKind] == ["nudge", "reply", "safety", "sign-in", "check", "inbound"]


def test_final_is_what_cannot_move() -> None:
    assert {
        S.DELIVERED,
        S.PERMANENT_FAILURE,
        S.TEMPORARY_FAILURE,
        S.TECHNICAL_FAILURE,
        S.CANCELLED,
        S.RECEIVED,
    } == FINAL


def walk(start: MessageStatus, asked: list[MessageStatus]) -> list[MessageStatus]:
    """The statuses a text goes through when whatever is asked of it is done only if allowed."""
    passed = [start]
    for new in asked:
        if can_move(passed[-1], new):
            passed.append(new)
    return passed


@given(start=statuses, asked=st.lists(statuses, max_size=30))
def test_receipts_in_any_order_never_undo_a_final_status(start: MessageStatus, asked: list[MessageStatus]) -> None:
    passed = walk(start, asked)
    assert not FINAL.intersection(passed[:-1])


@given(asked=st.lists(statuses, max_size=30))
def test_only_a_certain_refusal_or_a_proof_brings_a_text_back_to_the_outbox(asked: list[MessageStatus]) -> None:
    passed = walk(S.CREATED, asked)
    for before, after in pairwise(passed):
        if after is S.CREATED:
            assert before in (S.SENDING, S.UNKNOWN)


@given(asked=st.lists(statuses, max_size=30))
def test_a_text_that_went_is_never_called_again(asked: list[MessageStatus]) -> None:
    passed = walk(S.CREATED, asked)
    if S.SENT in passed:
        assert S.SENDING not in passed[passed.index(S.SENT) :]


@given(status=statuses)
def test_the_same_receipt_twice_changes_nothing(status: MessageStatus) -> None:
    assert not can_move(status, status)


def test_safety_goes_first_and_nudges_after_every_answer_to_a_person() -> None:
    ordered = sorted(MessageKind, key=priority)
    assert ordered == [
        MessageKind.SAFETY,
        MessageKind.SIGN_IN,
        MessageKind.REPLY,
        MessageKind.NUDGE,
        MessageKind.CHECK,
        MessageKind.INBOUND,
    ]
    assert [priority(kind) for kind in ordered[:4]] == [0, 1, 2, 5]
