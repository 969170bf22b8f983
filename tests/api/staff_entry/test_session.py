"""How long does a sign-in hold, and what ends it at once?"""

from datetime import timedelta

from sqlalchemy import event, select

from companion.db import db, reading
from companion.domain.access import Role
from companion.models import SignIn
from companion.use_cases import staff
from tests.api.caller import Caller, at_once
from tests.api.staff_entry.entrance import ADA, BEN, CHANDRA, EVE, GOOD, Entrance
from tests.support import cast

MINUTE = timedelta(minutes=1)


def holds(caller: Caller) -> bool:
    return caller.get("/v1/sign-ins/current").status == 200


def test_it_ends_when_nobody_used_it_for_half_an_hour(entrance: Entrance) -> None:
    ben, idle = entrance.signed_in(BEN), entrance.signed_in(BEN)
    for _ in range(3):
        entrance.hands.turn(29 * MINUTE)
        assert holds(ben)
    assert not holds(idle)
    entrance.hands.turn(30 * MINUTE)
    assert not holds(ben)


def test_it_ends_after_eight_hours_however_busy_somebody_is(entrance: Entrance) -> None:
    ben = entrance.signed_in(BEN)
    for _ in range(23):
        entrance.hands.turn(20 * MINUTE)
        assert holds(ben)
    entrance.hands.turn(20 * MINUTE)
    assert not holds(ben)


def test_that_it_is_used_costs_one_write_a_minute_at_most(entrance: Entrance) -> None:
    ben = entrance.signed_in(BEN)
    written: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("UPDATE", "INSERT", "DELETE")):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    for _ in range(60):
        assert holds(ben)
        entrance.hands.turn(timedelta(seconds=1.5))
    event.remove(db.engine, "before_cursor_execute", listen)
    assert len(written) == 1
    with reading() as session:
        [used] = session.scalars(select(SignIn.last_used_at))
    assert entrance.hands.at - used < MINUTE


def test_everybody_sees_and_ends_their_own(entrance: Entrance) -> None:
    here, there = entrance.signed_in(BEN), entrance.browser(BEN)
    chandra, eve = entrance.signed_in(CHANDRA), entrance.signed_in(EVE)
    listed = here.get("/v1/sign-ins").json
    assert {each["door"] for each in listed["items"]} == {"api", "page"}
    [other] = [each["id"] for each in listed["items"] if each["id"] != listed["current_id"]]
    for stranger in (chandra, eve):
        assert stranger.send("DELETE", f"/v1/sign-ins/{other}").status == 404
        assert len(stranger.get("/v1/sign-ins").json["items"]) == 1
    assert there.get("/staff").status == 200
    assert here.send("DELETE", f"/v1/sign-ins/{other}").status == 204
    assert here.send("DELETE", f"/v1/sign-ins/{other}").status == 404
    assert there.get("/staff").headers["Location"] == "/staff/sign-in"
    third = entrance.signed_in(BEN)
    assert here.send("DELETE", "/v1/sign-ins").status == 204
    assert not holds(here)
    assert not holds(third)
    assert holds(chandra)


def test_a_cookie_opens_pages_alone_and_a_token_programs_alone(entrance: Entrance) -> None:
    browser = entrance.browser(BEN)
    cookie = browser.client.get_cookie("staff")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/")
    assert browser.get("/v1/patients").status == 401
    assert entrance.caller(cookie.value).get("/v1/patients").status == 401
    ben = entrance.signed_in(BEN)
    other = entrance.caller()
    other.client.set_cookie("staff", str(ben.token))
    assert other.get("/staff").status == 303
    for value in (str(cookie.value)[:-1], str(cookie.value).swapcase(), "", "é", "x" * 4_000):
        other.client.set_cookie("staff", value)
        assert other.get("/staff").status == 303, value
    other.client.set_cookie("staff", cookie.value)
    assert other.get("/staff").status == 200


def test_another_password_ends_everything(entrance: Entrance) -> None:
    ben, elsewhere, chandra = entrance.signed_in(BEN), entrance.signed_in(BEN), entrance.signed_in(CHANDRA)
    sent = {"current_password": "not the password", "new_password": GOOD}
    wrong = ben.put("/v1/password", sent)
    assert (wrong.status, wrong.fields) == (422, ["current_password"])
    sent["current_password"] = cast.PASSWORD
    for weak in ("too short", "password1234", "ben okafor ben okafor", "aaaaaaaaaaaaaaaa", "ihelpcompanion"):
        refused = ben.put("/v1/password", sent | {"new_password": weak})
        assert (weak, refused.status, refused.fields) == (weak, 422, ["new_password"])
    assert holds(elsewhere)
    assert ben.put("/v1/password", sent).status == 204
    assert not holds(ben)
    assert not holds(elsewhere)
    assert holds(chandra)
    assert entrance.try_in(BEN).status == 401
    assert entrance.try_in(BEN, GOOD).status == 201


def test_whoever_has_an_app_needs_it_for_another_password(entrance: Entrance) -> None:
    phone, ben = entrance.enrolled(BEN)
    sent = {"current_password": cast.PASSWORD, "new_password": GOOD}
    assert ben.put("/v1/password", sent).status == 422
    assert ben.put("/v1/password", sent | {"code": "000000"}).status == 422
    code = phone.code()
    assert ben.put("/v1/password", sent | {"code": code}).status == 204
    assert entrance.try_in(BEN, GOOD, code=code).status == 401, "already been used"


def test_another_role_ends_everything(entrance: Entrance) -> None:
    ben, ada, eve = entrance.signed_in(BEN), entrance.signed_in(ADA), entrance.signed_in(EVE)
    browser = entrance.browser(BEN)
    address = f"/v1/staff/{entrance.world.people.ben.id}/roles"
    for nobody_s in (eve, ben):
        assert nobody_s.put(address, {"roles": ["administrator"]}).status == 403
    for odd in ([], ["king"], "clinician", None):
        assert ada.put(address, {"roles": odd}).status == 422
    assert ada.put(f"/v1/staff/{entrance.world.people.eve.id}/roles", {"roles": ["clinician"]}).status == 404
    assert ada.put(address, {"roles": ["service_manager", "service_manager", "clinician"]}).status == 204
    assert not holds(ben)
    assert browser.get("/staff").status == 303
    assert entrance.try_in(BEN).json["roles"] == ["clinician", "service_manager"]


def test_whoever_leaves_is_out_and_stays_out(entrance: Entrance) -> None:
    phone, ben = entrance.enrolled(BEN)
    ada, eve = entrance.signed_in(ADA), entrance.signed_in(EVE)
    address = f"/v1/staff/{entrance.world.people.ben.id}/departure"
    assert eve.post(address).status == 403
    assert ada.post(address).status == 204
    assert ada.post(address).status == 409
    assert not holds(ben)
    assert entrance.try_in(BEN, code=phone.code()).status == 401
    gone = {each["email"]: each["left_at"] for each in ada.get("/v1/staff").json["items"]}
    assert gone[BEN] is not None
    assert gone[CHANDRA] is None
    assert EVE not in gone


def test_somebody_stays_who_lets_people_in(entrance: Entrance) -> None:
    people = entrance.world.people
    ada = entrance.signed_in(ADA)
    alone = ada.post(f"/v1/staff/{people.ada.id}/departure")
    assert (alone.status, "only administrator" in alone.json["detail"]) == (409, True)
    assert ada.put(f"/v1/staff/{people.ada.id}/roles", {"roles": ["clinician"]}).status == 403
    assert ada.put(f"/v1/staff/{people.chandra.id}/roles", {"roles": ["administrator"]}).status == 204
    assert ada.post(f"/v1/staff/{people.ada.id}/departure").status == 204
    assert not holds(ada)


def test_two_administrators_do_not_leave_each_other_alone(entrance: Entrance) -> None:
    people = entrance.world.people
    assert people.chandra.id is not None
    staff.change_roles(people.ada, people.chandra.id, [Role.ADMINISTRATOR], entrance.hands.at)
    callers: dict[str, object] = {ADA: people.chandra.id, CHANDRA: people.ada.id}
    signed_in = {email: entrance.signed_in(email) for email in callers}
    answers = cast_out(signed_in, callers)
    assert sorted(answers) in ([204, 401], [204, 403], [204, 409])
    left = [
        each for each in staff.listed(people.service_id) if Role.ADMINISTRATOR in {held.role for held in each.roles}
    ]
    assert len(left) == 1


def cast_out(signed_in: dict[str, Caller], callers: dict[str, object]) -> list[int]:
    """Each writes down at once that the other has left."""
    return [
        answer.status
        for answer in at_once(
            *(
                lambda email=email, other=other: signed_in[email].post(f"/v1/staff/{other}/departure")
                for email, other in callers.items()
            )
        )
    ]


def test_whoever_signs_out_at_a_page_is_out_and_a_new_sign_in_ends_the_old(entrance: Entrance) -> None:
    browser = entrance.browser(BEN)
    first = browser.client.get_cookie("staff")
    assert entrance.fill_in(browser, BEN).status == 303
    second = browser.client.get_cookie("staff")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    browser.client.set_cookie("staff", first.value)
    assert browser.get("/staff").status == 303
    browser.client.set_cookie("staff", second.value)
    assert browser.submit("/staff", "/staff/sign-out").status == 303
    browser.client.set_cookie("staff", second.value)
    assert browser.get("/staff").status == 303
