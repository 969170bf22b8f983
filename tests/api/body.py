"""What is sent to the API? Sound bodies, to be changed where a test wants them otherwise."""

from functools import cache
from itertools import count, islice
from typing import Any

from tests.support.cast import AMINA_MOBILE, AMINA_NHS, PASSWORD

Body = dict[str, Any]

FREE_NHS, FREE_MOBILE = "999 000 0034", "07700 900103"
AMINA_NHS_SPACED = f"{AMINA_NHS[:3]} {AMINA_NHS[3:6]} {AMINA_NHS[6:]}"
AMINA_MOBILE_LOCAL = f"0{AMINA_MOBILE.removeprefix('+44')}"


def preferences(**changes: Any) -> Body:
    """From 9 to 5 on three days, once a day, three times a week."""
    sound: Body = {
        "local_start": "09:00",
        "local_end": "17:00",
        "days_of_week": ["mon", "wed", "fri"],
        "on_bank_holidays": False,
        "daily_ceiling": 1,
        "weekly_ceiling": 3,
    }
    return sound | changes


def enrolment(**changes: Any) -> Body:
    """A third person: neither Amina nor Dee."""
    sound: Body = {
        "given_name": "Farah",
        "family_name": "Nazari",
        "nhs_number": FREE_NHS,
        "mobile": FREE_MOBILE,
        "time_zone": "Europe/London",
        "consent_to_texts": True,
    }
    return sound | changes


def nhs_numbers(number: int) -> list[str]:
    """The NHS number of the test range with these six digits, if there is one (modulus 11 can ask for a tenth '10')."""
    nine = f"999{number:06}"
    rest = -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return [] if rest == 10 else [f"{nine}{rest}"]


@cache
def _many_nhs_numbers() -> list[str]:
    return list(islice((each for number in count(100_000) for each in nhs_numbers(number)), 1_000))


def nth_enrolment(number: int, **changes: Any) -> Body:
    """The person with this number, from 0 to 999: none of the cast from 200 on, and nobody twice."""
    return enrolment(nhs_number=_many_nhs_numbers()[number], mobile=f"07700 900{number:03}", **changes)


def pathway_correction(**changes: Any) -> Body:
    """The first move was a referral of another kind."""
    right = {"to_step": "referral", "reason": "existing-patient"}
    sound: Body = {"right": right, "words": "She had been here before."}
    return sound | changes


def hospital_referral(**changes: Any) -> Body:
    """With its reason, and what was tried first."""
    sound: Body = {"to": "Rheumatology", "reason": "Swollen joints", "tried_first": "Three months of physiotherapy"}
    return sound | changes


def sign_in(**changes: Any) -> Body:
    """Ben's."""
    return {"email": "ben@example.nhs.uk", "password": PASSWORD} | changes


def another_password() -> Body:
    """Whoever has the cast's own chooses another."""
    return {"current_password": PASSWORD, "new_password": "a lamp, a river and some cheese"}


def nth_invitation(number: int) -> Body:
    """Somebody whom nobody asked yet."""
    return {"name": "Fay Lund", "email": f"fay{number}@example.nhs.uk", "roles": ["clinician"]}


def goal(**changes: Any) -> Body:
    """What the person hopes for."""
    return {"line": "school", "words": "To pick my granddaughter up from school", "importance": 9} | changes


def activity(**changes: Any) -> Body:
    """Something to try, which needs no other line."""
    return {"behaviour": "curious", "words": "Notice how my sleep changes", "days_of_week": ["tue", "fri"]} | changes


def content(**changes: Any) -> Body:
    """A plan with a goal, what already helps, and one activity for each behaviour."""
    sound: Body = {
        "what_matters": "Being there for my family",
        "already_helps": [{"line": "lunch-walk", "words": "a short walk after lunch"}],
        "goals": [goal()],
        "activities": [
            activity(line="sleep", goal_line="school"),
            activity(line="walk", behaviour="healthy", words="Keep up the walk", already_helps_line="lunch-walk"),
            activity(line="review", behaviour="demand", words="Ask for a review", time_of_day="13:30"),
        ],
    }
    return sound | changes


def revision(**changes: Any) -> Body:
    """A change to a plan, and why."""
    return {"content": content(**changes), "reason": "Walking has become easier"}


def template(**changes: Any) -> Body:
    """A starting point, with a line in each part and a flare-up plan."""
    sound: Body = {
        "name": "New referral, widespread pain",
        "suits": "People newly referred with pain in many places",
        "prompts": {"what_matters": "What matters most to you?", "goals": "What would you like to do again?"},
        "needs": [{"line": "sleep", "kind": "physical", "words": "How I sleep", "condition": "Chronic pain"}],
        "activities": [
            {"line": "notice", **activity()},
            {"line": "group", "behaviour": "demand", "words": "Ask for a group", "recurrence": "FREQ=WEEKLY;BYDAY=TU"},
        ],
        "medicines_to_review": [{"line": "tablets", "words": "Codeine", "why": "Whether it helps"}],
        "flare_first_steps": "Do less, and not nothing",
        "flare_urgent_help": "Numb legs: 999",
    }
    return sound | changes


def template_revision(**changes: Any) -> Body:
    """The next version of a template, and why."""
    return {"content": template(**changes), "reason": "People asked for it"}


def resource(**changes: Any) -> Body:
    """A walking group by the sea, listed."""
    sound: Body = {
        "name": "Slow walkers of Southport",
        "kind": "leisure",
        "description": "A slow walk along the sea, with benches",
        "status": "listed",
        "cost": "free",
        "needs": ["physical", "social"],
        "outward": "PR8",
        "reach": ["L"],
        "phone": "01632 960123",
        "evidence": "patient-reported",
    }
    return sound | changes
