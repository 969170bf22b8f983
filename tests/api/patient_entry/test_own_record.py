"""Can a patient have a copy of their record, have it put right, and choose their texts, all without asking anybody?"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from companion.domain.correction import CorrectionStatus
from companion.models import Task
from companion.use_cases import correction
from tests.api import body
from tests.api.caller import Caller, patient_signed_in, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.support import cast

FORMS = {"": "application/json", ".html": "text/html", ".fhir": "application/fhir+json"}


@pytest.fixture
def amina(entrance: Entrance) -> Caller:
    return patient_signed_in(entrance.app, entrance.world.people.amina)


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_of_everything_of_theirs_and_of_nobody_else_s(entrance: Entrance, amina: Caller, form: str) -> None:
    entrance.world.people.agree_plan()
    copy = amina.get(f"/v1/me/export{form}")
    assert (copy.status, copy.mimetype) == (200, FORMS[form])
    assert cast.AMINA_NHS in copy.text
    assert "Yusuf" in copy.text
    assert entrance.world.people.dee.family_name not in copy.text
    looks = amina.get("/v1/me/record-access").json["items"]
    assert (looks[0]["who"], looks[0]["what"]) == ("the patient", "took a copy of the record")


def test_no_secret_of_a_sign_in_is_in_the_copy(entrance: Entrance) -> None:
    tokens = entrance.enter(device="Amina's phone")
    copy = entrance.with_token(tokens["access_token"]).get("/v1/me/export").json["records"]
    assert [each["name"] for each in copy["device"]] == ["Amina's phone"]
    assert {"device_token", "sign_in_code", "sign_in_link"}.isdisjoint(copy)


def test_what_is_wrong_is_said_and_answered(entrance: Entrance, amina: Caller) -> None:
    people, now = entrance.world.people, entrance.moment.now
    asked = amina.post("/v1/me/corrections", {"words": "My name is spelt Yousuf."})
    assert asked.status == 201, asked.text
    (waits,) = entrance.world.tasks(patient_id=people.amina.id)
    assert "correction" in waits.why
    correction.answer(
        people.ben, UUID(asked.json["id"]), CorrectionStatus.REFUSED, "It stands so in your passport.", now
    )
    (item,) = amina.get("/v1/me/corrections").json["items"]
    assert (item["words"], item["answer"]) == ("My name is spelt Yousuf.", "It stands so in your passport.")
    dee = patient_signed_in(entrance.app, people.dee)
    assert dee.get("/v1/me/corrections").json["items"] == []
    assert amina.post("/v1/me/corrections", {"words": " "}).fields == ["words"]


def test_they_choose_hours_days_number_and_a_pause(entrance: Entrance, amina: Caller) -> None:
    seen = amina.get("/v1/me/preferences")
    assert seen.status == 200
    until = (entrance.moment.now + timedelta(days=14)).isoformat()
    chosen = body.preferences(local_start="10:00", days_of_week=["mon", "thu"], daily_ceiling=1, weekly_ceiling=2)
    changed = amina.put("/v1/me/preferences", {**chosen, "paused_until_at": until}, seen.tag)
    assert changed.status == 200, changed.text
    told = amina.get("/v1/me/preferences").json
    assert (told["local_start"], told["days_of_week"], told["weekly_ceiling"]) == ("10:00", ["mon", "thu"], 2)
    assert told["paused_until_at"] is not None
    stale = amina.put("/v1/me/preferences", chosen, seen.tag)
    assert stale.status == 412
    assert amina.put("/v1/me/preferences", {**chosen, "daily_ceiling": 99}, changed.tag).fields == ["daily_ceiling"]
    ben = signed_in(entrance.app, entrance.world.people.ben)
    assert ben.get(f"/v1/patients/{entrance.world.people.amina.id}/preferences").json["weekly_ceiling"] == 2
    dee = patient_signed_in(entrance.app, entrance.world.people.dee)
    assert dee.get("/v1/me/preferences").json["weekly_ceiling"] != 2


def test_they_turn_texts_off_and_on_and_staff_learn_of_it(entrance: Entrance, amina: Caller) -> None:
    off = amina.post("/v1/me/consents", {"status": "withdrawn"})
    assert (off.status, off.json["source"]) == (201, "patient-app")
    assert amina.get("/v1/me").json["texts_are_on"] is False
    (waits,) = [task for task in tasks(entrance) if "another way" in task.why]
    assert waits.completed_at is None
    assert amina.post("/v1/me/consents", {"status": "given"}).status == 201
    assert amina.get("/v1/me").json["texts_are_on"] is True


def test_what_was_stopped_by_text_a_text_turns_on_again(entrance: Entrance, amina: Caller) -> None:
    entrance.world.texts("STOP")
    refused = amina.post("/v1/me/consents", {"status": "given"})
    assert (refused.status, "START" in refused.json["detail"]) == (409, True)
    entrance.world.texts("START")
    assert amina.post("/v1/me/consents", {"status": "given"}).status == 201


def test_a_token_that_ended_opens_none_of_it(entrance: Entrance, amina: Caller) -> None:
    assert amina.send("DELETE", "/v1/me/sign-in").status == 204
    for path in ("export", "export.html", "export.fhir", "corrections", "preferences"):
        assert amina.get(f"/v1/me/{path}").status == 401


def tasks(entrance: Entrance) -> Sequence[Task]:
    """What waits for staff about Amina."""
    return entrance.world.tasks(patient_id=entrance.world.people.amina.id)
