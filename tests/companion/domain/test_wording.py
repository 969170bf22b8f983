"""Has everything that the product says by itself a draft, and does nothing clinical go out unapproved?"""

from string import Formatter

import pytest

from companion.domain.behaviour import Behaviour
from companion.domain.urgent import UrgentTopic
from companion.domain.wording import DRAFTS, NEEDS_APPROVAL, NUDGE_PURPOSE, SAFETY_PURPOSE, WordingPurpose

W = WordingPurpose
KNOWN = {
    **{purpose: {"first_name", "line", "service"} for purpose in NUDGE_PURPOSE.values()},
    # Sent at once, to a number that nobody may know: nothing personal can be in it.
    **{purpose: {"service"} for purpose in SAFETY_PURPOSE.values()},
    W.WHY: {"first_name", "agreed_on", "line", "service"},
    W.STARTED: {"first_name", "service"},
}


def placeholders(purpose: WordingPurpose) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(DRAFTS[purpose]) if name is not None}


def test_every_behaviour_and_every_topic_has_its_own_purpose() -> None:
    assert {behaviour: purpose.value for behaviour, purpose in NUDGE_PURPOSE.items()} == {
        behaviour: f"nudge-{behaviour}" for behaviour in Behaviour
    }
    assert {topic: purpose.value for topic, purpose in SAFETY_PURPOSE.items()} == {
        topic: f"safety-{topic}" for topic in UrgentTopic
    }


def test_whatever_is_clinical_needs_approval() -> None:
    assert {purpose for purpose in WordingPurpose if purpose.startswith(("nudge-", "safety-"))} == NEEDS_APPROVAL
    assert set(WordingPurpose) - NEEDS_APPROVAL == {W.WHY, W.STARTED}


def test_every_purpose_has_a_draft() -> None:
    assert set(DRAFTS) == set(WordingPurpose)


@pytest.mark.parametrize("purpose", WordingPurpose)
def test_a_draft_holds_what_it_may_and_names_who_writes(purpose: WordingPurpose) -> None:
    assert placeholders(purpose) == KNOWN[purpose]
    assert DRAFTS[purpose].endswith("{service}")


@pytest.mark.parametrize("behaviour", Behaviour)
def test_a_nudge_speaks_of_the_patient_s_own_plan_and_never_of_medicine(behaviour: Behaviour) -> None:
    draft = DRAFTS[NUDGE_PURPOSE[behaviour]]
    assert "{line}" in draft
    assert not {"medicine", "tablet", "dose", "painkiller"} & set(draft.lower().split())


@pytest.mark.parametrize(
    ("topic", "numbers"),
    [
        (UrgentTopic.CRISIS, ["999", "111", "116 123", "85258"]),
        (UrgentTopic.CAUDA_EQUINA, ["999", "A&E"]),
        (UrgentTopic.EMERGENCY, ["999", "111"]),
    ],
)
def test_safety_wording_says_where_to_turn(topic: UrgentTopic, numbers: list[str]) -> None:
    draft = DRAFTS[SAFETY_PURPOSE[topic]]
    assert all(number in draft for number in numbers)


def test_who_starts_again_is_told_how_to_stop() -> None:
    assert "STOP" in DRAFTS[W.STARTED]
    assert "STOP" in DRAFTS[W.WHY]
