"""Do tokens end when they should, and does a patient see and end their own devices alone?"""

from datetime import timedelta

from sqlalchemy import select

from companion.db import reading
from companion.models import AuditEntry, DeviceToken
from tests.api.caller import at_once, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.support.cast import AMINA_MOBILE, DEE_MOBILE


def test_an_access_token_lasts_fifteen_minutes_and_the_next_comes_by_refresh(entrance: Entrance) -> None:
    first = entrance.enter()
    entrance.wait(minutes=14, seconds=59)
    assert entrance.is_in(first["access_token"])
    entrance.wait(seconds=1)
    assert not entrance.is_in(first["access_token"])
    second = entrance.refresh(first["refresh_token"])
    assert second.status == 201
    assert entrance.is_in(second.json["access_token"])
    assert second.json["device_id"] == first["device_id"]


def test_a_refresh_token_that_comes_again_ends_the_whole_sign_in(entrance: Entrance) -> None:
    first = entrance.enter()
    other = entrance.enter()
    second = entrance.refresh(first["refresh_token"]).json
    entrance.wait(seconds=11)
    assert entrance.refresh(first["refresh_token"]).status == 401
    assert not entrance.is_in(second["access_token"])
    assert entrance.refresh(second["refresh_token"]).status == 401
    assert entrance.is_in(other["access_token"]), "another sign-in is another family"
    with reading() as session:
        stolen = select(AuditEntry).where(AuditEntry.action == "sign-in.stolen")
        assert len(session.scalars(stolen).all()) == 1


def test_an_answer_that_was_lost_may_be_asked_for_again_within_seconds(entrance: Entrance) -> None:
    first = entrance.enter()
    assert entrance.refresh(first["refresh_token"]).status == 201
    entrance.wait(seconds=10)
    again = entrance.refresh(first["refresh_token"])
    assert again.status == 201
    assert entrance.is_in(again.json["access_token"])


def test_two_parts_of_an_app_may_refresh_at_once(entrance: Entrance) -> None:
    first = entrance.enter()
    answers = at_once(*[lambda: entrance.refresh(first["refresh_token"])] * 4)
    assert [answer.status for answer in answers] == [201] * 4
    assert all(entrance.is_in(answer.json["access_token"]) for answer in answers)


def test_a_refresh_token_lasts_thirty_days_and_a_sign_in_half_a_year(entrance: Entrance) -> None:
    tokens = entrance.enter()
    entrance.wait(days=30)
    assert entrance.refresh(tokens["refresh_token"]).status == 401
    begun = entrance.moment.now
    tokens = entrance.enter()
    while entrance.moment.now + timedelta(days=25) < begun + timedelta(days=180):
        entrance.wait(days=25)
        tokens = entrance.refresh(tokens["refresh_token"]).json
    entrance.wait(days=5)
    assert entrance.refresh(tokens["refresh_token"]).status == 401


def test_each_token_is_good_for_its_own_purpose_alone(entrance: Entrance) -> None:
    tokens = entrance.enter()
    assert not entrance.is_in(tokens["refresh_token"])
    assert entrance.refresh(tokens["access_token"]).status == 401
    assert entrance.refresh("nonsense").status == 401
    assert entrance.is_in(tokens["access_token"])


def test_only_hashes_are_kept(entrance: Entrance) -> None:
    tokens = entrance.enter()
    with reading() as session:
        kept = session.scalars(select(DeviceToken)).all()
    assert len(kept) == 2
    assert not {tokens["access_token"], tokens["refresh_token"]} & {each.hash for each in kept}


def test_a_patient_sees_their_devices_and_ends_one(entrance: Entrance) -> None:
    old, new = entrance.enter(device="Old phone"), entrance.enter(device="New phone")
    dee = entrance.enter(DEE_MOBILE)
    me = entrance.with_token(new["access_token"])
    listed = me.get("/v1/me/devices").json["items"]
    assert {(each["name"], each["is_this_one"]) for each in listed} == {("Old phone", False), ("New phone", True)}
    assert me.send("DELETE", f"/v1/me/devices/{dee['device_id']}").status == 404
    assert me.send("DELETE", f"/v1/me/devices/{old['device_id']}").status == 204
    assert me.send("DELETE", f"/v1/me/devices/{old['device_id']}").status == 404
    assert not entrance.is_in(old["access_token"])
    assert entrance.refresh(old["refresh_token"]).status == 401
    assert entrance.is_in(new["access_token"])
    assert entrance.is_in(dee["access_token"])


def test_signing_out_ends_this_one_and_ending_all_ends_all(entrance: Entrance) -> None:
    first, second, third = (entrance.enter() for _ in range(3))
    assert entrance.with_token(first["access_token"]).send("DELETE", "/v1/me/sign-in").status == 204
    assert [entrance.is_in(each["access_token"]) for each in (first, second, third)] == [False, True, True]
    dee = entrance.enter(DEE_MOBILE)
    assert entrance.with_token(second["access_token"]).send("DELETE", "/v1/me/devices").status == 204
    assert [entrance.is_in(each["access_token"]) for each in (first, second, third)] == [False] * 3
    assert entrance.is_in(dee["access_token"])


def test_another_number_ends_every_sign_in_and_the_same_one_ends_none(entrance: Entrance) -> None:
    amina, dee = entrance.enter()["access_token"], entrance.enter(DEE_MOBILE)["access_token"]
    ben = signed_in(entrance.app, entrance.world.people.ben)
    address = f"/v1/patients/{entrance.world.people.amina.id}"
    assert ben.patch(address, {"mobile": AMINA_MOBILE}, ben.get(address).tag).status == 200
    assert entrance.is_in(amina)
    assert ben.patch(address, {"mobile": "07700 900190"}, ben.get(address).tag).status == 200
    assert not entrance.is_in(amina)
    assert entrance.is_in(dee)
