"""Can people be enrolled, read and put right, each once, and without a lost edit?"""

from functools import partial
from typing import Any

import pytest
from flask import Flask

from tests.api import body
from tests.api.caller import Caller, at_once
from tests.support import cast
from tests.support.databases import on_sqlite
from tests.support.world import World

# What is changed in a sound enrolment, and the fields that are then named.
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"nhs_number": body.AMINA_NHS_SPACED}, ["nhs_number"]),
    ({"mobile": body.AMINA_MOBILE_LOCAL}, ["mobile"]),
    ({"nhs_number": body.AMINA_NHS_SPACED, "mobile": cast.DEE_MOBILE}, ["mobile", "nhs_number"]),
    ({"nhs_number": "999 000 0019"}, ["nhs_number"]),
    ({"nhs_number": ""}, ["nhs_number"]),
    ({"nhs_number": "9" * 5_000}, ["nhs_number"]),
    ({"mobile": "01632 960123"}, ["mobile"]),
    ({"mobile": "+33 6 12 34 56 78"}, ["mobile"]),
    ({"mobile": "07700 900103 ext 5"}, ["mobile"]),
    ({"mobile": "+447700900103" + " " * 40}, ["mobile"]),
    ({"time_zone": "Europe/Londinium"}, ["time_zone"]),
    ({"time_zone": "localtime"}, ["time_zone"]),
    ({"preferences": body.preferences(daily_ceiling=4)}, ["preferences.daily_ceiling"]),
    ({"preferences": body.preferences(local_end="08:59")}, ["preferences.local_end"]),
    (
        {"preferences": {}},
        [f"preferences.{name}" for name in sorted(body.preferences()) if name != "on_bank_holidays"],
    ),
    ({"given_name": " ", "family_name": "x" * 61}, ["family_name", "given_name"]),
]


def test_somebody_is_enrolled_read_listed_and_put_right(world: World, ben: Caller) -> None:
    made = ben.post("/v1/patients", body.enrolment(preferences=body.preferences(local_start="08:15")))
    assert made.status == 201
    farah = made.json
    assert farah["nhs_number"] == "9990000034"
    assert farah["mobile"] == "+447700900103"
    assert (farah["status"], farah["text_consent"]) == ("active", "given")
    assert made.tag == f'"{farah["version"]}"'
    address = f"/v1/patients/{farah['id']}"
    read = ben.get(address)
    assert (read.json, read.tag) == (farah, made.tag)

    listed = ben.get("/v1/patients").json
    assert [one["family_name"] for one in listed["items"]] == ["Nazari", "Walsh", "Yusuf"]
    assert (listed["total"], listed["page"], listed["page_size"]) == (3, 1, 20)
    preferences = ben.get(f"{address}/preferences").json
    assert preferences.pop("version") == 1
    assert preferences == body.preferences(local_start="08:15", paused_until_at=None)

    changes = {
        "given_name": "Farāh",
        "mobile": "+44 7700 900 104",
        "time_zone": "America/New_York",
        "status": "finished",
    }
    amended = ben.patch(address, changes, made.tag)
    assert amended.status == 200
    expected = {**farah, **changes, "mobile": "+447700900104", "version": farah["version"] + 1}
    assert amended.json == expected
    assert amended.tag == f'"{expected["version"]}"'
    assert ben.get(address).json == expected


@pytest.mark.usefixtures("world")
def test_without_preferences_the_usual_ones_hold_and_without_consent_nobody_is_texted(ben: Caller) -> None:
    made = ben.post("/v1/patients", body.enrolment(consent_to_texts=False)).json
    assert made["text_consent"] == "not-asked"
    found = ben.get(f"/v1/patients/{made['id']}/preferences").json
    assert (found["local_start"], found["local_end"], found["daily_ceiling"]) == ("08:00", "18:00", 1)
    assert ben.get(f"/v1/patients/{made['id']}/consents").json == {"items": []}


@pytest.mark.usefixtures("world")
def test_who_cannot_be_enrolled_is_told_why(ben: Caller) -> None:
    answers = [(changes, ben.post("/v1/patients", body.enrolment(**changes))) for changes, _ in REFUSED]
    assert [(changes, answer.fields) for changes, answer in answers] == REFUSED
    assert {answer.status for _, answer in answers} == {422}
    for value in (cast.AMINA_NHS, cast.AMINA_MOBILE, "Amina", "999 000", "Farah", "0000019"):
        assert all(value not in answer.text for _, answer in answers), f"{value} is repeated"
    assert ben.get("/v1/patients").json["total"] == 2


def test_an_nhs_number_is_known_within_one_pain_service_alone(world: World, ben: Caller, eve: Caller) -> None:
    """Or its people could find out who is cared for elsewhere."""
    amina = body.enrolment(nhs_number=cast.AMINA_NHS, mobile=cast.AMINA_MOBILE)
    assert eve.post("/v1/patients", amina).status == 201
    again = ben.post("/v1/patients", amina)
    assert (again.status, again.fields) == (422, ["nhs_number"])


def test_a_mobile_is_one_active_patients(world: World, ben: Caller) -> None:
    amina, dee = (f"/v1/patients/{person.id}" for person in (world.people.amina, world.people.dee))
    version = ben.get(amina).tag
    taken = ben.patch(amina, {"mobile": cast.DEE_MOBILE}, version)
    assert (taken.status, taken.fields) == (422, ["mobile"])
    assert ben.get(amina).tag == version, "a refusal changed something"
    assert ben.patch(dee, {"status": "finished"}, ben.get(dee).tag).status == 200
    assert ben.patch(amina, {"mobile": cast.DEE_MOBILE}, version).json["mobile"] == cast.DEE_MOBILE
    back = ben.patch(dee, {"status": "active"}, ben.get(dee).tag)
    assert (back.status, back.fields) == (422, ["mobile"])


def test_two_who_enrol_the_same_person_at_once_enrol_them_once(app: Flask, world: World, ben: Caller) -> None:
    other = Caller(app.test_client(), ben.token)
    for number in ("034", "042", "050"):
        person = body.enrolment(nhs_number=f"9990000{number}", mobile=f"07700 900{number}")
        answers = at_once(*(partial(who.post, "/v1/patients", person) for who in (ben, other)))
        assert sorted(answer.status for answer in answers) == [201, 422]
        [refused] = [answer for answer in answers if answer.status == 422]
        assert refused.fields == ["nhs_number"]
    assert ben.get("/v1/patients").json["total"] == 5


@on_sqlite
@pytest.mark.parametrize("name", ["Amina\nYusuf", "Amina\tYusuf", "Amina\u2028Yusuf"])
def test_a_name_is_one_line(world: World, ben: Caller, name: str) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    refused = ben.patch(amina, {"given_name": name}, ben.get(amina).tag)
    assert (refused.status, refused.fields) == (422, ["given_name"])
