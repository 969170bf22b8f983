"""Is a patient in, in a browser, with a number, a code and something that only they know?"""

import html

import pytest
from sqlalchemy import select

from companion.db import reading
from companion.models import AuditEntry, Device
from companion.use_cases import code
from tests.api.caller import Answer, Caller
from tests.api.patient_entry.conftest import Entrance
from tests.companion.domain.test_plan_difference import whole
from tests.support.cast import AMINA_MOBILE, AMINA_NHS, DEE_NHS

PAGE, CODE = "/own/sign-in", "/own/sign-in/code"
DIGITS, STRANGER = AMINA_NHS[-4:], "07700 900777"


@pytest.fixture
def browser(entrance: Entrance) -> Caller:
    """Somebody's."""
    entrance.world.people.agree_plan()
    return Caller(entrance.app.test_client())


def ask(entrance: Entrance, browser: Caller, mobile: str = "07700 900101") -> Answer:
    """Ask for a code, and let the worker have its second."""
    answer = browser.submit(PAGE, PAGE, {"mobile": mobile})
    code.take_up(entrance.moment.now)
    return answer


def use(entrance: Entrance, browser: Caller, digits: str = DIGITS, typed: str | None = None, **more: str) -> Answer:
    """Type the code that came, and the digits."""
    there = entrance.texts()
    fields = {"mobile": AMINA_MOBILE, "code": typed or there[-1][:6], "digits": digits, **more}
    return browser.submit(PAGE, CODE, fields)


def sees_plan(browser: Caller) -> bool:
    """Whether the page shows the plan."""
    answer = browser.get("/own/plan")
    return answer.status == 200 and "Being there for my family" in answer.text


def test_number_code_and_digits_open_the_plan(entrance: Entrance, browser: Caller) -> None:
    assert "/own/sign-in" in browser.get("/own/plan").text or browser.get("/own/way-in").status == 200
    assert ask(entrance, browser).status == 200
    answer = use(entrance, browser)
    assert (answer.status, answer.headers["Location"]) == (303, "/own/plan")
    assert sees_plan(browser)
    assert not sees_plan(Caller(entrance.app.test_client()))
    with reading() as session:
        [device] = session.scalars(select(Device))
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign-in.begin"))
    assert device.kind == "page"
    assert (entry.origin or "").startswith("page ")


def test_the_page_has_the_flare_up_plan_and_whom_to_turn_to(entrance: Entrance) -> None:
    plan = whole()
    entrance.world.people.agree_plan(plan)
    browser = Caller(entrance.app.test_client())
    ask(entrance, browser)
    use(entrance, browser)
    shown = html.unescape(browser.get("/own/plan").text)
    wanted = (plan.flare_first_steps or "", plan.flare_urgent_help or "", plan.contacts[0].words, "1 February 2027")
    assert [words for words in wanted if words not in shown] == []


def test_a_code_works_once_and_not_without_what_only_she_knows(entrance: Entrance, browser: Caller) -> None:
    ask(entrance, browser)
    for digits in ("", "12"):
        assert use(entrance, browser, digits).status == 422
    assert use(entrance, browser, DEE_NHS[-4:]).status == 401
    assert not sees_plan(browser)
    used = entrance.texts()[-1][:6]
    assert use(entrance, browser).status == 303
    assert use(entrance, Caller(entrance.app.test_client()), typed=used).status == 401


def test_five_wrong_codes_end_it_and_then_the_right_one_too(entrance: Entrance, browser: Caller) -> None:
    ask(entrance, browser)
    right = entrance.texts()[-1][:6]
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert [use(entrance, browser, typed=wrong).status for _ in range(5)] == [401] * 5
    assert use(entrance, browser, typed=right).status == 401
    assert not sees_plan(browser)


def test_a_stranger_is_answered_as_a_patient_is(entrance: Entrance, browser: Caller) -> None:
    known, unknown = ask(entrance, browser), ask(entrance, browser, STRANGER)
    assert known.status == unknown.status == 200
    told = [answer.text.replace("+447700900101", "").replace("+447700900777", "") for answer in (known, unknown)]
    without = ["".join(line for line in page.splitlines() if "csrf_token" not in line) for page in told]
    assert without[0] == without[1]
    assert "Amina" not in known.text


@pytest.mark.parametrize("mobile", ["", "no number", "+1 202 555 0101", "07700", "<script>", "0" * 500])
def test_what_is_no_number_of_ours_is_said(entrance: Entrance, browser: Caller, mobile: str) -> None:
    answer = ask(entrance, browser, mobile)
    assert answer.status == 422
    assert "Enter a UK mobile number, like 07700 900123." in answer.text
    assert "<script>" not in answer.text.replace("<script>alert", "")


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_said(entrance: Entrance, browser: Caller, typed: str) -> None:
    ask(entrance, browser)
    answer = use(entrance, browser, typed=typed)
    assert (answer.status, "6-digit code" in answer.text) == (422, True)


def test_too_many_are_told_when_to_come_again(entrance: Entrance, browser: Caller) -> None:
    assert [ask(entrance, browser).status for _ in range(4)] == [200, 200, 200, 429]
