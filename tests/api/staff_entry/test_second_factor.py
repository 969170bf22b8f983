"""Is a code asked for, is it good for once, and is there a way in when the phone is gone?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api.settings.config import Config
from api.settings.staff_entry import SecondFactor as Required
from companion.db import reading, transaction
from companion.domain.sign_in import Factor
from companion.models import AuditEntry, SecondFactor, SignIn
from tests.api.caller import at_once
from tests.api.staff_entry.entrance import ADA, BEN, CHANDRA, STEP, App, Entrance
from tests.support import cast


def test_somebody_sets_up_an_app(entrance: Entrance) -> None:
    ben = entrance.signed_in(BEN)
    elsewhere = entrance.signed_in(BEN)
    assert ben.get("/v1/second-factor").json == {"enrolled": False, "recovery_codes_left": 0}
    assert ben.post("/v1/second-factor/confirmation", {"code": "123456"}).status == 409
    begun = ben.post("/v1/second-factor").json
    assert begun["address"].startswith("otpauth://totp/iHELP%20Companion:ben%40example.nhs.uk?")
    phone = App(begun["secret"], entrance.hands)
    # What was begun is asked of nobody yet.
    assert entrance.try_in(BEN).status == 201
    wrong = ben.post("/v1/second-factor/confirmation", {"code": phone.code(5 * STEP)})
    assert (wrong.status, wrong.fields) == (422, ["code"])
    confirmed = ben.post("/v1/second-factor/confirmation", {"code": phone.code()})
    assert confirmed.status == 200
    assert len(set(confirmed.json["recovery_codes"])) == 10
    assert confirmed.json["signed_in"]["factor"] == "code"
    for old in (ben, elsewhere):
        assert old.get("/v1/sign-ins/current").status == 401
    again = entrance.caller(confirmed.json["signed_in"]["token"])
    assert again.get("/v1/second-factor").json == {"enrolled": True, "recovery_codes_left": 10}
    assert again.post("/v1/second-factor").status == 409
    with reading() as session:
        kept = session.scalars(select(SecondFactor.secret_sealed)).one()
        written = [str(row) for row in session.execute(select(AuditEntry.__table__))]
    assert phone.secret.encode() not in kept
    assert not any(phone.secret in row or code in row for row in written for code in confirmed.json["recovery_codes"])


def test_from_then_on_a_code_is_asked_for_in_the_same_breath(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    refused = [
        entrance.try_in(BEN),
        entrance.try_in(BEN, code=phone.code(10 * STEP)),
        entrance.try_in(BEN, "not the password", code=phone.code()),
        entrance.try_in("nobody@example.nhs.uk", code=phone.code()),
    ]
    assert {answer.status for answer in refused} == {401}
    assert len({answer.text for answer in refused}) == 1
    spaced = f" {phone.code()[:3]} {phone.code()[3:]} "
    assert entrance.try_in(BEN, code=spaced).json["factor"] == "code"
    # Whoever has none is not asked, and what they send is not looked at.
    assert entrance.try_in(CHANDRA, code="000000").json["factor"] == "password"


def test_a_code_is_good_for_once(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    used, later = phone.code(), phone.code(STEP)
    assert entrance.try_in(BEN, code=used).status == 201
    assert entrance.try_in(BEN, code=used).status == 401
    assert entrance.try_in(BEN, code=later).status == 201
    assert entrance.try_in(BEN, code=used).status == 401, "an older one after a newer one"


def test_the_code_that_confirmed_it_is_used_too(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    entrance.hands.turn(-STEP)
    assert entrance.try_in(BEN, code=phone.code()).status == 401


def test_of_two_at_once_one_is_too_late(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    for code in (phone.code(), phone.recovery_codes[3]):
        answers = at_once(*[lambda code=code: entrance.try_in(BEN, code=code)] * 3)
        assert sorted(answer.status for answer in answers) == [201, 401, 401], code


def test_a_clock_may_be_one_step_off(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    for steps, status in ((-2, 401), (2, 401), (-1, 201), (1, 201)):
        entrance.hands.turn(timedelta(minutes=10))
        assert (steps, entrance.try_in(BEN, code=phone.code(steps * STEP)).status) == (steps, status)


def test_somebody_else_s_code_is_none(entrance: Entrance) -> None:
    ben, _ = entrance.enrolled(BEN)
    chandra, _ = entrance.enrolled(CHANDRA)
    assert entrance.try_in(BEN, code=chandra.code()).status == 401
    assert entrance.try_in(BEN, code=chandra.recovery_codes[0]).status == 401
    assert entrance.try_in(BEN, code=ben.code()).status == 201


def test_odd_codes_are_wrong_codes(entrance: Entrance) -> None:
    phone, _ = entrance.enrolled(BEN)
    code = phone.code()
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for odd in (arabic, f"0{code}", code[:-1], f"{code}0", "👍👍👍👍👍👍", "-", " ", "\t\n", "０００００００"):
        entrance.hands.turn(timedelta(hours=1))
        assert (odd, entrance.try_in(BEN, code=odd).status) == (odd, 401)
    for impossible in ("", "1" * 21, "12\x0034", 123456, None, ["1"]):
        answer = entrance.try_in(BEN, code=impossible)
        assert (impossible, answer.status, answer.fields) == (impossible, 422, ["code"])


def test_a_recovery_code_however_it_is_typed_and_once(entrance: Entrance) -> None:
    phone, caller = entrance.enrolled(BEN)
    for code in (phone.recovery_codes[0].lower(), phone.recovery_codes[1].replace("-", "  ")):
        assert entrance.try_in(BEN, code=code).json["factor"] == "recovery-code"
        assert entrance.try_in(BEN, code=code).status == 401
    assert caller.get("/v1/second-factor").json["recovery_codes_left"] == 8
    renewed = caller.post("/v1/second-factor/recovery-codes", {"code": phone.code()})
    assert len(renewed.json["recovery_codes"]) == 10
    assert entrance.try_in(BEN, code=phone.recovery_codes[2]).status == 401
    assert entrance.try_in(BEN, code=renewed.json["recovery_codes"][2]).status == 201
    assert caller.post("/v1/second-factor/recovery-codes", {"code": phone.code()}).status == 422, "already been used"


def test_whoever_changes_phones_takes_the_old_one_away_with_a_code_of_it(entrance: Entrance) -> None:
    phone, caller = entrance.enrolled(BEN)
    assert caller.post("/v1/second-factor/removal", {"code": "000000"}).status == 422
    assert caller.post("/v1/second-factor/removal", {"code": phone.recovery_codes[9]}).status == 204
    assert caller.get("/v1/second-factor").status == 401
    assert entrance.try_in(BEN).json["factor"] == "password"
    assert entrance.enrolled(BEN)[0].secret != phone.secret


def test_whoever_is_signed_in_cannot_guess_codes_for_ever(entrance: Entrance) -> None:
    _, caller = entrance.enrolled(BEN)
    tries = [caller.post("/v1/second-factor/removal", {"code": f"{number:06}"}) for number in range(11)]
    assert [answer.status for answer in tries] == [422] * 10 + [429]
    assert 0 < int(tries[-1].headers["Retry-After"]) <= 300


def test_an_administrator_takes_it_away_when_all_is_lost(entrance: Entrance) -> None:
    phone, caller = entrance.enrolled(BEN)
    ada, eve = entrance.signed_in(ADA), entrance.signed_in("eve@example.nhs.uk")
    address = f"/v1/staff/{entrance.world.people.ben.id}/second-factor"
    assert eve.send("DELETE", address).status == 403
    assert caller.send("DELETE", address).status == 403
    assert ada.send("DELETE", address).status == 204
    assert caller.get("/v1/second-factor").status == 401
    assert entrance.try_in(BEN, code=phone.recovery_codes[0]).json["factor"] == "password"


def test_a_secret_opens_in_its_own_row_alone(entrance: Entrance) -> None:
    """Whoever can write to the database cannot give somebody their own app."""
    entrance.enrolled(BEN)
    chandra, _ = entrance.enrolled(CHANDRA)
    with transaction() as session:
        theirs = session.scalars(
            select(SecondFactor.secret_sealed).where(SecondFactor.staff_id == entrance.world.people.chandra.id)
        ).one()
        mine = update(SecondFactor).where(SecondFactor.staff_id == entrance.world.people.ben.id)
        session.execute(mine.values(secret_sealed=theirs))
    assert entrance.try_in(BEN, code=chandra.code()).status != 201


class TestWhereItIsRequired:
    """As in production."""

    @pytest.fixture
    def settings(self, settings: Config) -> Config:
        return replace(settings, staff_entry=replace(settings.staff_entry, second_factor=Required.REQUIRED))

    def test_whoever_has_none_can_do_nothing_but_set_one_up(self, entrance: Entrance) -> None:
        ben = entrance.signed_in(BEN)
        for address in ("/v1/patients", "/v1/inbox", f"/v1/patients/{entrance.world.people.amina.id}", "/v1/wordings"):
            refused = ben.get(address)
            assert (address, refused.status) == (address, 403)
            assert "second step" in refused.json["detail"]
        assert ben.get(f"/fhir/Patient?_id={entrance.world.people.amina.id}").status == 403
        assert ben.get("/v1/sign-ins/current").status == 200
        phone, strong = entrance.enrolled(BEN)
        assert strong.get("/v1/patients").status == 200
        assert entrance.signed_in(BEN, code=phone.recovery_codes[0]).get("/v1/patients").status == 200

    def test_a_browser_is_led_there(self, entrance: Entrance) -> None:
        ada = entrance.browser(ADA)
        assert "Set up the second step" in ada.get("/staff").text
        led = ada.get("/staff/invitations")
        assert (led.status, led.headers["Location"]) == (303, "/staff/second-factor")
        with transaction() as session:
            session.execute(update(SignIn).values(factor=Factor.CODE))
        assert ada.get("/staff/invitations").status == 200
        assert cast.PASSWORD not in ada.get("/staff").text
