"""In what do two contents differ, and do they differ in nothing exactly when they are equal?"""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.care_plan import PARTS, Contact, ContactKind, Content, Goal, Helps, Medicine, Need, NeedKind
from companion.domain.plan_difference import Change, Difference, FieldChange, differences
from tests.support.cast import day, plan_content


def whole() -> Content:
    """Amina's plan with something in every part."""
    return plan_content(
        needs=(Need(NeedKind.SOCIAL, "Sees few people", "lonely", "Depression"),),
        medicines_to_review=(Medicine("Codeine", "codeine", "It makes her drowsy"),),
        contacts=(Contact(ContactKind.CARER, "Yusuf, her brother", "brother", "07700 900123"),),
        flare_first_steps="Rest for an hour",
        flare_urgent_help="If she cannot feel her legs: 999",
        review_on=day("2027-02-01"),
    )


def test_each_change_is_told_by_the_line_s_lasting_name() -> None:
    before = whole()
    helps = (Helps("tea", "tea"), before.already_helps[0])
    after = replace(
        before,
        what_matters="The garden",
        already_helps=helps,
        goals=(replace(before.goals[0], confidence=7),),
        medicines_to_review=(),
        activities=(before.activities[1], before.activities[0], before.activities[2]),
    )
    found = differences(before, after)
    assert [(each.part, each.line, each.change) for each in found] == [
        ("plan", None, Change.CHANGED),
        ("already_helps", "tea", Change.ADDED),
        ("goals", "school", Change.CHANGED),
        ("activities", "sleep", Change.MOVED),
        ("activities", "walk", Change.MOVED),
        ("medicines_to_review", "codeine", Change.REMOVED),
    ]
    assert found[0].fields == (FieldChange("what_matters", "Being there for my family", "The garden"),)
    assert found[2].fields == (FieldChange("confidence", "5", "7"),)
    assert found[1] == Difference("already_helps", "tea", Change.ADDED, (FieldChange("words", None, "tea"),))
    assert found[5].fields == (FieldChange("words", "Codeine", None), FieldChange("why", "It makes her drowsy", None))


lines: dict[str, Any] = {
    "already_helps": st.builds(Helps, st.sampled_from("xy")),
    "goals": st.builds(Goal, st.sampled_from("xy"), importance=st.sampled_from([None, 0, 10])),
    "needs": st.builds(Need, st.sampled_from(NeedKind), st.sampled_from("xy")),
}
contents = st.builds(
    Content,
    st.sampled_from(["family", "garden"]),
    review_on=st.sampled_from([None, day("2027-02-01")]),
    **{
        part: st.lists(st.tuples(st.sampled_from("abc"), line), unique_by=lambda each: each[0], max_size=3).map(
            lambda found: tuple(replace(each, line=name) for name, each in found)
        )
        for part, line in lines.items()
    },
)


@given(before=contents, after=contents)
@settings(max_examples=200, deadline=None)
def test_contents_differ_in_nothing_exactly_if_they_are_equal(before: Content, after: Content) -> None:
    found = differences(before, after)
    assert (found == []) is (before == after)
    assert differences(before, before) == []
    back = differences(after, before)
    assert sorted((each.part, each.line or "") for each in found) == sorted(
        (each.part, each.line or "") for each in back
    )
    assert {each.part for each in found} <= {"plan", *PARTS}
