"""What keeps a care plan from being sound?"""

import re
from collections.abc import Iterator
from datetime import date

from companion.domain import recurrence
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import OVER, PARTS, Activity, Content, spoken
from companion.domain.plan_section import FLARE
from companion.domain.recurrence import RuleError
from companion.domain.refusal import Fault

# What a text says of a line; with the wording around it, two parts of a text message.
LONGEST_SPOKEN = 160
# A rule is counted from its start on: one that began in the year 1 would keep the planner busy.
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
FLARE_NEEDS = {
    "flare_first_steps": "A flare plan says what to do first.",
    "flare_urgent_help": "A flare plan says when to seek urgent help.",
}
# "5 mg", "10ml", "two tablets": an amount of something to take.
_DOSE = re.compile(
    r"\b(\d[\d.,]*|half|one|two|three|four)\s*-?\s*"
    r"(mg|mcg|ug|\u00b5g|g|ml|micrograms?|milligrams?|grams?|units?|tablets?|capsules?|tabs?|caps?|patch|patches|puffs?|drops?)\b",
    re.IGNORECASE,
)


def faults(content: Content) -> list[Fault]:
    """Everything that keeps this from being a sound plan, each with the dotted path of its field."""
    found = []
    if not content.goals:
        found.append(Fault("goals", "A plan needs at least one goal, in the person's own words."))
    found += _named_twice(content)
    for index, activity in enumerate(content.activities):
        found += _of_activity(content, f"activities.{index}", activity)
    for index, medicine in enumerate(content.medicines_to_review):
        for name in ("words", "why"):
            if _DOSE.search(getattr(medicine, name) or ""):
                words = "Name the medicine and why to review it. Do not enter a dose: a plan does not hold doses."
                found.append(Fault(f"medicines_to_review.{index}.{name}", words))
    if any(getattr(content, name) for name in FLARE):
        found += [Fault(name, words) for name, words in FLARE_NEEDS.items() if not getattr(content, name)]
    if content.reviewer_id is not None and content.review_on is None:
        found.append(Fault("review_on", "Enter the date when the reviewer will review the plan."))
    return found


def past_faults(content: Content, before: Content | None, today: date) -> list[Fault]:
    """Which days have passed already. What stood in the revision `before` may stay: that it passed is no fault of
    whoever changes something else. today: the patient's local day."""
    found = []
    old = {line.line: line for line in before.activities} if before else {}
    for index, activity in enumerate(content.activities):
        known = old.get(activity.line) if activity.line else None
        passed = activity.due_on is not None and activity.due_on < today and activity.status not in OVER
        if passed and (known is None or known.due_on != activity.due_on or known.status in OVER):
            found.append(Fault(f"activities.{index}.due_on", "This day has passed."))
    passed = content.review_on is not None and content.review_on < today
    if passed and (before is None or before.review_on != content.review_on):
        found.append(Fault("review_on", "This day has passed. Choose today or a later day."))
    return found


def _named_twice(content: Content) -> Iterator[Fault]:
    seen = set()
    for part in PARTS:
        for index, item in enumerate(getattr(content, part)):
            if item.line is not None and item.line in seen:
                words = f"The line '{item.line}' is used twice. Each line needs its own name."
                yield Fault(f"{part}.{index}.line", words)
            seen.add(item.line)


def _of_activity(content: Content, at: str, activity: Activity) -> Iterator[Fault]:
    helps = {item.line: item.words for item in content.already_helps}
    if activity.behaviour is Behaviour.HEALTHY and activity.already_helps_line is None:
        words = (
            "A healthy activity must be something that already helps this person: enter its line from already_helps."
        )
        yield Fault(f"{at}.already_helps_line", words)
    if activity.already_helps_line is not None and activity.already_helps_line not in helps:
        yield Fault(f"{at}.already_helps_line", "There is no line with this name in already_helps.")
    if activity.goal_line is not None and activity.goal_line not in {goal.line for goal in content.goals}:
        yield Fault(f"{at}.goal_line", "There is no goal with this line.")
    helps_words = helps.get(activity.already_helps_line, "") if activity.already_helps_line else ""
    if len(spoken(activity.behaviour, activity.nudge_words, activity.words, helps_words)) > LONGEST_SPOKEN:
        words = f"A text can hold {LONGEST_SPOKEN} characters. Enter a shorter version in nudge_words."
        yield Fault(f"{at}.nudge_words", words)
    if not activity.days_of_week:
        yield Fault(f"{at}.days_of_week", "Choose at least one day of the week.")
    else:
        yield from _of_days(at, activity)


def _of_days(at: str, activity: Activity) -> Iterator[Fault]:
    start, due = activity.starts_on, activity.due_on
    if start is not None and not EARLIEST <= start < LATEST:
        yield Fault(f"{at}.starts_on", "The year must be between 2000 and 2199.")
        return
    if start is not None and due is not None and due < start:
        yield Fault(f"{at}.due_on", "The due date must not be before the start date.")
        return
    if activity.recurrence is None:
        return
    if start is None:
        yield Fault(f"{at}.starts_on", "Enter the date the recurrence starts from.")
        return
    try:
        happens = recurrence.happens(activity.recurrence, start, due, activity.days_of_week)
    except RuleError as error:
        yield Fault(f"{at}.recurrence", str(error))
        return
    if not happens:
        words = "This never happens: in five years, none of its days is in days_of_week and on or before due_on."
        yield Fault(f"{at}.recurrence", words)
