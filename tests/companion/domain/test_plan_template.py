"""Is a template only ever a starting point: asked for what is the person's own, and taken line by line?"""

from dataclasses import fields, replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from companion.domain import plan_fault, starting_point
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import Activity, Content, Goal, Helps, Medicine, Need, NeedKind, with_starts
from companion.domain.plan_template import (
    FLARE_LINES,
    MOVES,
    Decided,
    Decision,
    Template,
    TemplateStatus,
    begun,
    decision_faults,
    faults,
    lines,
    template_differences,
    with_lines,
)
from companion.domain.working_hours import WEEK

TODAY = date(2026, 11, 23)
SHIPPED, NEXT = with_lines(starting_point.WIDESPREAD_PAIN, 1)
OWN = Content("Being there for my family", goals=(Goal("To pick my granddaughter up from school"),))
KEPT, CHANGED, LEFT_OUT = Decision


def decided(decision: Decision, **but: Decision) -> tuple[Decided, ...]:
    """The same about every line, but for these (with _ for -)."""
    others = {name.replace("_", "-"): each for name, each in but.items()}
    return tuple(Decided(line, others.get(line, decision)) for line in lines(SHIPPED))


def paths(template: Template) -> list[str]:
    return [fault.field for fault in faults(template, TODAY)]


def test_what_is_shipped_is_sound_marked_as_a_draft_and_asks_for_everything() -> None:
    for template in starting_point.DRAFT_TEMPLATES:
        assert paths(template) == []
        assert "draft" in template.name
        assert all(getattr(template.prompts, field.name) for field in fields(template.prompts))


def test_what_is_one_person_s_alone_has_no_place_in_a_template() -> None:
    healthy = Activity(Behaviour.HEALTHY, "Walk", frozenset(WEEK))
    dated = Activity(Behaviour.CURIOUS, "Notice", frozenset(WEEK), recurrence="FREQ=DAILY;UNTIL=20270101")
    assert paths(replace(SHIPPED, activities=(healthy, dated))) == ["activities.0.behaviour", "activities.1.recurrence"]
    dose = replace(SHIPPED, medicines_to_review=(Medicine("Codeine 30 mg"),))
    assert paths(dose) == ["medicines_to_review.0.words"]
    assert paths(replace(SHIPPED, flare_urgent_help=None)) == ["flare_urgent_help"]
    never = Activity(Behaviour.CURIOUS, "Notice", frozenset(WEEK[:1]), recurrence="FREQ=WEEKLY;BYDAY=TU")
    assert paths(replace(SHIPPED, activities=(never,))) == ["activities.0.recurrence"]
    twice = Need(NeedKind.SOCIAL, "Money", line="need-1")
    assert paths(replace(SHIPPED, needs=(twice, twice))) == ["needs.1.line"]
    as_flare = Need(NeedKind.SOCIAL, "Money", line="flare-avoid")
    assert paths(replace(SHIPPED, needs=(as_flare,))) == ["needs.0.line"]


def test_a_plan_takes_what_is_kept_and_nothing_else() -> None:
    nothing = begun(SHIPPED, OWN, decided(LEFT_OUT))
    assert nothing == OWN
    everything = begun(SHIPPED, OWN, decided(KEPT))
    assert plan_fault.faults(with_starts(everything, TODAY)) == []
    assert (everything.needs, everything.activities) == (SHIPPED.needs, SHIPPED.activities)
    assert everything.flare_urgent_help == SHIPPED.flare_urgent_help
    assert (everything.what_matters, everything.goals) == (OWN.what_matters, OWN.goals)


def test_a_changed_line_is_the_plan_s_own_under_the_template_s_name() -> None:
    mine = replace(OWN, needs=(Need(NeedKind.SOCIAL, "I see nobody", line="need-7"),), flare_avoid="A day in bed")
    said = decided(LEFT_OUT, need_5=KEPT, need_7=CHANGED, flare_avoid=CHANGED)
    assert decision_faults(SHIPPED, mine, said) == []
    plan = begun(SHIPPED, mine, said)
    assert plan.needs == (*mine.needs, SHIPPED.needs[0])
    assert (plan.flare_avoid, plan.flare_contact) == ("A day in bed", None)


def test_every_line_is_decided_upon_once() -> None:
    said = decided(KEPT)
    [missing] = decision_faults(SHIPPED, OWN, said[2:])
    assert missing.field == "template.decisions"
    assert missing.words.endswith(f"{said[0].line}, {said[1].line}.")
    for wrong in (said[0], Decided("nowhere", KEPT), Decided("flare_avoid", KEPT)):
        [fault] = decision_faults(SHIPPED, OWN, (*said, wrong))
        assert fault.field == f"template.decisions.{len(said)}.line"
    assert decision_faults(SHIPPED, OWN, said) == []


def test_what_was_decided_and_what_the_plan_says_go_together() -> None:
    line = "activity-1"
    assert lines(SHIPPED)[line] == "activities"
    own = Activity(Behaviour.DEMAND, "Ask", frozenset(WEEK), line=line)
    elsewhere = Helps("A bath", line=line)
    for mine, decision in (
        (replace(OWN, activities=(own,)), KEPT),
        (replace(OWN, activities=(own,)), LEFT_OUT),
        (replace(OWN, already_helps=(elsewhere,)), LEFT_OUT),
        (replace(OWN, already_helps=(elsewhere,)), CHANGED),
        (OWN, CHANGED),
    ):
        said = decided(LEFT_OUT, activity_1=decision)
        index = [each.line for each in said].index(line)
        assert [f.field for f in decision_faults(SHIPPED, mine, said)] == [f"template.decisions.{index}.decision"]
    for decision, mine in ((CHANGED, OWN), (KEPT, replace(OWN, flare_avoid="Bed"))):
        assert len(decision_faults(SHIPPED, mine, decided(LEFT_OUT, flare_avoid=decision))) == 1


def test_a_plan_does_not_grow_beyond_its_room() -> None:
    full = replace(OWN, needs=tuple(Need(NeedKind.SOCIAL, f"Need {number}") for number in range(50)))
    assert decision_faults(SHIPPED, full, decided(LEFT_OUT)) == []
    assert [fault.field for fault in decision_faults(SHIPPED, full, decided(LEFT_OUT, need_5=KEPT))] == ["needs"]


decisions = st.lists(st.sampled_from(Decision), min_size=len(lines(SHIPPED)), max_size=len(lines(SHIPPED)))


@given(decisions)
def test_whatever_is_decided_no_line_comes_in_that_was_not_kept(chosen: list[Decision]) -> None:
    said = tuple(Decided(line, each) for line, each in zip(lines(SHIPPED), chosen, strict=True))
    plan = begun(SHIPPED, OWN, said)
    kept = {each.line for each in said if each.decision is KEPT}
    came = {line.line for line in plan.lines if line not in OWN.goals}
    came |= {line for line, name in FLARE_LINES.items() if getattr(plan, name)}
    assert came == kept


def test_versions_are_compared_in_all_that_they_say() -> None:
    asks = replace(SHIPPED.prompts, goals="What next?")
    other = replace(SHIPPED, suits="Everybody", prompts=asks, needs=SHIPPED.needs[1:], flare_avoid="Bed")
    found = [(each.part, each.line, each.change) for each in template_differences(SHIPPED, other)]
    assert found == [
        ("template", None, "changed"),
        ("prompts", None, "changed"),
        ("plan", None, "changed"),
        ("needs", "need-5", "removed"),
    ]
    assert template_differences(SHIPPED, SHIPPED) == []


def test_names_of_lines_are_never_used_again() -> None:
    new = replace(SHIPPED, needs=(Need(NeedKind.SOCIAL, "Money"),))
    assert with_lines(new, NEXT)[0].needs[0].line == f"need-{NEXT}"


def test_what_is_retired_stays_so() -> None:
    assert MOVES[TemplateStatus.RETIRED] == frozenset()
    assert TemplateStatus.DRAFT not in MOVES[TemplateStatus.ACTIVE]
