"""What does a patient see of their own, and what never?"""

from companion.use_cases import care_plan
from tests.api.caller import patient_signed_in, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.support import cast

NOTE = "She was cross with the surgery"


def test_who_i_am(entrance: Entrance) -> None:
    people = entrance.world.people
    amina = patient_signed_in(entrance.app, people.amina)
    assert amina.get("/v1/me").json == {
        "given_name": "Amina",
        "pain_service": {"name": "West Lancashire Pain Service", "phone": "01632 960123"},
        "texts_are_on": True,
        "has_plan": False,
    }
    assert amina.get("/v1/me/care-plan").status == 404
    people.agree_plan()
    entrance.world.texts("STOP")
    me = amina.get("/v1/me").json
    assert (me["texts_are_on"], me["has_plan"]) == (False, True)


def test_the_plan_as_it_was_agreed_without_what_staff_wrote_for_each_other(entrance: Entrance) -> None:
    people, now = entrance.world.people, entrance.moment.now
    agreed = people.agree_plan()
    changed = cast.plan_content(what_matters="Something that is not agreed yet")
    care_plan.revise(people.ben, agreed.plan.id, agreed.plan.version, changed, NOTE, now)
    answer = patient_signed_in(entrance.app, people.amina).get("/v1/me/care-plan")
    assert answer.json["what_matters"] == "Being there for my family"
    assert answer.json["number"] == 1
    assert [each["words"] for each in answer.json["goals"]] == ["To pick my granddaughter up from school"]
    assert NOTE not in answer.text
    assert {"reason", "author_id"}.isdisjoint(answer.json)
    assert patient_signed_in(entrance.app, people.dee).get("/v1/me/care-plan").status == 404


def test_who_looked_at_my_record(entrance: Entrance) -> None:
    people = entrance.world.people
    signed_in(entrance.app, people.ben).get(f"/v1/patients/{people.amina.id}")
    signed_in(entrance.app, people.ben).get(f"/v1/patients/{people.dee.id}/messages")
    items = patient_signed_in(entrance.app, people.amina).get("/v1/me/record-access").json["items"]
    assert ("Ben Okafor, clinician", "looked at name and number") in [(each["who"], each["what"]) for each in items]
    assert "read the texts" not in [each["what"] for each in items]


def test_a_token_of_staff_opens_nothing_there(entrance: Entrance) -> None:
    ben = signed_in(entrance.app, entrance.world.people.ben)
    for path in ("/v1/me", "/v1/me/devices", "/v1/me/care-plan", "/v1/me/record-access"):
        assert ben.get(path).status == 401


def test_reading_is_written_down(entrance: Entrance) -> None:
    amina = patient_signed_in(entrance.app, entrance.world.people.amina)
    entrance.world.people.agree_plan()
    amina.get("/v1/me/care-plan")
    first = amina.get("/v1/me/record-access").json["items"][0]
    assert (first["who"], first["what"]) == ("the patient", "read the care plan")
