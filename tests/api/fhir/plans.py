"""What plans can there be? Bodies of requests with whatever a plan may say, in any combination and any language."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import ActivityStatus, ContactKind, DoneBy, NeedKind
from companion.domain.working_hours import WEEK

# No control characters and no halves of characters: those are refused. All else may stand in words.
letters = st.characters(exclude_categories=["Cs", "Cc"])
FAIR = ("Being there for my family", "Cysgu'n well", "أن أنام", "🙂", "a\nb\tc", "<b>&amp;</b>", "x" * 150)
words = st.text(letters, min_size=1, max_size=30) | st.sampled_from(FAIR)
perhaps = st.none() | words
days = st.dates(date(2026, 11, 24), date(2035, 12, 31)).map(date.isoformat)
# What is longest among names, too.
names = st.sampled_from(["a", "lunch-walk", "0", "-", "z" * 40])
rules = st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "FREQ=YEARLY"])
marks = st.none() | st.integers(0, 10)


def lines(
    part: str, line: st.SearchStrategy[dict[str, Any]], least: int = 0
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some lines, each with a name of its own or none yet."""
    named = st.tuples(line, st.none() | names.map(lambda name: f"{part}{name}"[:40]))
    some = st.lists(named, min_size=least, max_size=4, unique_by=lambda each: each[1] or object())
    return some.map(lambda found: [each | {"line": name} for each, name in found])


def record(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A line with these fields."""
    return st.fixed_dictionaries(values)


goals = lines("g", record(words=words, importance=marks, confidence=marks), least=1)
needs = lines("n", record(kind=st.sampled_from(NeedKind).map(str), words=words, condition=perhaps))
medicines = lines("m", record(words=words, why=perhaps))
contacts = lines("c", record(kind=st.sampled_from(ContactKind).map(str), words=words, phone=st.none() | st.just("999")))
helps = lines("h", record(words=words))


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A plan as it is sent, sound as far as a rule between fields can be kept without knowing them all."""
    goal, help_ = draw(goals), draw(helps)
    goal_lines = [each["line"] for each in goal if each["line"]]
    help_lines = [each["line"] for each in help_ if each["line"]]

    @st.composite
    def activity(draw: st.DrawFn) -> dict[str, Any]:
        serves = draw(st.sampled_from(list(Behaviour)))
        draws_on = draw(st.sampled_from(help_lines)) if help_lines else None
        if serves is Behaviour.HEALTHY and draws_on is None:
            serves = Behaviour.CURIOUS
        dated = sorted(draw(st.lists(days, min_size=2, max_size=2)))
        return {
            "behaviour": serves.value,
            "words": draw(words),
            "nudge_words": "how did you sleep?",
            "goal_line": draw(st.sampled_from([None, *goal_lines])),
            "already_helps_line": draws_on if serves is Behaviour.HEALTHY else None,
            "days_of_week": draw(
                st.sets(st.sampled_from(WEEK), min_size=1).map(lambda found: [d.value for d in found])
            ),
            "status": draw(st.sampled_from(ActivityStatus)).value,
            "done_by": draw(st.sampled_from(DoneBy)).value,
            "recurrence": draw(st.none() | rules),
            "starts_on": draw(st.sampled_from([None, dated[0]])),
            "due_on": draw(st.sampled_from([None, dated[1]])),
        }

    body: dict[str, Any] = {
        "what_matters": draw(words),
        "goals": goal,
        "already_helps": help_,
        "activities": draw(lines("a", activity())),
        "needs": draw(needs),
        "medicines_to_review": draw(medicines),
        "contacts": draw(contacts),
        "review_on": draw(st.none() | days),
    }
    for name in ("important_people", "communicate_how", "please_do", "please_dont"):
        body[name] = draw(perhaps)
    if draw(st.booleans()):
        body |= {"flare_first_steps": draw(words), "flare_urgent_help": draw(words), "flare_avoid": draw(perhaps)}
    return body
