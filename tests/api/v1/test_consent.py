"""Does consent to texts change only as it may, and is every change kept?"""

from tests.api.caller import Caller
from tests.support.databases import on_sqlite
from tests.support.world import World


def test_staff_write_down_what_a_patient_told_them(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    version = ben.get(amina).tag
    made = ben.post(f"{amina}/consents", {"status": "withdrawn"})
    assert made.status == 201
    assert (made.json["status"], made.json["source"]) == ("withdrawn", "staff")
    assert made.json["staff_id"] == str(world.people.ben.id)
    now = ben.get(amina)
    assert now.json["text_consent"] == "withdrawn"
    assert now.tag != version, "somebody who edits Amina must notice"
    assert ben.post(f"{amina}/consents", {"status": "given"}).status == 201
    history = ben.get(f"{amina}/consents").json["items"]
    assert [event["status"] for event in history] == ["given", "withdrawn", "given"]
    assert history[1] == made.json


def test_a_stop_from_their_own_phone_is_not_undone_by_staff(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    world.texts("STOP")
    refused = ben.post(f"{amina}/consents", {"status": "given"})
    assert refused.status == 409
    assert "START" in refused.json["detail"]
    assert ben.post(f"{amina}/messages", {"body": "Hello"}).status == 409
    # Nor is it weakened by staff saying the same once more.
    again = ben.post(f"{amina}/consents", {"status": "withdrawn"})
    assert (again.status, again.json["source"]) == (201, "staff")
    assert ben.post(f"{amina}/consents", {"status": "given"}).status == 409, "two steps undo what one may not"
    world.texts("START")
    assert ben.get(amina).json["text_consent"] == "given"


@on_sqlite
def test_only_what_a_patient_can_say_is_taken(world: World, ben: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}/consents"
    wrong: tuple[object, ...] = ("not-asked", "GIVEN", "", None, True, ["given"], {"given": True})
    for status in wrong:
        refused = ben.post(address, {"status": status})
        assert (status, refused.status, refused.fields) == (status, 422, ["status"])
    assert ben.post(address, {"status": "given", "source": "patient-text"}).fields == ["source"]
    assert ben.post(address, {}).fields == ["status"]
    assert len(ben.get(address).json["items"]) == 1


def test_a_stop_after_staff_turned_texts_off_is_theirs_too(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    assert ben.post(f"{amina}/consents", {"status": "withdrawn"}).status == 201
    world.texts("STOP")
    assert ben.post(f"{amina}/consents", {"status": "given"}).status == 409
    world.texts("STOP")
    sources = [event["source"] for event in ben.get(f"{amina}/consents").json["items"]]
    assert sources == ["staff", "staff", "patient-text"]
