"""Can a patient ask for a second opinion on their page, and read there what came of it?"""

import pytest

from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.second_opinion import OpinionOutcome
from companion.use_cases import second_opinion, staff
from companion.use_cases.care_plan import PlanView
from tests.api import form
from tests.api.caller import Answer, Caller
from tests.api.patient_entry.conftest import Entrance
from tests.api.patient_entry.test_agreement import asked_by_text, on_page, plan
from tests.support import cast

__all__ = ["plan"]
ASK = "/own/second-opinions"


@pytest.fixture
def fay(entrance: Entrance) -> Actor:
    """A clinician of Amina's pain service, who did not write the plan."""
    at, now = entrance.world.people.service_id, entrance.moment.now
    member = staff.add(system(at), "Fay Lund", "fay@example.nhs.uk", cast.PASSWORD, [Role.CLINICIAN], now)
    return Actor(ActorKind.STAFF, at, member.id, frozenset({Role.CLINICIAN}))


def asks(page: Answer) -> list[form.Form]:
    return [each for each in form.forms_of(page.text) if each.action.endswith(ASK)]


def test_it_is_asked_and_answered_on_the_page(entrance: Entrance, plan: PlanView, fay: Actor) -> None:
    people = entrance.world.people
    browser = on_page(entrance, asked_by_text(entrance, plan))
    (asked,) = asks(browser.get("/own/plan"))

    def ask(**typed: str) -> Answer:
        return browser.send("POST", ASK, data=asked.hidden | typed)

    for wrong in ("", " ", 2_001 * "x"):
        again = ask(question=wrong)
        assert (again.status, "Write what you would like to know" in again.text) == (422, True)
    again = ask(care_plan_id="x", question="Kept <b>")
    assert (again.status, "Kept &lt;b&gt;</textarea>" in again.text) == (422, True)
    assert ask(care_plan_id=str(fay.id), question="Another's plan?").status == 409
    assert ask(question="Is it too much?\r\nIt hurts \U0001f3ca").status == 303
    shown = browser.get("/own/plan")
    assert "You will see the answer here." in shown.text
    assert asks(shown) == []
    assert ask(question="Once more").status == 409
    (kept,) = second_opinion.of_patient(people.ben, people.amina.id, entrance.moment.now)
    assert kept.opinion.question == "Is it too much?\nIt hurts \U0001f3ca"
    words = "Walk <half> as far."
    second_opinion.give(fay, kept.opinion.id, OpinionOutcome.CHANGE, words, entrance.moment.now)
    shown = browser.get("/own/plan")
    assert "Fay Lund, West Lancashire Pain Service, would change the plan: Walk &lt;half&gt; as far." in shown.text
    assert len(asks(shown)) == 1
    later = second_opinion.ask(people.ben, plan.plan.id, "And the swimming?", entrance.moment.now).opinion.id
    second_opinion.withdraw(people.ben, later, "We talked.", entrance.moment.now)
    shown = browser.get("/own/plan")
    assert "Your pain service asked: And the swimming?" in shown.text
    assert "The request was withdrawn. We talked." in shown.text
    assert Caller(entrance.app.test_client()).send("POST", ASK, data=asked.hidden).status in (303, 400, 403)
