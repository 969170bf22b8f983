"""Can a patient agree to their plan themselves, in the app, on the page and after a text, and only to what they saw?"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from html import unescape
from uuid import UUID

import pytest

from companion.db import reading, transaction
from companion.domain import access, plan_section
from companion.domain.access import Actor
from companion.domain.care_plan import CarePlanStatus, Content
from companion.domain.device import DeviceKind
from companion.domain.plan_words import Reader
from companion.domain.segments import is_gsm7, segments
from companion.models import AgreementRequest
from companion.records import revision
from companion.use_cases import agreement, care_plan
from companion.use_cases.care_plan import PlanView
from tests.api import form
from tests.api.caller import Answer, Caller, at_once, patient_signed_in, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.api.patient_entry.test_link import DIGITS
from tests.companion.domain.test_plan_difference import whole
from tests.support import cast
from tests.support.contended import trying, wait_for

OWN = "/v1/me/care-plan/agreement"


@pytest.fixture
def amina(entrance: Entrance) -> Caller:
    return patient_signed_in(entrance.app, entrance.world.people.amina)


@pytest.fixture
def plan(entrance: Entrance) -> PlanView:
    """A draft, which Ben wrote."""
    people = entrance.world.people
    return care_plan.draft(people.ben, people.amina.id, cast.plan_content(), entrance.moment.now)


def as_amina(entrance: Entrance) -> Actor:
    return access.patient(entrance.world.people.service_id, entrance.world.people.amina.id)


def stands(entrance: Entrance, plan: PlanView) -> PlanView:
    return care_plan.read(entrance.world.people.ben, plan.plan.id, entrance.moment.now)


def revised(entrance: Entrance, plan: PlanView, what_matters: str = "The garden") -> PlanView:
    content, now = cast.plan_content(what_matters=what_matters), entrance.moment.now
    version = stands(entrance, plan).plan.version
    return care_plan.revise(entrance.world.people.ben, plan.plan.id, version, content, "Her wish", now)


def yes(plan: PlanView, number: int = 1) -> dict[str, str | int]:
    return {"care_plan_id": str(plan.plan.id), "number": number}


def asked_by_text(entrance: Entrance, plan: PlanView) -> str:
    """Ben has the link texted, and Amina reads it; the path of its address."""
    ben = signed_in(entrance.app, entrance.world.people.ben)
    answer = ben.post(f"/v1/care-plans/{plan.plan.id}/agreement-request")
    assert answer.status == 202, answer.text
    text = entrance.texts()[-1]
    assert is_gsm7(text)
    assert segments(text) == 1
    assert "plan" not in text
    return "/link/" + text.partition("/link/")[2][:36]


def on_page(entrance: Entrance, link: str) -> Caller:
    """Her browser, let in by the link."""
    browser = Caller(entrance.app.test_client())
    assert browser.submit(link, link, {"digits": DIGITS}).status == 303
    return browser


def press(browser: Caller, page: Answer) -> Answer:
    """The button of a page that was read some time ago."""
    (button,) = (each for each in form.forms_of(page.text) if each.action.endswith("/own/plan/agreement"))
    return browser.send("POST", "/own/plan/agreement", data=button.hidden)


def test_in_the_app(entrance: Entrance, amina: Caller, plan: PlanView) -> None:
    waits = amina.get(OWN)
    assert (waits.json["care_plan_id"], waits.json["number"]) == (str(plan.plan.id), 1)
    assert waits.json["what_matters"] == "Being there for my family"
    agreed = amina.post(OWN, yes(plan))
    assert (agreed.status, agreed.json["how"], agreed.json["revision_number"]) == (201, "app", 1)
    view = stands(entrance, plan)
    assert (view.plan.status, view.plan.agreed_revision) == (CarePlanStatus.ACTIVE, 1)
    assert view.agreement is not None
    assert view.agreement.recorded_by is None
    assert amina.get(OWN).status == 404
    assert amina.post(OWN, yes(plan)).status == 409
    said = [each["what"] for each in amina.get("/v1/me/record-access").json["items"]]
    assert said.count("agreed to the care plan") == 1


def test_only_what_was_shown_is_agreed_to(entrance: Entrance, amina: Caller, plan: PlanView) -> None:
    assert amina.get(OWN).json["number"] == 1
    revised(entrance, plan)
    stale = amina.post(OWN, yes(plan))
    assert stale.status == 409
    assert "changed since you read" in stale.json["detail"]
    assert stands(entrance, plan).plan.status is CarePlanStatus.DRAFT
    waits = amina.get(OWN)
    assert (waits.json["number"], waits.json["what_matters"]) == (2, "The garden")
    assert amina.post(OWN, yes(plan, 3)).status == 409
    assert amina.post(OWN, yes(plan, 2)).status == 201
    assert stands(entrance, plan).plan.agreed_revision == 2


def test_a_new_revision_of_the_active_plan_asks_again(entrance: Entrance, amina: Caller, plan: PlanView) -> None:
    assert amina.post(OWN, yes(plan)).status == 201
    revised(entrance, plan)
    assert amina.get("/v1/me/care-plan").json["number"] == 1
    assert amina.get(OWN).json["number"] == 2
    assert amina.post(OWN, yes(plan, 2)).status == 201
    assert amina.get("/v1/me/care-plan").json["number"] == 2


def test_no_draft_becomes_active_beside_another(entrance: Entrance, amina: Caller, plan: PlanView) -> None:
    people, now = entrance.world.people, entrance.moment.now
    assert amina.post(OWN, yes(plan)).status == 201
    second = care_plan.draft(people.ben, people.amina.id, cast.plan_content(), now)
    assert amina.get(OWN).status == 404
    assert amina.post(OWN, yes(second)).status == 409
    ben = signed_in(entrance.app, people.ben)
    assert ben.post(f"/v1/care-plans/{second.plan.id}/agreement-request").status == 409
    assert entrance.texts() == []


def test_by_a_text(entrance: Entrance, plan: PlanView) -> None:
    link = asked_by_text(entrance, plan)
    browser = on_page(entrance, link)
    page = browser.get("/own/plan")
    assert "Being there for my family" in page.text
    assert press(browser, page).status == 303
    view = stands(entrance, plan)
    assert view.agreement is not None
    assert (view.plan.status, view.agreement.how) == (CarePlanStatus.ACTIVE, "text")
    assert "I agree" not in browser.get("/own/plan").text
    assert press(browser, page).status == 409


def test_a_page_that_shows_an_older_revision_asks_again(entrance: Entrance, plan: PlanView) -> None:
    browser = on_page(entrance, asked_by_text(entrance, plan))
    page = browser.get("/own/plan")
    revised(entrance, plan)
    again = press(browser, page)
    assert again.status == 409
    assert "changed since you read" in again.text
    assert "The garden" in again.text
    assert stands(entrance, plan).plan.status is CarePlanStatus.DRAFT
    assert press(browser, again).status == 303
    view = stands(entrance, plan)
    assert view.agreement is not None
    # It was the first that staff asked for by text.
    assert (view.agreement.revision_number, view.agreement.how) == (2, "app")


def test_on_the_page_alone_it_is_no_text(entrance: Entrance, plan: PlanView) -> None:
    ben = signed_in(entrance.app, entrance.world.people.ben)
    assert ben.post(f"/v1/patients/{entrance.world.people.amina.id}/sign-in-links").status == 202
    browser = on_page(entrance, "/link/" + entrance.texts()[-1].partition("/link/")[2][:36])
    assert press(browser, browser.get("/own/plan")).status == 303
    view = stands(entrance, plan)
    assert view.agreement is not None
    assert view.agreement.how == "app"


def test_nobody_else_agrees_or_asks(entrance: Entrance, plan: PlanView) -> None:
    people = entrance.world.people
    dee = patient_signed_in(entrance.app, people.dee)
    assert dee.get(OWN).status == 404
    assert dee.post(OWN, yes(plan)).status == 404
    address = f"/v1/care-plans/{plan.plan.id}/agreement-request"
    assert signed_in(entrance.app, people.eve).post(address).status == 404
    assert signed_in(entrance.app, people.chandra).post(address).status == 403
    assert stands(entrance, plan).plan.status is CarePlanStatus.DRAFT
    with reading() as session:
        assert session.query(AgreementRequest).count() == 0


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [({"number": 0}, ["number"]), ({"number": "1"}, ["number"]), ({"care_plan_id": "x"}, ["care_plan_id"])],
)
def test_bad_input_is_named(amina: Caller, plan: PlanView, wrong: dict[str, object], fields: list[str]) -> None:
    answer = amina.post(OWN, yes(plan) | wrong)
    assert (answer.status, answer.fields) == (422, fields)


def test_a_yes_never_lands_on_a_revision_that_came_meanwhile(entrance: Entrance, plan: PlanView) -> None:
    """Several say yes to what they read while somebody revises: what is agreed is what was read, or nothing."""
    now = entrance.moment.now

    def agree(plan_id: UUID, number: int) -> object:
        return agreement.agree(as_amina(entrance), plan_id, number, DeviceKind.APP, now)

    for turn in range(4):
        before = stands(entrance, plan)
        number = before.plan.current_revision
        told = at_once(
            trying(entrance.app, lambda number=number: agree(plan.plan.id, number)),  # type: ignore[misc]
            trying(entrance.app, lambda turn=turn: revised(entrance, plan, f"Turn {turn}")),  # type: ignore[misc]
            trying(entrance.app, lambda number=number: agree(plan.plan.id, number)),  # type: ignore[misc]
        )
        agreements = [told[0], told[2]].count("done")
        view = stands(entrance, plan)
        assert agreements <= 1
        assert view.plan.agreed_revision == (number if agreements else before.plan.agreed_revision)
        if told[1] == "done":
            assert view.plan.current_revision == number + 1
        assert view.plan.version == before.plan.version + told.count("done")


def test_the_page_says_all_that_a_yes_is_a_yes_to(entrance: Entrance) -> None:
    """What stood in the plan and not on the page, nobody would have agreed to."""
    people = entrance.world.people
    words = {field.name: f"Mark-{field.name}" for field in fields(Content) if field.type in (str, str | None)}
    content = replace(whole(), **words)  # type: ignore[arg-type]  # the fields of words alone
    drafted = care_plan.draft(people.ben, people.amina.id, content, entrance.moment.now)
    told = unescape(on_page(entrance, asked_by_text(entrance, drafted)).get("/own/plan").text)
    assert "I agree to this plan" in told
    said = [said for part in plan_section.parts(drafted.revision, Reader.PATIENT, {}) for said in part.words]
    assert len(said) > len(words) >= 10
    assert [each for each in (*said, *words.values()) if each not in told] == []


def test_the_page_says_what_changed_since_the_last_yes(entrance: Entrance, plan: PlanView) -> None:
    agreement.agree(as_amina(entrance), plan.plan.id, 1, DeviceKind.APP, entrance.moment.now)
    browser = on_page(entrance, asked_by_text(entrance, revised(entrance, plan)))
    page = browser.get("/own/plan")
    told = unescape(page.text)
    changes = told[told.index("What has changed since you agreed") :].partition("</section>")[0]
    assert "What matters to you" in changes
    assert "Being there for my family" in changes
    assert "The garden" in changes
    assert "What you hope for" not in changes
    assert press(browser, page).status == 303
    assert "What has changed since you agreed" not in browser.get("/own/plan").text


def test_a_yes_waits_for_a_revision_that_is_being_written(entrance: Entrance, plan: PlanView) -> None:
    """It is written and not yet for all to see when she says yes to the one before: nothing is agreed."""
    people, now = entrance.world.people, entrance.moment.now

    def agree() -> object:
        return agreement.agree(as_amina(entrance), plan.plan.id, 1, DeviceKind.APP, now)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            content = cast.plan_content(what_matters="The garden")
            revision.revise(session, people.ben, plan.plan.id, plan.plan.version, content, "Her wish", now)
            told = pool.submit(trying(entrance.app, agree))
            wait_for(told)
        assert told.result() == "ConflictError"
    assert stands(entrance, plan).plan.agreed_revision is None


def test_a_change_is_suggested_on_the_page_and_the_answer_stands_there(entrance: Entrance, plan: PlanView) -> None:
    people = entrance.world.people
    browser = on_page(entrance, asked_by_text(entrance, plan))
    page = browser.get("/own/plan")
    (asks,) = (each for each in form.forms_of(page.text) if each.action.endswith("/own/suggestions"))

    def suggest(**typed: str) -> Answer:
        return browser.send("POST", "/own/suggestions", data=asks.hidden | typed)

    long = "A swim, \U0001f3ca\r\nnofio " + 1_900 * "x"
    assert suggest(line="walk", words=long).status == 303
    for words in ("", " ", 2_001 * "x"):
        assert "Write what you would like" in suggest(line="", words=words).text
    again = suggest(line="nowhere", words="Kept <b>")
    assert again.status == 422
    assert "Kept &lt;b&gt;</textarea>" in again.text
    assert suggest(care_plan_id="x", line="", words="A walk").status == 422
    ben = signed_in(entrance.app, people.ben)
    (kept,) = ben.get(f"/v1/patients/{people.amina.id}/suggestions").json["items"]
    assert (kept["line"], kept["words"]) == ("walk", long.replace("\r\n", "\n"))
    answer = ben.post(f"/v1/suggestions/{kept['id']}/refusal", {"answer": "The pool is closed."})
    assert answer.status == 200, answer.text
    assert "The pool is closed." in browser.get("/own/plan").text
    assert Caller(entrance.app.test_client()).get("/own/plan").status == 303
